"""Activations: bend the line, keep it finite.

Stack two linear layers and you get one linear layer: all that depth for nothing. What makes a
network more than one big matrix is the small bent function between its layers, the activation.

    sigmoid           tanh              relu              elu
     1      .---       1      .---             /                 /
           /                 /                /                 /
          /            0    /                /            0    /
     0 --'            -1 --'           0 ---'            -1 --'

The formulas fit on a napkin. In floating point they break:

    exp(1000) = inf         the largest float32 is about 3.4e38, and that is exp(88.7)
    inf / inf = nan         and one nan spreads through a whole network in one step

So rewrite the formula until `exp` only sees numbers at or below 0. Then it lies between 0 and 1,
and the worst that can happen is a harmless 0.

`torch.where(condition, a, b)` chooses element by element, but it is not an `if`: both `a` and `b`
are computed everywhere. On the way back, the one that was not taken receives a gradient of 0, and
0 times infinity is nan:

    >>> x = torch.tensor([1000.0], requires_grad=True)
    >>> y = torch.where(x > 0, x, torch.exp(x))
    >>> y.sum().backward()
    >>> y.tolist(), x.grad.tolist()     # the value is fine, the gradient is not
    ([1000.0], [nan])

The cure is to make the input safe before the dangerous function sees it; throwing the bad result
away afterwards is too late. One more trap waits at 0, where `abs` has slope 0, and `maximum` and
`minimum` of two equal numbers share the slope. If your function is smooth there, only one
slope is right: 1/4 for sigmoid, 1 for tanh.

Rules of this unit: build each function from elementary operations (exp, expm1, where, clamp, sums
...), never from torch's own activations, and without a loop over elements. Values and gradients
stay finite for inputs up to 1000 either way. Check your work with

    grade activations
"""

from collections.abc import Callable

import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Return 1 / (1 + e^-x) for each element, in the shape of `x`.

    Its slope at 0 is 1/4.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    # For which x can e^-x overflow? And e^x?
    raise NotImplementedError("sigmoid")


def tanh(x: torch.Tensor) -> torch.Tensor:
    """Return (e^x - e^-x) / (e^x + e^-x) for each element, in the shape of `x`.

    Its slope at 0 is 1.

    >>> tanh(torch.tensor([-1000.0, 0.0, 1000.0])).tolist()
    [-1.0, 0.0, 1.0]
    """
    raise NotImplementedError("tanh")


def relu(x: torch.Tensor) -> torch.Tensor:
    """Return max(0, x) for each element.

    At the kink, x = 0, any finite slope will do.

    >>> relu(torch.tensor([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 3.0]
    """
    raise NotImplementedError("relu")


def leaky_relu(x: torch.Tensor, negative_slope: float = 0.01) -> torch.Tensor:
    """Return x where x > 0 and `negative_slope` * x elsewhere.

    A unit that is always negative still gets a gradient, so it can recover. `negative_slope` is at
    most 1; it may be 0 or negative.

    >>> leaky_relu(torch.tensor([-2.0, 0.0, 3.0]), negative_slope=0.5).tolist()
    [-1.0, 0.0, 3.0]
    """
    raise NotImplementedError("leaky_relu")


def elu(x: torch.Tensor, alpha: float = 1.0) -> torch.Tensor:
    """Return x where x > 0 and `alpha` * (e^x - 1) elsewhere.

    It must be accurate near 0: in float32, `exp(1e-8) - 1` is 0, and all digits are lost. With
    `alpha` = 1 the two halves meet smoothly, and the slope at 0 is 1.

    Source: Clevert et al., Fast and Accurate Deep Network Learning by ELUs (2016), section 3.

    >>> elu(torch.tensor([-1000.0, 0.0, 1000.0]), alpha=2.0).tolist()
    [-2.0, 0.0, 1000.0]
    """
    raise NotImplementedError("elu")


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Return e^x divided by its sum along `dim`: weights from 0 to 1 that sum to 1 along `dim`.

    Adding one constant to all of `x` changes nothing in the result.

    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), sections 4.1 and 6.2.2.3.

    >>> softmax(torch.tensor([[1000.0, 1000.0], [0.0, -1000.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    >>> softmax(torch.tensor([[7.0, 0.0], [7.0, 0.0]]), dim=0).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    raise NotImplementedError("softmax")


def is_linear(
    f: Callable[[torch.Tensor], torch.Tensor],
    x1: torch.Tensor,
    x2: torch.Tensor,
    k: float,
    tol: float = 1e-6,
) -> bool:
    """Is `f` linear, as far as these points can tell?

    True if both laws hold: f(x1 + x2) = f(x1) + f(x2), and f(k * x1) = k * f(x1). Two sides are
    equal if the largest absolute difference between them is at most `tol` times the largest
    absolute entry of either side. Zero against zero is equal.

    >>> x1, x2 = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0])
    >>> is_linear(lambda x: 3 * x, x1, x2, k=2.0)
    True
    >>> is_linear(lambda x: 3 * x + 1, x1, x2, k=2.0)
    False
    """
    raise NotImplementedError("is_linear")
