"""Where idioms are noted, and what several of them need."""

import io
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

Idiom = Callable[[torch.Tensor, torch.Tensor, str], Any]
WORKS: dict[str, Idiom] = {}
NEEDS_GPU: dict[str, Idiom] = {}  # those that no rehearsal can try


def works(idiom: Idiom) -> Idiom:
    WORKS[idiom.__name__] = idiom
    return idiom


def needs_gpu(idiom: Idiom) -> Idiom:
    NEEDS_GPU[idiom.__name__] = idiom
    return idiom


@torch.no_grad()
def numbered(model: nn.Module) -> Any:
    """The model with the same numbers wherever it is."""
    for k, p in enumerate(model.parameters()):
        p.copy_(((torch.arange(p.numel()) * 7 + 3 * k) % 11 / 11 - 0.4).reshape(p.shape))
    return model


def line(device: str) -> Any:
    return numbered(nn.Linear(3, 2)).to(device)


def saved(value: object, **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    torch.save(value, file, **options)
    file.seek(0)
    return file


def grad(function: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> Any:
    leaf = x.clone().requires_grad_()
    function(leaf).sum().backward()
    return leaf.grad
