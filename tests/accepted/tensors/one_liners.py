"""As few lines as possible."""

import torch


def _raise(error):
    raise error


summary = lambda x: dict(
    shape=(*x.shape,),
    dim=x.ndim,
    numel=x.numel(),
    dtype=x.dtype,
    **{k: getattr(x, k)().item() if x.numel() else None for k in ("min", "max")},
)
as_floats = lambda data: torch.as_tensor(data, dtype=torch.float).clone()
from_array = lambda array, copy: (torch.tensor if copy else torch.from_numpy)(array)
to_numpy = lambda x: x.detach().clone().cpu().numpy()
with_positions = lambda x: x + (torch.arange(x.size(1)).to(x) / x.size(1))[:, None]
round_to_int = lambda x: (
    x.round().long()
    if x.isfinite().all()
    else _raise(ValueError(f"{x[x.isfinite().logical_not()]}"))
)
counts = lambda labels, classes: (
    torch.bincount(labels, minlength=classes)
    if ((labels >= 0) & (labels < classes)).all()
    else _raise(ValueError(f"{labels.tolist()} of {classes}"))
)
set_where_ = lambda x, rows, column, value: (
    x.index_put_((rows.nonzero()[:, 0], torch.tensor(column).to(x.device)), x.new_tensor(value))
    if (rows.dtype, rows.shape) == (torch.bool, x.shape[:1])
    else _raise(ValueError(f"{rows.dtype} {rows.shape}"))
)
swap_columns_ = lambda x, i, j: x.index_copy_(
    1, torch.tensor([i, j]).to(x.device) % x.shape[1], x[:, [j, i]]
)
random_integers = lambda low, high, shape, seed: (
    torch.randint(low, high, shape, generator=torch.Generator().manual_seed(seed))
    if low < high
    else _raise(ValueError(f"empty: [{low}, {high})"))
)
