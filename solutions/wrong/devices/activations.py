"""Device mistakes with `activations`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

import torch


def sigmoid__ones_of_the_cpu(x):
    """torch.ones(x.shape, dtype=x.dtype) is made on the CPU; z is on the rehearsal device (as it
    would be on a GPU): say device=z.device.
    """
    ones = torch.ones(x.shape, dtype=x.dtype)
    z = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, z, ones) / (ones + z)


def sigmoid__left_on_the_cpu(x):
    """x.cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU as
    on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    x = x.cpu()
    z = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, z, 1.0) / (1 + z)


def tanh__signs_of_the_cpu(x):
    """torch.full(x.shape, -1.0, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as
    it would be on a GPU): say device=x.device.
    """
    signs = torch.full(x.shape, -1.0, dtype=x.dtype)
    z = torch.expm1(torch.where(x < 0, 2 * x, 2 * signs * x))
    return torch.where(x < 0, z, signs * z) / (2 + z)


def tanh__left_on_the_cpu(x):
    """x.to("cpu") is a copy on the CPU, and the result has to be where the arguments are, on a GPU
    as on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    x = x.to("cpu")
    z = torch.expm1(torch.where(x < 0, 2 * x, -2 * x))
    return torch.where(x < 0, z, -z) / (2 + z)


def relu__zeros_of_the_cpu(x):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    return torch.where(x > 0, x, torch.zeros(x.shape, dtype=x.dtype))


def relu__mask_of_the_cpu(x):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    mask = torch.zeros(x.shape, dtype=x.dtype)
    mask[x > 0] = 1.0
    return mask * x


def leaky_relu__slopes_of_the_cpu(x, negative_slope=0.01):
    """torch.full(x.shape, negative_slope, dtype=x.dtype) is made on the CPU; x is on the rehearsal
    device (as it would be on a GPU): say device=x.device.
    """
    slopes = torch.full(x.shape, negative_slope, dtype=x.dtype)
    return torch.where(x > 0, x, slopes * x)


def leaky_relu__factors_of_the_cpu(x, negative_slope=0.01):
    """torch.ones(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    factors = torch.ones(x.shape, dtype=x.dtype)
    factors[x <= 0] = negative_slope
    return factors * x


def elu__zeros_of_the_cpu(x, alpha=1.0):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    zeros = torch.zeros(x.shape, dtype=x.dtype)
    return torch.where(x > 0, x, alpha * torch.expm1(torch.where(x > 0, zeros, x)))


def elu__left_on_the_cpu(x, alpha=1.0):
    """x.cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU as
    on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    x = x.cpu()
    return torch.where(x > 0, x, alpha * torch.expm1(torch.where(x > 0, 0.0, x)))


def softmax__largest_in_a_new_tensor(x, dim=-1):
    """torch.zeros(found.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as
    it would be on a GPU): say device=x.device.
    """
    found = x.detach().amax(dim=dim, keepdim=True)
    largest = torch.zeros(found.shape, dtype=x.dtype).copy_(found)
    z = torch.exp(x - largest)
    return z / z.sum(dim=dim, keepdim=True)


def softmax__left_on_the_cpu(x, dim=-1):
    """torch.exp(x - x.detach().amax(dim=dim, keepdim=True)).cpu() is a copy on the CPU, and the
    result has to be where the arguments are, on a GPU as on the CPU: make it with device=x.device,
    or bring it there with .to(x.device).
    """
    z = torch.exp(x - x.detach().amax(dim=dim, keepdim=True)).cpu()
    return z / z.sum(dim=dim, keepdim=True)


def is_linear__factor_in_a_new_tensor(f, x1, x2, k, tol=1e-6):
    """torch.full(x1.shape, k, dtype=x1.dtype) is made on the CPU; x1 is on the rehearsal device (as
    it would be on a GPU): say device=x1.device.
    """
    factor = torch.full(x1.shape, k, dtype=x1.dtype)
    y1, y2 = f(x1), f(x2)
    for left, right in ((f(x1 + x2), y1 + y2), (f(factor * x1), k * y1)):
        largest = torch.maximum(left.abs().max(), right.abs().max())
        if not (left - right).abs().max() <= tol * largest:
            return False
    return True


def is_linear__compared_by_numpy(f, x1, x2, k, tol=1e-6):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    y1, y2 = f(x1), f(x2)
    for left, right in ((f(x1 + x2), y1 + y2), (f(k * x1), k * y1)):
        largest = torch.maximum(left.abs().max(), right.abs().max()).detach().numpy()
        if not (left - right).abs().max().detach().numpy() <= tol * largest:
            return False
    return True
