"""How a tensor lies in memory, as the operation that lays it out like that."""

from torch import Tensor


def laid_out(tensor: Tensor) -> tuple[Tensor, str] | None:
    """A contiguous tensor and what makes this one of it: `.T`, `.transpose(0, 1)`, `.permute(…)`
    or `.expand(…)`; "" where that is nothing. None if it takes more, as for every other column.
    """
    tensor = tensor.detach()
    if tensor.is_contiguous():
        return tensor, ""
    sizes, strides = tensor.shape, tensor.stride()
    if any(step == 0 and size > 1 for size, step in zip(sizes, strides, strict=True)):
        for axis, step in enumerate(strides):
            tensor = tensor.narrow(axis, 0, 1) if step == 0 else tensor
        return (tensor, f".expand{tuple(sizes)}") if tensor.is_contiguous() else None
    order = sorted(range(tensor.ndim), key=lambda axis: -strides[axis])
    base = tensor.permute(order)
    if not base.is_contiguous():
        return None
    back = [order.index(axis) for axis in range(tensor.ndim)]
    moved = [axis for axis, place in enumerate(back) if axis != place]
    if tensor.ndim == 2:
        return base, ".T"
    if len(moved) == 2:
        return base, f".transpose({moved[0]}, {moved[1]})"
    return base, f".permute({', '.join(map(str, back))})"
