"""Neurons: from one weighted sum to a network.

A neuron weighs its inputs, adds a bias, and gives the sum to a function, its activation:

    x1 --- * w1 ---.
    x2 --- * w2 ----+--- + b --- z --- activation --- output        z = w1 x1 + w2 x2 + b
    x3 --- * w3 ---'

The oldest activation is the step: 1 where z > 0, else 0. Such a neuron is a perceptron. The points
where w1 x1 + w2 x2 + b = 0 are a straight line, and the neuron says on which side of it a point
lies. It learns from its mistakes, and from nothing else. With p for what it says and y for what
is right, y - p is 0 for a right answer, 1 if it should have said 1, and -1 if it should not:

    w ← w + lr (y - p) x          b ← b + lr (y - p)

Many neurons that look at the same inputs are a layer. Each has a row of weights, so a layer is a
matrix, `weight` of shape (out, in), and a vector, `bias` of shape (out,). Many notes write the
layer as W x + b. That is for one column x; a batch has its items in rows, (N, in), and then it is
x Wᵀ + b. Try it: PyTorch's own layer keeps one row for each neuron, too.

    >>> torch.nn.Linear(3, 2).weight.shape      # 3 inputs, 2 neurons
    torch.Size([2, 3])

Many notes call this map linear. A linear map gives 0 for 0 and f(x1 + x2) = f(x1) + f(x2). With a
bias it does neither; the right word is affine. Try it:

    >>> f = lambda x: 2 * x + 1
    >>> f(0), f(3 + 4), f(3) + f(4)
    (1, 15, 16)

Many notes give a perceptron two layers, input and output. Count what has weights, and there is
one: the inputs are given, nothing is computed there. And one layer cannot do much. For exclusive
or, it would have to be high at two opposite corners of a square and low at the others:

    x2
     1    high  low          whatever w and b are, affine functions obey
     0    low   high             f(0,0) + f(1,1) = f(0,1) + f(1,0)
           0     1   x1      but low + low is not high + high

Many notes say that more layers make a network stronger. Alone they do not: two affine maps, one
after the other, are one affine map, whatever numbers are in them. Try it:

    >>> network = torch.nn.Sequential(torch.nn.Linear(2, 50), torch.nn.Linear(50, 1))
    >>> low_1, low_2, high_1, high_2 = network(torch.tensor([[0.0, 0], [1, 1], [0, 1], [1, 0]]))
    >>> torch.isclose(low_1 + low_2, high_1 + high_2, atol=1e-5).item()
    True

Put torch.nn.ReLU() between the two, and it is False: the activation is what makes a second layer
worth having.

Where do weights begin? All at 0 is fine for one neuron. In a layer, neurons that begin alike get
the same corrections and stay alike for ever: fifty of them are one. So weights begin random. And
their size matters: each neuron adds up `in` products, so sums grow with `in`, from layer to
layer, unless weights shrink with it. With ReLU between the layers, a standard deviation of
sqrt(2 / in) keeps the numbers about as large as they were.

Here a layer is a pair `(weight, bias)`, and a network a list of layers. Check your work with

    grade neurons
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch


def neuron(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor,
    activation: Callable[[torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    """Return activation(w·x + b), a 0-dim tensor. `x` and `w` are `(D,)`, `b` is 0-dim.

    `activation` takes a 0-dim tensor and gives one. Call it once.

    >>> x, w, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0]), torch.tensor(-5.0)
    >>> neuron(x, w, b, activation=torch.abs)
    tensor(4.)
    """
    # BEGIN SOLUTION
    return activation(w @ x + b)
    # END SOLUTION


def perceptron(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """For each row of `x`, say 1 where w·x + b > 0 and 0 elsewhere: int64, of shape `(N,)`.

    `x` is `(N, D)`, `w` is `(D,)`, `b` is 0-dim.

    >>> x = torch.tensor([[1.0, 0.0], [1.0, 1.0], [3.0, 1.0]])
    >>> perceptron(x, w=torch.tensor([1.0, 1.0]), b=torch.tensor(-2.0))
    tensor([0, 0, 1])
    """
    # BEGIN SOLUTION
    return (x @ w + b > 0).long()
    # END SOLUTION


def train_perceptron(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float = 1.0
) -> tuple[torch.Tensor, torch.Tensor, list[int]]:
    """Train a perceptron on the rows of `x` `(N, D)` and their answers `y` `(N,)`, int64, 0 or 1.

    Start from w = 0, of shape `(D,)`, and b = 0, 0-dim, both in the dtype of `x`. In each epoch,
    take the rows in order. For each, p is what the perceptron says now; then

        w ← w + lr (y - p) x          b ← b + lr (y - p)

    Returns `(w, b, mistakes)`. `mistakes` has an int for each epoch: the number of rows whose p
    was wrong, each taken before its own update. Run all `epochs`, also after one without a mistake.

    >>> x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> train_perceptron(x, y=torch.tensor([0, 1, 1, 1]), epochs=5)
    (tensor([1., 1.]), tensor(0.), [1, 2, 1, 0, 0])
    """
    # BEGIN SOLUTION
    w, b = x.new_zeros(x.shape[1]), x.new_zeros(())
    mistakes = []
    for _ in range(epochs):
        wrong = 0
        for i in range(len(x)):
            error = int(y[i]) - int(x[i] @ w + b > 0)
            w, b = w + lr * error * x[i], b + lr * error
            wrong += abs(error)
        mistakes.append(wrong)
    return w, b, mistakes
    # END SOLUTION


def dense(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    """Return x Wᵀ + b for `x` of shape `(*, in)`: the result is `(*, out)`.

    `*` stands for any number of axes, none included. `weight` is `(out, in)`, as in `nn.Linear`,
    and `bias` is `(out,)`, or None for no bias. Autograd must be able to flow through it.

    Raises ValueError, with a size or a shape in its message, if the last size of `x` is not `in`.
    A size of 1 is no exception, though it would broadcast.

    >>> weight, bias = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]]), torch.tensor([5.0, 0.0])
    >>> dense(torch.tensor([[1.0, 1.0, 1.0], [0.0, 2.0, 3.0]]), weight, bias).tolist()
    [[8.0, 0.0], [9.0, -1.0]]
    """
    # BEGIN SOLUTION
    if x.shape[-1] != weight.shape[1]:
        raise ValueError(f"x has {x.shape[-1]} features, and weight is {tuple(weight.shape)}")
    y = x @ weight.T
    return y if bias is None else y + bias
    # END SOLUTION


def mlp(
    x: torch.Tensor,
    layers: list[tuple[torch.Tensor, torch.Tensor]],
    activation: Callable[[torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    """Send `x` `(*, in)` through all `layers`, `(weight, bias)` each, as in `dense`.

    `activation` takes a tensor and gives one of the same shape. Call it once between two layers,
    and not after the last: one call fewer than there are layers. Without layers, `x` comes back.

    >>> layers = [
    ...     (torch.tensor([[2.0], [-2.0]]), torch.tensor([0.0, 1.0])),
    ...     (torch.tensor([[1.0, -1.0]]), torch.tensor([0.0])),
    ... ]
    >>> mlp(torch.tensor([[3.0], [-3.0]]), layers, activation=torch.relu).tolist()
    [[6.0], [-7.0]]
    """
    # BEGIN SOLUTION
    for k, (weight, bias) in enumerate(layers):
        x = dense(x if k == 0 else activation(x), weight, bias)
    return x
    # END SOLUTION


def merge_linear(
    layers: list[tuple[torch.Tensor, torch.Tensor]],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the one `(weight, bias)` that does what all `layers` do without an activation between.

    For every x, `dense(x, weight, bias)` is what the layers give one after the other.

    Raises ValueError if there are no layers.

    >>> double_it = torch.tensor([[2.0]]), torch.tensor([1.0])     # 2 x + 1
    >>> negate_it = torch.tensor([[-1.0]]), torch.tensor([5.0])    # -x + 5
    >>> merge_linear([double_it, negate_it])
    (tensor([[-2.]]), tensor([4.]))
    """
    # Write two layers as one formula, and multiply it out.
    # BEGIN SOLUTION
    if not layers:
        raise ValueError("there are no layers to merge")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, dense(bias, next_weight, next_bias)
    return weight, bias
    # END SOLUTION


