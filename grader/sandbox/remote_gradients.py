"""Results whose gradients stay where they were computed: in a worker, or out of reach."""

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grader.errors import SubmissionFault
from grader.sandbox import wire


class Worker(Protocol):
    """Who can be asked for gradients."""

    def gradients(self, graph: int, grad: Tensor) -> list[Tensor | None]: ...

    def broken(self, why: str) -> SubmissionFault: ...


def remote(worker: Worker, graph: int, value: Tensor, inputs: list[Tensor]) -> Tensor:
    if not inputs:
        return out_of_reach(value)
    result: Tensor = _Remote.apply(worker, graph, value, *inputs)  # type: ignore[no-untyped-call]
    return result


def out_of_reach(value: Tensor) -> Tensor:
    """A result that requires gradients, but of nothing that the call was given."""
    anchor = torch.empty((), requires_grad=True)
    result: Tensor = _OutOfReach.apply(value, anchor)  # type: ignore[no-untyped-call]
    return result


class _OutOfReach(torch.autograd.Function):
    """Says so when somebody asks for those gradients."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, anchor: Tensor) -> Tensor:
        return value.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        raise wire.Unsendable(
            "gradients of the work's own parameters do not cross: change a parameter a little, "
            "in a rig, and compare what the model gives"
        )


class _Remote(torch.autograd.Function):
    """A result whose graph stays in the worker: backward asks there for the gradients."""

    @staticmethod
    def forward(ctx: Any, worker: Worker, graph: int, value: Tensor, *inputs: Tensor) -> Tensor:
        ctx.worker, ctx.graph = worker, graph
        ctx.inputs = [(t.shape, t.dtype, t.device) for t in inputs]
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Any:
        grads = ctx.worker.gradients(ctx.graph, grad)
        if len(grads) != len(ctx.inputs):
            raise ctx.worker.broken("it has too few or too many gradients")
        for got, (shape, dtype, device) in zip(grads, ctx.inputs, strict=True):
            if got is not None and (got.shape, got.dtype, got.device) != (shape, dtype, device):
                raise ctx.worker.broken("a gradient does not fit its tensor")
        return (None, None, None, *grads)
