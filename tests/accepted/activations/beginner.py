# week 2: activations
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    # I use x for negative numbers and -x for positive numbers so exp never gets big
    is_negative = x < 0
    is_positive = torch.logical_not(is_negative)
    zeros = torch.zeros(x.shape, dtype=x.dtype, device=x.device)
    ones = torch.ones(x.shape, dtype=x.dtype, device=x.device)
    exponent = torch.where(is_negative, x, zeros) - torch.where(is_positive, x, zeros)
    e = torch.exp(exponent)
    top = torch.where(is_negative, e, ones)
    bottom = ones + e
    result = top / bottom
    print("sigmoid of", x.shape)
    return result


def tanh(x: torch.Tensor) -> torch.Tensor:
    # from the internet: tanh(x) = 2 sigmoid(2x) - 1
    two_x = x * 2
    s = sigmoid(two_x)
    result = s * 2
    result = result - 1
    return result


def relu(x: torch.Tensor) -> torch.Tensor:
    zero = torch.tensor(0.0)
    zero = zero.to(x.device)
    result = torch.max(x, zero.to(x.dtype))
    return result


def leaky_relu(x: torch.Tensor, negative_slope: float = 0.01) -> torch.Tensor:
    positive_part = x
    negative_part = x * negative_slope
    condition = x > 0.0
    result = torch.where(condition, positive_part, negative_part)
    return result


def elu(x: torch.Tensor, alpha: float = 1.0) -> torch.Tensor:
    zero = torch.zeros_like(x)
    condition = x > 0
    # make it safe first!!
    safe_x = torch.where(condition, zero, x)
    exp_minus_1 = torch.expm1(safe_x)
    result = torch.where(condition, x, exp_minus_1 * alpha)
    return result


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    maximum = torch.max(x, dim=dim)
    maximum = maximum.values
    maximum = maximum.unsqueeze(dim)
    difference = x - maximum
    e = torch.exp(difference)
    total = torch.sum(e, dim=dim)
    total = total.unsqueeze(dim)
    result = e / total
    return result


def is_linear(f, x1, x2, k, tol=1e-6):
    # law 1
    left = f(x1 + x2)
    right = f(x1) + f(x2)
    difference = torch.max(torch.abs(left - right))
    biggest_left = torch.max(torch.abs(left))
    biggest_right = torch.max(torch.abs(right))
    if biggest_left > biggest_right:
        biggest = biggest_left
    else:
        biggest = biggest_right
    law_1 = False
    if difference <= tol * biggest:
        law_1 = True
    # law 2
    left = f(x1 * k)
    right = f(x1) * k
    difference = torch.max(torch.abs(left - right))
    biggest_left = torch.max(torch.abs(left))
    biggest_right = torch.max(torch.abs(right))
    if biggest_left > biggest_right:
        biggest = biggest_left
    else:
        biggest = biggest_right
    law_2 = False
    if difference <= tol * biggest:
        law_2 = True
    # both
    if law_1 == True and law_2 == True:
        return True
    else:
        return False
