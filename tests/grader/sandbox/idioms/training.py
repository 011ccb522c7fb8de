"""Layers, losses, gradients and optimizers."""

import torch
import torch.nn.functional as F
from torch import nn

from tests.grader.sandbox.idioms.registry import grad, line, numbered, works


@works
def convolutions(x, i, device):
    layers = nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 2)
    model = numbered(nn.Sequential(*layers)).to(device)
    images = torch.arange(128.0, device=device).reshape(2, 1, 8, 8) / 64
    F.cross_entropy(model(images), i[:2] // 2).backward()
    row = F.conv1d(x[None], torch.ones(2, 4, 2, device=device)), F.avg_pool1d(x[None], 2)
    whole = F.adaptive_avg_pool2d(images, 1), F.interpolate(images, scale_factor=2)
    return (
        [p.grad for p in model.parameters()],
        row,
        whole,
        F.pad(images, (1, 1)),
        model.state_dict(),
    )


@works
def norms(x, i, device):
    layers = nn.LayerNorm(3), nn.BatchNorm1d(3), nn.GroupNorm(1, 3), nn.RMSNorm(3)
    model = numbered(nn.Sequential(*layers)).to(device)
    y = model(x)
    y.pow(2).sum().backward()
    return y, [p.grad for p in model.parameters()], model.eval()(x), F.normalize(x)


@works
def embeddings_and_attention(x, i, device):
    words = numbered(nn.Embedding(3, 4)).to(device)
    heads = numbered(nn.MultiheadAttention(4, 2, batch_first=True)).to(device)
    block = numbered(nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True)).to(device)
    y = words(i)[None]
    mask = nn.Transformer.generate_square_subsequent_mask(4, device=device)
    out, weights = heads(y, y, y, attn_mask=mask)
    (out.sum() + block(y).pow(2).sum()).backward()
    dot = F.scaled_dot_product_attention(y, y, y, is_causal=True)
    with torch.no_grad():
        return out, weights, words.weight.grad, dot, block.eval()(y), heads.eval()(y, y, y)[0]


@works
def recurrent_layers(x, i, device):
    model, cell = numbered(nn.RNN(3, 2)).to(device), numbered(nn.RNNCell(3, 2)).to(device)
    model(x)[0].sum().backward()
    return model(x), cell(x), [p.grad for p in model.parameters()]


@works
def losses(x, i, device):
    p, t = x.sigmoid(), i
    cases = (
        lambda v: F.cross_entropy(v, t), lambda v: F.nll_loss(v.log_softmax(1), t),
        lambda v: F.cross_entropy(v, p.softmax(1), label_smoothing=0.1),
        lambda v: F.mse_loss(v, p), lambda v: F.l1_loss(v, p), lambda v: F.huber_loss(v, p),
        lambda v: F.binary_cross_entropy_with_logits(v, p),
        lambda v: F.binary_cross_entropy(v.sigmoid(), p), lambda v: F.smooth_l1_loss(v, p),
        lambda v: F.kl_div(v.log_softmax(1), p.softmax(1), reduction="batchmean"),
        lambda v: F.cosine_similarity(v, p), lambda v: F.triplet_margin_loss(v, p, x),
        lambda v: nn.CrossEntropyLoss(weight=torch.ones(3, device=device))(v, t),
        F.gelu, F.elu, F.softplus, F.silu, F.leaky_relu, F.hardtanh, F.logsigmoid, torch.tanh,
        lambda v: v.softmax(1).max(), lambda v: v.std(), lambda v: v.prod(), lambda v: v[t],
        lambda v: v.sort().values[0], lambda v: torch.where(v > 0, v, 0.0), lambda v: v.norm(),
    )  # fmt: skip
    return [(case(x), grad(case, x)) for case in cases]


@works
def optimizers(x, i, device):
    trained = []
    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "Rprop"):
        for options in ({}, {"foreach": True}):
            model = line(device)
            optimizer = getattr(torch.optim, name)(model.parameters(), lr=0.1, **options)
            for _ in range(2):
                optimizer.zero_grad()
                model(x).pow(2).mean().backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
            trained.append((model.weight, optimizer.state_dict()["state"]))
    return trained


