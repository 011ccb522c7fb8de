"""Modes of torch, and what is kept of a model: copied, saved, loaded."""

import copy
import pickle

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from tests.grader.sandbox.idioms.registry import grad, line, numbered, saved, works


@works
def inference_mode(x, i, device):
    with torch.inference_mode():
        y = x.clone()
        y[0], y.view(-1)[4] = 3, 5
        y += 1
        made = torch.zeros(2, device=device), torch.tensor([1.0], device=device)
        moved = y.cpu().numpy(), torch.ones(2).to(device) + y[0, 0], y.double() + x
        laid_out = y.T.reshape(-1), y.T.contiguous(), y.flatten(), F.linear(y, y)
        return y, made, moved, laid_out, y.to("cpu").is_cpu


@works
def inference_mode_as_a_decorator(x, i, device):
    @torch.inference_mode()
    def called(v):
        return v * 2, v[0], v.detach()

    with torch.inference_mode(False):
        return called(x), grad(lambda v: v**2, x)


@works
def evaluation(x, i, device):
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)).to(device)
    numbered(model)(x)
    model.eval()
    with torch.inference_mode():
        inferred = model(x)
    with torch.no_grad():
        return inferred, model(x), inferred.argmax(1) == i, model.state_dict()


@works
def gradients_switched(x, i, device):
    w = x.clone().requires_grad_()
    with torch.no_grad():
        w -= 0.1 * w
        w[0].zero_()
    with torch.set_grad_enabled(False):
        y = w * 2
    with torch.enable_grad():
        return w, y.requires_grad, (w * 2).requires_grad


@works
def devices_by_default(x, i, device):
    torch.set_default_device(device)
    try:
        made = torch.zeros(3) + torch.arange(3) + torch.tensor([1, 2, 3]), numbered(nn.Linear(3, 1))
        generator = torch.Generator(device).manual_seed(1)
        loader = DataLoader(TensorDataset(x), batch_size=2, shuffle=True, generator=generator)
        return made[0] + x, made[1](x), len(list(loader)), x.tolist()
    finally:
        torch.set_default_device(None)


@works
def device_as_a_context(x, i, device):
    with torch.device(device):
        made = torch.ones(3), torch.tensor([1.0]), numbered(nn.Linear(3, 2))
    with x.device:
        return x + made[0], made[1] + torch.zeros(1), made[2](x)


@works
def state_dicts(x, i, device):
    model, other = line(device), line(device)
    other.load_state_dict({name: 2 * v for name, v in model.state_dict().items()})
    kept = {name: v.detach().cpu().clone() for name, v in model.state_dict().items()}
    model.weight.data.add_(1)
    model.load_state_dict(kept)
    other.load_state_dict(other.state_dict(), assign=True)
    return model(x), other(x), {name: v.numpy() for name, v in kept.items()}


@works
def deep_copies(x, i, device):
    model = nn.Sequential(line(device), nn.BatchNorm1d(2)).to(device)
    model(x).sum().backward()
    twin, state = copy.deepcopy(model), copy.deepcopy(model.state_dict())
    parameter = next(twin.parameters())
    parameter.data.zero_()
    whole, row = copy.deepcopy([x, x[1:]])
    whole += 1
    w = torch.ones(3, device=device, requires_grad=True)
    (w * x).sum().backward()
    copied = copy.deepcopy(w)
    return model(x), twin(x), state, whole, row, copied, copied.grad, parameter.grad, copy.copy(x)


@works
def saved_and_loaded(x, i, device):
    kept = {"x": x, "rows": x[1:], "t": x.T, "i": i, "none": x[:0], "sum": x.sum(), "epoch": 3}
    loaded = torch.load(saved(kept))
    loaded["x"] += 1
    legacy = torch.load(saved([x, i], _use_new_zipfile_serialization=False))
    again = torch.load(saved(loaded["rows"]))
    return loaded, legacy, again, copy.deepcopy(again), again.cpu(), again.numpy(force=True)


@works
def loaded_elsewhere(x, i, device):
    here = torch.load(saved({"x": x, "rows": x[1:]}), map_location="cpu")
    there = [torch.load(saved(x.cpu()), map_location=place) for place in (device, x.device)]
    return here["rows"].device.type == "cpu", here, there, torch.load(saved(x.cpu())).is_cpu


@works
def saved_models(x, i, device):
    model = line(device)
    optimizer = torch.optim.Adam(model.parameters())
    model(x).sum().backward()
    optimizer.step()
    state, steps = saved(model.state_dict()), saved(optimizer.state_dict())
    model.weight.data.add_(1)
    model.load_state_dict(torch.load(state, weights_only=True))
    optimizer.load_state_dict(torch.load(steps))
    optimizer.step()
    return model(x), torch.load(saved(model), weights_only=False)(x)


@works
def pickled(x, i, device):
    kept = pickle.dumps([x, x[1:], i, line(device)])
    *copies, model = pickle.loads(kept)  # noqa: S301
    return copies, model(x)
