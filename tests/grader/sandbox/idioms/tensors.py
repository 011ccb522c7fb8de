"""Data, random numbers and operators."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset, random_split

from tests.grader.sandbox.idioms.registry import line, works


@works
def loaders(x, i, device):
    data: Any = TensorDataset(x, i)
    pairs: Any = [*zip(x, i, strict=True)]
    generator = torch.Generator().manual_seed(1)
    parts: Any = random_split(data, [3, 1], generator=generator)
    return (
        list(DataLoader(data, batch_size=3)),
        list(DataLoader(data, batch_size=3, shuffle=True, generator=generator)),
        list(DataLoader(pairs, batch_size=2, shuffle=True, drop_last=True)),
        [list(part) for part in parts],
        [*DataLoader(Subset(ConcatDataset([data, data]), [2, 5]))],
    )


@works
def generators(x, i, device):
    g, options = torch.Generator(device).manual_seed(4), {"device": device}
    state = g.get_state()
    drawn = torch.randn(3, generator=g, **options), torch.randperm(5, generator=g, **options)
    g.set_state(state)
    here = torch.randperm(4, generator=torch.Generator().manual_seed(3))
    filled = x.clone().uniform_(generator=g), x.clone().normal_(generator=g)
    picked = torch.multinomial(x.softmax(1), 2, generator=g)
    return (
        drawn,
        torch.randn(3, generator=g, **options),
        x[here],
        x[here.to(device)],
        filled,
        picked,
    )


@works
def global_seeds(x, i, device):
    torch.manual_seed(5)
    state = torch.get_rng_state()
    with torch.random.fork_rng():
        drawn = torch.rand(2, device=device), F.dropout(x), nn.init.xavier_uniform_(x.clone())
    torch.set_rng_state(state)
    return drawn, torch.rand(2, device=device), torch.randn_like(x), torch.randint_like(i, 9)


@works
def makers(x, i, device):
    values = np.arange(3.0)
    return (
        x.new_zeros(2), x.new_full((2,), 3.0), x.new_tensor([1.0]), torch.full_like(x, 2),
        torch.empty_like(x).fill_(1), torch.eye(3, device=device), torch.zeros(2).to(x),
        torch.linspace(0, 1, 5, device=device), torch.tensor([[1, 2]], device=device),
        torch.as_tensor([1.0], device=device), torch.as_tensor(x), torch.asarray(x),
        torch.from_numpy(values).to(device), torch.as_tensor(values, device=device),
        torch.tensor(x.tolist(), device=device), torch.full((2,), 3.0, device=x.device),
        torch.tensor([x.sum(), x.mean()]), torch.stack([x.sum(), x.mean()]), x.new(2).zero_(),
        torch.zeros_like(x, device="cpu"), torch.normal(x, torch.zeros_like(x)),
    )  # fmt: skip


@works
def conversions(x, i, device):
    return (
        x.type(torch.float64), x.long(), x.half(), x.bool(), x.to(i.dtype), x.type_as(i), x.to(x),
        x.to(device, torch.float64), x.to(device=device, copy=True), x.to(x.device) is x,
        x.cpu().numpy(), x.detach().cpu().numpy(), x.numpy(force=True), np.asarray(x.cpu()),
        x * np.float32(2), x * np.float64(2), x.type().split(".")[-1],
    )  # fmt: skip


@works
def numbers(x, i, device):
    s = x.sum()
    return (
        s.item(), float(s), int(s), bool(s > 0), x.tolist(), f"{s:.2f}", f"{x[0, 0].item():.1f}",
        len(x), [v.item() for v in x[0]], range(5)[i[0]], x[i[0]], [0] * i[0], i.sum() in (4, 5),
        max(x[0]), sum(x[0]), 3 in i, 2**x, -s, abs(s), s // 1, str(s.dtype), x.shape, x.nbytes,
        [*map(float, x[0])], torch.is_tensor(x), {x: 1}[x], x[:, i[0]], s.tolist(), x == 0,
    )  # fmt: skip


@works
def printed(x, i, device):
    place = f", device='{x.device}'" * (device != "cpu")
    texts = repr(x), str(i), f"{x}", repr(x.clone().requires_grad_()), repr(x[:0])
    return [text.replace(place, "") for text in texts], repr(line(device))


@works
def places(x, i, device):
    y = x[1:]
    return (
        y.data_ptr() - x.data_ptr(), y.storage_offset(), y.element_size(), y._base is x,
        y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr(), x._version,
        x.untyped_storage().nbytes(), x.clone().data_ptr() == x.data_ptr(),
        x.data.data_ptr() == x.data_ptr(), x.T.is_contiguous(), x.stride(),
    )  # fmt: skip


@works
def shapes(x, i, device):
    return (
        x.reshape(2, 6), x.view(-1), x.T, x.permute(1, 0), x[None], x.unflatten(0, (2, 2)),
        x.expand(2, 4, 3), x.repeat(2, 1), x.chunk(2), x.split([1, 3]), x.unbind(), x.flip(0),
        torch.stack([x, x]), torch.cat([x, x], 1), x.roll(1), x.movedim(0, 1), x.unfold(0, 2, 1),
        x.as_strided((2, 2), (1, 2)), torch.broadcast_tensors(x, x[0]), x.T.contiguous(),
        torch.meshgrid(x[0], x[1], indexing="ij"), x.repeat_interleave(2, 0), [*x], x.ravel(),
    )  # fmt: skip


@works
def selections(x, i, device):
    zero, column = torch.tensor(0.0), i[:, None]
    return (
        torch.where(x > 0, x, 0.0), torch.where(x > 0, 1, 0), torch.where(x > 0, x, zero),
        torch.where(x > 0), (x > 0).nonzero(), x[x > 0], x[i], x[[0, 2]], x[1:, ::2], x[..., None],
        x[torch.tensor([1, 0])], x[np.array([1, 0])], x.masked_fill(x > 0, 1.0), x * zero,
        x.gather(1, column), x.index_select(0, i), F.one_hot(i, 3), x.masked_select(x > 0),
        x.take_along_dim(column, 1), x.clamp(min=zero), x.isnan().any(), torch.equal(x, x.clone()),
    )  # fmt: skip


@works
def changes_in_place(x, i, device):
    y, z = x.clone(), x.clone().index_put_((i,), torch.ones(3, device=device), accumulate=True)
    y[y > 1], y[:, [0, 2]], y[i[0], 1], y[0] = 0, 5, 7, torch.ones(3)
    y[torch.tensor([1])] = torch.tensor(2.0)
    y.add_(1).mul_(2).clamp_(max=9).copy_(y.cpu() + 1)
    y[[0, 1]] = y[[1, 0]]
    y.view(-1)[3], y.t()[0, 1] = 8, 9
    y.t_().unsqueeze_(0).squeeze_(0).t_()
    torch.add(y, 1, out=y)
    y.data *= 2
    z.scatter_(1, i[:, None], 1.0).scatter_add_(0, i[None, :3], x[:1]).index_add_(0, i, x)
    z.set_(y[1:])
    return y, z


@works
def counts(x, i, device):
    edges = torch.tensor([-1.0, 0.0, 1.0], device=device)
    return (
        torch.bincount(i, minlength=5), torch.bincount(i, weights=x[:, 0]), x.histc(4, -2, 2),
        torch.bucketize(x, edges), x.sort(1), x.argsort(), x.topk(2), x.kthvalue(2), x.median(0),
        i.unique(return_counts=True), i.unique(return_inverse=True), x.cummax(0), x.quantile(0.5),
        x.std(), x.var(0, correction=0), x.aminmax(), x.logsumexp(1), x.cumsum(0), x.norm(),
        x.all(), (x > 0).any(1), x.prod(), x.argmin(), x.mean(0), x.max(1), x.diff(), torch.cov(x),
    )  # fmt: skip


@works
def products(x, i, device):
    a = x.T @ x + torch.eye(3, device=device)
    return (
        torch.einsum("ij,kj->ik", x, x), torch.bmm(x[None], x.T[None]), torch.outer(x[0], x[1]),
        torch.dot(x[0], x[1]), torch.tensordot(x, x), torch.cdist(x, x), a.inverse(), a.det(),
        torch.addmm(torch.zeros(4, device=device), x, x.T), torch.linalg.solve(a, x.T), a.trace(),
        torch.linalg.svd(a).S, torch.linalg.eigvalsh(a), torch.linalg.cholesky(a), a.tril(),
        torch.linalg.lstsq(x, x[:, :1]).solution, torch.fft.rfft(x).abs(),
    )  # fmt: skip
