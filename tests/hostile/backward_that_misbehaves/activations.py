"""The judge asks for gradients after the answer; they are learner code as well."""

import torch


def backward(kind):
    def run(ctx, grad):
        if kind == "endless":
            while True:
                pass
        if kind == "raise":
            raise NotImplementedError("\x1b[2J")
        if kind == "shape":
            return torch.zeros(7)
        return torch.ones(3).to_sparse()

    return run


def wrong(name, forward):
    members = {"forward": staticmethod(lambda ctx, x: forward(x)), "backward": staticmethod(backward(name))}
    return type(name, (torch.autograd.Function,), members).apply


sigmoid = wrong("endless", lambda x: 1 / (1 + torch.exp(-x)))
tanh = wrong("raise", lambda x: 1 - 2 / (torch.exp(2 * x) + 1))
relu = wrong("shape", lambda x: x.clamp(min=0))
leaky_relu = wrong("sparse", lambda x: torch.where(x > 0, x, 0.01 * x))


def elu(x, alpha=1.0):
    y = torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0)))
    y.register_hook(lambda grad: grad * 0) if y.requires_grad else None
    return y