def xor_layers() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return a network that computes exclusive or: a list of two or more `(weight, bias)`, float32.

    The first layer takes 2 numbers, the last gives 1. Between two layers, and not after the last,
    the grader puts step(z): 1 where z > 0 and 0 elsewhere. What comes out must be at least 0.1 for
    the inputs (0, 1) and (1, 0), and at most -0.1 for (0, 0) and (1, 1). Any such layers will do.

    >>> layers = xor_layers()
    >>> layers[0][0].shape[1], layers[-1][0].shape[0]     # from 2 numbers to 1
    (2, 1)
    """
    # One neuron can tell whether at least one input is 1, another whether both are.
    # BEGIN SOLUTION
    hidden = torch.ones(2, 2), torch.tensor([0.0, -1.0])
    output = torch.tensor([[1.0, -1.0]]), torch.tensor([-0.5])
    return [hidden, output]
    # END SOLUTION


def init_layers(sizes: list[int], seed: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return fresh layers of these widths: for `[4, 16, 1]` one from 4 to 16 and one from 16 to 1.

    Weights are drawn from a normal distribution with mean 0 and standard deviation sqrt(2 / in),
    biases are 0, all in float32. No two rows are alike, in one layer or across layers, and what is
    written to one tensor shows in no other. The same `seed` gives the same numbers, another one
    others, and the global random state of torch, NumPy and `random` is left alone: whoever draws
    after you must not notice that you were there.

    Raises ValueError, with a size in its message, for fewer than two widths or one below 1.

    >>> [(weight.shape, bias.tolist()) for weight, bias in init_layers([3, 2, 1], seed=0)]
    [(torch.Size([2, 3]), [0.0, 0.0]), (torch.Size([1, 2]), [0.0])]
    """
    # BEGIN SOLUTION
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes must be two or more widths, each at least 1, not {sizes}")
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for inputs, outputs in pairwise(sizes):
        weight = torch.randn(outputs, inputs, generator=generator) * math.sqrt(2 / inputs)
        layers.append((weight, torch.zeros(outputs)))
    return layers
    # END SOLUTION
