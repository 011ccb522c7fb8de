"""What bounds a worker on a GPU, as far as a machine without one can tell."""

from collections.abc import Callable

import torch

from grader.sandbox.worker import bound_gpu_memory


def test_a_share_of_the_memory_is_asked_for_when_cuda_starts_and_not_before(monkeypatch):
    waiting: list[Callable[[], None]] = []
    asked: list[tuple[float, int]] = []
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "_lazy_call", waiting.append)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(
        torch.cuda, "set_per_process_memory_fraction", lambda *share: asked.append(share)
    )
    bound_gpu_memory(0.25)
    assert asked == []
    (start,) = waiting
    start()
    assert asked == [(0.25, 0), (0.25, 1)]


def test_a_torch_without_cuda_is_asked_for_nothing(monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.delattr(torch.cuda, "_lazy_call")
    bound_gpu_memory(0.25)
