"""New values are worked out whole, then copied into place."""

import torch


class NotAllowed(ValueError):
    """Says what was wrong, and with what."""

    def __str__(self):
        what, *which = self.args
        return f"{what}: " + ", ".join(map(str, which))


def summary(x):
    ordered = x.flatten().sort().values
    ends = (ordered[0].item(), ordered[-1].item()) if len(ordered) else (None, None)
    return dict(
        zip(
            ("shape", "dim", "numel", "dtype", "min", "max"),
            (x.shape, x.dim(), len(ordered), x.dtype, *ends),
        )
    )


def as_floats(data):
    source = torch.as_tensor(data)
    made = torch.zeros(source.shape, dtype=torch.float32, device=source.device)
    made[...] = source
    return made


def from_array(array, copy):
    shared = torch.from_numpy(array)
    if not copy:
        return shared
    own = torch.empty_like(shared)
    own.copy_(shared)
    return own


def to_numpy(x):
    with torch.no_grad():
        return x.clone().cpu().numpy()


def with_positions(x):
    steps = torch.ones_like(x).cumsum(dim=1) - 1
    return x + steps / x.shape[1]


def round_to_int(x):
    odd = x.isnan() | x.isinf()
    if odd.any():
        raise NotAllowed("no integer for", *x[odd].tolist())
    down = x.floor()
    up = torch.where(down % 2 == 0, x - down > 0.5, x - down >= 0.5)
    return down.long() + up.long()


def counts(labels, classes):
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise NotAllowed("a label is outside", int(labels.min()), int(labels.max()))
    return (labels[:, None] == torch.arange(classes, device=labels.device)).sum(dim=0)


def set_where_(x, rows, column, value):
    if rows.dtype != torch.bool:
        raise NotAllowed("the mask has the wrong dtype", rows.dtype)
    if rows.shape != (x.shape[0],):
        raise NotAllowed("the mask has the wrong shape", tuple(rows.shape))
    here = torch.arange(x.shape[1], device=x.device) == column
    return x.copy_(torch.where(rows[:, None] & here, x.new_tensor(value), x))


def swap_columns_(x, i, j):
    order = torch.arange(x.shape[1], device=x.device)
    order[i], order[j] = order[j].clone(), order[i].clone()
    return x.copy_(x.index_select(1, order))


def random_integers(low, high, shape, seed):
    if high <= low:
        raise NotAllowed("an empty range", low, high)
    source = torch.Generator()
    source.manual_seed(seed)
    made = torch.empty(shape, dtype=torch.int64)
    return made.random_(low, high, generator=source)
