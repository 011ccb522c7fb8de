"""Each is a custom autograd.Function with a backward of its own."""

import torch
from torch.autograd.function import once_differentiable


class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = torch.exp(-x.abs())
        y = torch.where(x < 0, z, torch.ones_like(z)) / (1 + z)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y * (1 - y)


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(x):
        z = torch.exp(-2 * abs(x))
        return x.sign() * (1 - z) / (1 + z)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, grad):
        return grad * (1 - ctx.saved_tensors[0] ** 2)


class LeakyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        ctx.slopes = torch.where(x > 0, torch.ones_like(x), torch.full_like(x, slope))
        return x * ctx.slopes

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        return grad * ctx.slopes, None


class ELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        ctx.save_for_backward(x)
        return x.clamp(min=0) + alpha * x.clamp(max=0).expm1()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x > 0) + grad * (x <= 0) * ctx.alpha * x.clamp(max=0).exp(), None


class Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dim):
        x = x.movedim(dim, 0)
        z = (x - x.amax(0)).exp()
        y = (z / z.sum(0)).movedim(0, dim)
        ctx.dim = dim
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return y * (grad - (grad * y).sum(ctx.dim, keepdim=True)), None


sigmoid = Sigmoid.apply
tanh = Tanh.apply


def relu(x):
    return LeakyReLU.apply(x, 0.0)


def leaky_relu(x, negative_slope=0.01):
    return LeakyReLU.apply(x, negative_slope)


def elu(x, alpha=1.0):
    return ELU.apply(x, alpha)


def softmax(x, dim=-1):
    return Softmax.apply(x, dim)


class Sides:
    def __init__(self, left, right):
        self.left, self.right = left, right

    def agree(self, tol):
        error = float((self.left - self.right).abs().max())
        return error <= tol * float(torch.stack([self.left, self.right]).abs().max())


def is_linear(f, x1, x2, k, tol=1e-6):
    return Sides(f(x1 + x2), f(x1) + f(x2)).agree(tol) and Sides(f(k * x1), k * f(x1)).agree(tol)