@works
def closures_and_schedulers(x, i, device):
    model = line(device)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3, line_search_fn="strong_wolfe")
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)

    def closure():
        optimizer.zero_grad()
        loss = model(x).pow(2).mean()
        loss.backward()
        return loss

    loss = optimizer.step(closure)
    schedule.step()
    torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer).step(loss)
    average = torch.optim.swa_utils.AveragedModel(model)
    average.update_parameters(model)
    vector = nn.utils.parameters_to_vector(model.parameters())
    return loss, schedule.get_last_lr(), average(x), vector


@works
def gradients(x, i, device):
    w, v = x.clone().requires_grad_(), torch.ones(3, device=device, requires_grad=True)
    y = w * 2
    y.retain_grad()
    y.backward(torch.ones_like(y), retain_graph=True)
    y.sum().backward()
    first, none = torch.autograd.grad((w**3).sum(), [w, v], create_graph=True, allow_unused=True)
    second = torch.autograd.grad(first.sum(), w)
    w.data -= 0.1 * w.grad
    kept, w.grad = w.grad, None
    z = w * 1
    z[0], z[:, 1] = 0, z[:, 1] * 2
    (z**2).sum().backward()
    return kept, y.grad, first, second, none, w, w.grad


@works
def functions_and_hooks(x, i, device):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            return 3 * grad * ctx.saved_tensors[0] ** 2

    model, seen, w = line(device), [], x.clone().requires_grad_()
    w.register_hook(lambda grad: 2 * grad)
    model.register_forward_hook(lambda module, inputs, output: seen.append(output.detach()))
    model.register_full_backward_hook(lambda module, inputs, outputs: seen.append(outputs[0]))
    model(w).sum().backward()
    with torch.autograd.graph.save_on_cpu():
        y = (x.clone().requires_grad_() ** 2).sum()
    y.backward()
    checkpointed = grad(
        lambda v: torch.utils.checkpoint.checkpoint(torch.sin, v, use_reentrant=False), x
    )
    return grad(Cube.apply, x), w.grad, seen, checkpointed


@works
def transforms(x, i, device):
    def cubes(v):
        return (v**3).sum()

    model = line(device)
    doubled = {name: 2 * v.detach() for name, v in model.named_parameters()}
    return (
        torch.func.grad(cubes)(x), torch.func.vmap(torch.func.grad(cubes))(x),
        torch.func.jacrev(torch.sin)(x[0]), torch.func.jacfwd(torch.sin)(x[0]),
        torch.func.hessian(cubes)(x[0]), torch.func.jvp(torch.sin, (x,), (x,)),
        torch.vmap(torch.dot)(x, x), torch.autograd.functional.jacobian(torch.sin, x[0]),
        torch.func.grad(lambda p: torch.func.functional_call(model, p, (x,)).sum())(doubled),
    )  # fmt: skip


@works
def modules(x, i, device):
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale: torch.Tensor
            self.register_buffer("scale", torch.ones(3))
            self.shift = nn.Parameter(torch.ones(3))
            self.more = nn.ParameterList([torch.ones(3)])

        def forward(self, x):
            return x * self.scale + self.shift + self.more[0]

    model = Scaled().to(device)
    model.scale += 1
    nn.init.constant_(model.shift, 2.0)
    model.shift.data = model.shift.data * 2
    bent = line(device)
    nn.utils.parametrize.register_parametrization(bent, "weight", nn.Softplus())
    normed = nn.utils.parametrizations.weight_norm(line(device))
    here = next(model.parameters()).device == x.device
    return model(x), model.state_dict(), here, model.double().scale, bent(x), normed(x), bent.weight


@works
def models_moved_late(x, i, device):
    model = numbered(nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3)))
    first = model[2].weight = model[0].weight
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.to(device)
    model(x).sum().backward()
    optimizer.step()
    same = first is model[0].weight is model[2].weight
    return model(x), model.state_dict(), same, len([*model.parameters()])


@works
def accelerators(x, i, device):
    if device != "cpu" and torch.accelerator.is_available():
        torch.accelerator.synchronize()
        return (x.to(torch.accelerator.current_accelerator()) + x).sum()
    return (x + x).sum()
