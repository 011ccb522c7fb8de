"""Known wrong answers to the exercises of `bughunt`: each mistake of the stubs left in alone, some
of them together, and what is written beside.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn


def transpose_images__viewed(images):
    """view and reshape keep the numbers in their order and break the rows elsewhere. transpose
    exchanges axes."""
    n, height, width = images.shape
    return images.view(n, width, height)


def transpose_images__reshaped(images):
    """view and reshape keep the numbers in their order and break the rows elsewhere. transpose
    exchanges axes."""
    n, height, width = images.shape
    return images.reshape(n, width, height)


def transpose_images__all_axes(images):
    """Turning round all three axes moves the images as well. The first axis has to stay."""
    return images.permute(2, 1, 0)


def transpose_images__first_axes(images):
    """transpose(0, 1) exchanges the images with their rows. Axes are counted from 0."""
    return images.transpose(0, 1)


def transpose_images__moved_round(images):
    """permute lists where each axis comes from: (0, 2, 1) leaves the images first."""
    return images.permute(2, 0, 1)


def transpose_images__turned(images):
    """A picture that is turned by a quarter is mirrored, compared with its transpose."""
    return images.rot90(1, (1, 2))


def transpose_images__float32(images):
    """float() makes float32, and so is a new tensor if nothing else is said. images.new_zeros and
    images.new_empty take the dtype of images."""
    n, height, width = images.shape
    result = torch.zeros(n, width, height)
    for i in range(height):
        for j in range(width):
            result[:, j, i] = images[:, i, j]
    return result


def transpose_images__stacked(images):
    """Without images the list is empty, and torch.stack needs one tensor or more. A batch of
    none has a transpose, too."""
    return torch.stack([image.T for image in images])


def mean_squared_error__broadcast(prediction, target):
    """(N, 1) and (N,) broadcast to (N, N): each prediction meets every target. Give both one shape:
    prediction.reshape(-1) and target.reshape(-1)."""
    return ((prediction - target) ** 2).mean()


def mean_squared_error__always_unsqueezed(prediction, target):
    """Now (N,) works, and (N, 1) broadcasts instead. Give both one shape, whatever they come in:
    prediction.reshape(-1) and target.reshape(-1)."""
    return ((prediction - target.unsqueeze(1)) ** 2).mean()


def mean_squared_error__one_flat(prediction, target):
    """Now (N,) works, and (N, 1) broadcasts instead. Give both one shape, whatever they come in:
    prediction.reshape(-1) and target.reshape(-1)."""
    return ((prediction.flatten() - target) ** 2).mean()


def mean_squared_error__sum(prediction, target):
    """The mean is the sum divided by the number of rows."""
    return ((prediction - target.reshape(-1, 1)) ** 2).sum()


def mean_squared_error__root(prediction, target):
    """The root of it is another measure, the root mean squared error."""
    return ((prediction - target.reshape(-1, 1)) ** 2).mean().sqrt()


def mean_squared_error__absolute(prediction, target):
    """The errors are squared. Their absolute values make the mean absolute error."""
    return (prediction - target.reshape(-1, 1)).abs().mean()


def mean_squared_error__one_axis(prediction, target):
    """mean(dim=0) keeps the second axis. mean() over everything is 0-dim."""
    return ((prediction - target.reshape(-1, 1)) ** 2).mean(dim=0)


def mean_squared_error__number(prediction, target):
    """A Python number has no graph: keep the 0-dim tensor, so that backward can be called."""
    return ((prediction - target.reshape(-1, 1)) ** 2).mean().item()


def mean_squared_error__detached(prediction, target):
    """The graph is cut, so that nothing would learn from this loss: detach() and a new
    torch.tensor(...) keep the numbers alone."""
    return ((prediction.detach() - target.reshape(-1, 1)) ** 2).mean()


def mean_squared_error__root_squared(prediction, target):
    """The root is squared again, but its slope at 0 is infinite: a perfect prediction has the
    gradient NaN. Leave the root out."""
    errors = prediction.reshape(-1) - target.reshape(-1)
    return (errors**2).sum().sqrt() ** 2 / len(errors)


def mean_squared_error__first_alone(prediction, target):
    """diagonal() of an (N, 1) tensor is its first row alone. Give both one shape instead, whatever
    they come in: prediction.reshape(-1) and target.reshape(-1)."""
    return ((prediction - target) ** 2).diagonal().mean()


def mean_squared_error__target_in_float32(prediction, target):
    """torch.tensor(...) and float() make float32, and round a float64 target."""
    target = torch.tensor(target.tolist()).reshape(prediction.shape)
    return ((prediction - target) ** 2).mean()


def mean_squared_error__float32(prediction, target):
    """The result is to be in the dtype of the arguments: .float() makes float32 of float64, and so
    does a new tensor if nothing else is said."""
    return F.mse_loss(prediction.reshape(-1).float(), target.reshape(-1).float())


def slope__one_sided(f, x):
    """f(x + h) - f(x) looks to one side only. Ask f at x + h and at x - h, and divide by 2 h."""
    h = 1e-6
    x = x.double()
    return ((f(x + h) - f(x)) / h).item()


def slope__other_side(f, x):
    """f(x) - f(x - h) looks to one side only. Ask f at x + h and at x - h, and divide by 2 h."""
    h = 1e-6
    x = x.double()
    return ((f(x) - f(x - h)) / h).item()


def slope__float32(f, x):
    """x + h stays float32, whose 7 digits are too few for h = 1e-6. Make x float64 first."""
    h = 1e-6
    return ((f(x + h) - f(x - h)) / (2 * h)).item()


def slope__as_it_was(f, x):
    """x + h stays float32, whose 7 digits are too few for h = 1e-6: make x float64 first. After
    that, one more thing is left: f is asked on one side of x only."""
    h = 1e-6
    return ((f(x + h) - f(x)) / h).item()


def slope__late(f, x):
    """Once x + h is rounded to float32, its digits are gone. Convert x before you add h."""
    h = 1e-6
    return ((f((x + h).double()) - f((x - h).double())) / (2 * h)).item()


def slope__half_a_way(f, x):
    """This asks f at x + h and at x, which lie h apart, not 2 h: `x -= h` after `x += h` leads back
    to x. Ask f at x + h and at x - h."""
    h = 1e-6
    x = x.double()
    return ((f(x + h) - f(x)) / (2 * h)).item()


def slope__over_h(f, x):
    """x + h and x - h lie 2 h apart: divide by that."""
    h = 1e-6
    x = x.double()
    return ((f(x + h) - f(x - h)) / h).item()


def slope__times_h(f, x):
    """a / 2 * h multiplies by h. Use brackets: a / (2 * h)."""
    h = 1e-6
    x = x.double()
    return ((f(x + h) - f(x - h)) / 2 * h).item()


def slope__coarse(f, x):
    """Close, but not to a millionth, as a central difference with h = 1e-6 in float64 is. Yours
    differs in one of these three."""
    h = 1e-3
    x = x.double()
    return ((f(x + h) - f(x - h)) / (2 * h)).item()


def slope__tensor(f, x):
    """A slope is a float here. item() takes the number out of a 0-dim tensor."""
    h = 1e-6
    x = x.double()
    return (f(x + h) - f(x - h)) / (2 * h)


def slope__autograd(f, x):
    """f gives numbers without a graph, so autograd finds no way back to x. Ask f at x + h and at
    x - h."""
    x = x.double().requires_grad_()
    f(x).backward()
    return x.grad.item()


def slope__brackets(f, x):
    """a - b / c divides b alone. Put brackets around the difference: (a - b) / c."""
    h = 1e-6
    x = x.double()
    return (f(x + h) - f(x - h) / (2 * h)).item()


def slope__number(f, x):
    """f takes 0-dim tensors, and gets a number here. x.double() is a tensor still, in float64."""
    h = 1e-6
    x = x.item()
    return float((f(x + h) - f(x - h)) / (2 * h))


def slope__axis(f, x):
    """f takes 0-dim tensors, and gets one with an axis here. Leave the shape of x as it is."""
    h = 1e-6
    x = x.double().reshape(1)
    return ((f(x + h) - f(x - h)) / (2 * h)).item()


def slope__wide_step(f, x):
    """Close, but not to a millionth, as a central difference with h = 1e-6 in float64 is. Yours
    differs in one of these three."""
    h = 1e-4
    x = x.double()
    return ((f(x + h) - f(x - h)) / (2 * h)).item()


def slope__relative_step(f, x):
    """h is a share of x here, and so it is 0 where x is 0. Take one h for every x."""
    x = x.double()
    h = 1e-6 * x.abs()
    return ((f(x + h) - f(x - h)) / (2 * h)).item()


def slope__rounded(f, x):
    """A rounded slope is not right to a millionth. Leave round() out."""
    h = 1e-6
    x = x.double()
    return round(((f(x + h) - f(x - h)) / (2 * h)).item(), 4)


def slope__data(f, x):
    """x.data = ... changes the tensor of whoever called. x = x.double() makes another one, and
    leaves that as it was."""
    h = 1e-6
    x.data = x.data.double()
    return ((f(x + h) - f(x - h)) / (2 * h)).item()


def _zeros(x):
    return x.new_zeros(1, 1, requires_grad=True), x.new_zeros(1, requires_grad=True)


def _error(x, y, w, b):
    return ((x @ w + b - y) ** 2).mean()


def fit_line__adds_up(x, y, lr, steps):
    """backward() adds to .grad. Clear it in every step, not only where it is None."""
    w, b = _zeros(x)
    for _ in range(steps):
        if w.grad is None:
            w.grad, b.grad = torch.zeros_like(w), torch.zeros_like(b)
        _error(x, y, w, b).backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__new_tensor(x, y, lr, steps):
    """w = w - ... makes a new tensor, which is no leaf: no backward() fills its .grad, so it is
    None. Change w itself, with w -= ... under torch.no_grad()."""
    w, b = _zeros(x)
    for _ in range(steps):
        if w.grad is not None:
            w.grad.zero_()
            b.grad.zero_()
        _error(x, y, w, b).backward()
        w = w - lr * w.grad
        b = b - lr * b.grad
    return w.detach(), b.detach()


def fit_line__as_it_was(x, y, lr, steps):
    """Only the first step counts, or only one is taken: w = w - ... makes a new tensor, and a step
    behind the loop is taken once. Change w itself in every turn, under torch.no_grad()."""
    w, b = _zeros(x)
    for _ in range(steps):
        if w.grad is None:
            w.grad, b.grad = torch.zeros_like(w), torch.zeros_like(b)
        _error(x, y, w, b).backward()
        w = w - lr * w.grad
        b = b - lr * b.grad
    return w.detach(), b.detach()


def fit_line__new_tensor_unwatched(x, y, lr, steps):
    """This loss has no graph: it was computed under torch.no_grad(), or w = ... made w a tensor
    that requires no gradient. Keep the loss outside of no_grad(), and the step, w -= ...,
    inside."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        _error(x, y, w, b).backward()
        with torch.no_grad():
            w = w - lr * w.grad
            b = b - lr * b.grad
    return w.detach(), b.detach()


def fit_line__all_unwatched(x, y, lr, steps):
    """This loss has no graph: it was computed under torch.no_grad(), or w = ... made w a tensor
    that requires no gradient. Keep the loss outside of no_grad(), and the step, w -= ...,
    inside."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        with torch.no_grad():
            _error(x, y, w, b).backward()
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__watched(x, y, lr, steps):
    """A leaf must not change while autograd watches. Put the step under torch.no_grad()."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        _error(x, y, w, b).backward()
        w -= lr * w.grad
        b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__one_new_leaf(x, y, lr, steps):
    """b = b - ... is no leaf, and no backward() fills its .grad: it stays where the first step led.
    What is done for w is needed for b as well."""
    w, b = _zeros(x)
    for _ in range(steps):
        if w.grad is None:
            w.grad, b.grad = torch.zeros_like(w), torch.zeros_like(b)
        _error(x, y, w, b).backward()
        w = (w - lr * w.grad).detach().requires_grad_()
        b = b - lr * b.grad
    return w.detach(), b.detach()


def fit_line__stops_where_it_rises(x, y, lr, steps):
    """All `steps` steps are taken, also where the error rises, as with a large lr."""
    w, b = _zeros(x)
    lowest = float("inf")
    for _ in range(steps):
        error = _error(x, y, w, b)
        if error.item() > lowest:
            break
        lowest = error.item()
        dw, db = torch.autograd.grad(error, (w, b))
        with torch.no_grad():
            w -= lr * dw
            b -= lr * db
    return w.detach(), b.detach()


def fit_line__one_cleared(x, y, lr, steps):
    """b has a gradient of its own, which adds up as well: clear both."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = None
        _error(x, y, w, b).backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__cleared_too_early(x, y, lr, steps):
    """Between backward() and the step the gradients are needed. Clear them before backward(), or
    after the step."""
    w, b = _zeros(x)
    for _ in range(steps):
        _error(x, y, w, b).backward()
        w.grad.zero_()
        b.grad.zero_()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__uphill(x, y, lr, steps):
    """The gradient points uphill: subtract it."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        _error(x, y, w, b).backward()
        with torch.no_grad():
            w += lr * w.grad
            b += lr * b.grad
    return w.detach(), b.detach()


def fit_line__sum(x, y, lr, steps):
    """The loss is the mean of the squares. Its slopes are those of the sum, divided by N."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        ((x @ w + b - y) ** 2).sum().backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__float32(x, y, lr, steps):
    """w and b are to be in the dtype of x. A new tensor is float32 if nothing else is said, and
    .float() makes one of anything."""
    w, b = _zeros(x.float())
    for _ in range(steps):
        w.grad = b.grad = None
        _error(x.float(), y.float(), w, b).backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__with_graph(x, y, lr, steps):
    """w and b still require gradients, as leaves do. w.detach() is the same tensor for those who
    only want the numbers."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        _error(x, y, w, b).backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w, b


def fit_line__one_less(x, y, lr, steps):
    """range(1, steps) has one number less than `steps`. range(steps) has as many."""
    w, b = _zeros(x)
    for _ in range(1, steps):
        w.grad = b.grad = None
        _error(x, y, w, b).backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__step_outside(x, y, lr, steps):
    """All gradients here are those of the start: the loss stands before the loop, or the step
    behind it. Both belong into it, and clearing the gradients too."""
    w, b = _zeros(x)
    for _ in range(steps):
        _error(x, y, w, b).backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return w.detach(), b.detach()


def fit_line__step_outside_alone(x, y, lr, steps):
    """Only the first step counts, or only one is taken: w = w - ... makes a new tensor, and a step
    behind the loop is taken once. Change w itself in every turn, under torch.no_grad()."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        _error(x, y, w, b).backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return w.detach(), b.detach()


class Line__super_late(nn.Module):
    """super().__init__() makes the tables in which layers are registered. It comes first."""

    def __init__(self):
        self.linear = nn.Linear(1, 1)
        super().__init__()

    def forward(self, x):
        return self.linear(x)


class Line__as_it_was(nn.Module):
    """super().__init__() makes the tables in which layers are registered. It comes first."""

    def __init__(self):
        self.linear = nn.Linear(1, 1)
        super().__init__()

    def forward(self, x):
        self.linear(x)


class Line__no_return(nn.Module):
    """forward has to return what it computes. Without `return` it gives None."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        self.linear(x)


class Line__input_returned(nn.Module):
    """This is x as it came: return what the layer gives for x."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        self.linear(x)
        return x


class Line__plain_tensors(nn.Module):
    """Nothing is registered here: a module knows the layers and the nn.Parameters that __init__
    puts into self. Plain tensors, and names without self, stay unknown to it."""

    def __init__(self):
        super().__init__()
        self.w = torch.randn(1, 1, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return x @ self.w + self.b


class Line__without_bias(nn.Module):
    """b is missing among the trained numbers: bias=False leaves it out, and requires_grad = False
    freezes it."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1, bias=False)

    def forward(self, x):
        return self.linear(x)


class Line__bias_idle(nn.Module):
    """A parameter that forward does not use never learns."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(1, 1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x @ self.w


class Line__frozen(nn.Module):
    """requires_grad=False freezes a number: it never learns. Both of them are trained."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(1, 1), requires_grad=False)
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x @ self.w + self.b


class Line__one_axis(nn.Module):
    """w is a matrix of one row and one column: (1, 1), as in nn.Linear."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x * self.w + self.b


class Line__with_relu(nn.Module):
    """A ReLU bends the line, and negative numbers never come out."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return torch.relu(self.linear(x))


class Line__detached(nn.Module):
    """detach(), .data and no_grad() cut the graph, so that the line would never learn."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x).detach()


class Line__without_self(nn.Module):
    """Nothing is registered here: a module knows the layers and the nn.Parameters that __init__
    puts into self. Plain tensors, and names without self, stay unknown to it."""

    def __init__(self):
        super().__init__()
        linear = nn.Linear(1, 1)  # noqa: F841  it should be kept

    def forward(self, x):
        return linear(x)  # noqa: F821  it is gone


class Line__made_in_forward(nn.Module):
    """Nothing is registered here: a module knows the layers and the nn.Parameters that __init__
    puts into self. Plain tensors, and names without self, stay unknown to it."""

    def forward(self, x):
        return nn.Linear(1, 1)(x)


class Line__name_without_self(nn.Module):
    """The layer is kept in self: self.linear(x)."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return linear(x)  # noqa: F821  it is kept in self


class Line__bias_frozen(nn.Module):
    """b is missing among the trained numbers: bias=False leaves it out, and requires_grad = False
    freezes it."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)
        self.linear.bias.requires_grad_(False)

    def forward(self, x):
        return self.linear(x)


class Line__layer_returned(nn.Module):
    """That is the layer itself, not what it makes of x. Call it: self.linear(x)."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear


class Line__column_lost(nn.Module):
    """The output is (N, 1), as x is: squeeze and flatten drop the column, or the row."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x).squeeze(-1)


_ONE_FOR_ALL = nn.Linear(1, 1)


class Line__shared(nn.Module):
    """All Lines share one layer, so training one moves the others. Make the layer in __init__."""

    def __init__(self):
        super().__init__()
        self.linear = _ONE_FOR_ALL

    def forward(self, x):
        return self.linear(x)


class _Layers(nn.Module):
    """Registered layers, for a forward that is to be shown."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])


class Net__plain_list(nn.Module):
    """Layers in a plain list or dict, or in the class body, are not registered, and never learn. An
    nn.ModuleList in self registers what it holds."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class Net__as_it_was(nn.Module):
    """Layers in a plain list or dict, or in the class body, are not registered, and never learn. An
    nn.ModuleList in self registers what it holds."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


class Net__relu_last(_Layers):
    """A ReLU after the last layer cuts off all negative numbers. It stands between two layers."""

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


class Net__no_relu(_Layers):
    """Without a ReLU in between, layers are together no more than one linear layer."""

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Net__relu_at_the_end(_Layers):
    """The ReLU stands between two layers, where it is missing here, and never after the last."""

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return torch.relu(x)


class Net__relu_first(_Layers):
    """A ReLU before the first layer cuts off the negative inputs. It stands between two layers."""

    def forward(self, x):
        for layer in self.layers:
            x = layer(torch.relu(x))
        return x


class Net__last_left_out(_Layers):
    """The last layer takes part as well, only without a ReLU after it."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return x


class Net__one_name(nn.Module):
    """Each layer that is assigned to self.layer takes the place of the one before. Only the last
    is registered."""

    def __init__(self, sizes):
        super().__init__()
        every = []
        for a, b in pairwise(sizes):
            self.layer = nn.Linear(a, b)
            every.append(self.layer)
        self.every = every

    def forward(self, x):
        for layer in self.every[:-1]:
            x = torch.relu(layer(x))
        return self.every[-1](x)


class Net__no_return(_Layers):
    """forward has to return what it computes. Without `return` it gives None."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        self.layers[-1](x)


class Net__return_inside(_Layers):
    """`return` stands inside the loop, which ends with the first layer. Move it behind the loop."""

    def forward(self, x):
        if len(self.layers) == 1:
            return self.layers[0](x)
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
            return self.layers[-1](x)


class Net__in_the_class(nn.Module):
    """Layers in a plain list or dict, or in the class body, are not registered, and never learn. An
    nn.ModuleList in self registers what it holds."""

    layers = nn.ModuleList()

    def __init__(self, sizes):
        super().__init__()
        for a, b in pairwise(sizes):
            self.layers.append(nn.Linear(a, b))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class Net__by_widths(nn.Module):
    """Layers that are kept by their widths take each other's place where two are alike. Keep them
    by their place: nn.ModuleList."""

    def __init__(self, sizes):
        super().__init__()
        self.names = [f"{a}to{b}" for a, b in pairwise(sizes)]
        pairs = zip(self.names, pairwise(sizes), strict=True)
        self.layers = nn.ModuleDict({name: nn.Linear(a, b) for name, (a, b) in pairs})

    def forward(self, x):
        for name in self.names[:-1]:
            x = torch.relu(self.layers[name](x))
        return self.layers[self.names[-1]](x)


class Net__relu_by_width(_Layers):
    """A layer inside can be as wide as the last one, so the width does not tell which is last. Go
    by its place: self.layers[:-1]."""

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
            if layer.out_features != self.layers[-1].out_features:
                x = torch.relu(x)
        return x


class Net__relu_once(_Layers):
    """The ReLU comes after the first layer alone. It stands between each two layers."""

    def forward(self, x):
        x = torch.relu(self.layers[0](x))
        for layer in self.layers[1:]:
            x = layer(x)
        return x


class Net__leaky(_Layers):
    """A leaky ReLU lets a hundredth of the negative numbers through. A ReLU makes them 0."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x))
        return self.layers[-1](x)


class Net__last_twice(_Layers):
    """The loop has gone through the last layer already. Leave it out there: self.layers[:-1]."""

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class Net__columns_lost(_Layers):
    """The output is (N, out): squeeze drops the column where there is only one, or the row. Leave
    it out."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x).squeeze()


def loss__softmax_twice(logits, targets):
    """cross_entropy takes the softmax itself: give it the logits. After two of them even a sure
    answer has a loss."""
    return F.cross_entropy(logits.softmax(dim=1), targets)


def loss__log_of_the_mean(logits, targets):
    """The loss of a row is -log of a probability, and the mean is taken of these: the log of the
    mean is another number."""
    rows = torch.arange(len(logits))
    return -logits.softmax(dim=1)[rows, targets].mean().log()


def loss__class_0_ignored(logits, targets):
    """ignore_index=0 leaves out every row of class 0, which is a class like any other."""
    return F.cross_entropy(logits, targets, ignore_index=0)


def loss__one_hot_exchanged(logits, targets):
    """cross_entropy takes the logits first, as they are, and then the numbers of the classes."""
    one_hot = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return F.cross_entropy(one_hot, logits.softmax(dim=1))


def loss__one_hot_floats_too_short(logits, targets):
    """one_hot(targets) has as many columns as the largest target needs. Say how many there are:
    one_hot(targets, logits.shape[1])."""
    return F.cross_entropy(logits, F.one_hot(targets).float())


def loss__exchanged(logits, targets):
    """cross_entropy takes the logits first, then the numbers of the classes. int64 numbers are no
    logits."""
    return F.cross_entropy(targets, logits)


def loss__as_it_was(logits, targets):
    """cross_entropy takes the logits first, then the numbers of the classes. int64 numbers are no
    logits."""
    return F.cross_entropy(targets, logits.softmax(dim=1))


def loss__exchanged_floats(logits, targets):
    """Made float, the numbers of the classes pass for logits, and mean nothing as such. The
    logits come first."""
    return F.cross_entropy(targets.float(), logits[:, 0])


def loss__nll_of_logits(logits, targets):
    """nll_loss wants log_softmax(logits). cross_entropy is both in one."""
    return F.nll_loss(logits, targets)


def loss__without_log(logits, targets):
    """nll_loss takes no logarithm: it wants log-probabilities, not probabilities."""
    return F.nll_loss(logits.softmax(dim=1), targets)


def loss__over_rows(logits, targets):
    """dim=0 goes down the rows. The probabilities of the classes of one row add up to 1: dim=1."""
    return F.nll_loss(logits.log_softmax(dim=0), targets)


def loss__all_pairs(logits, targets):
    """p[:, targets] takes the columns of all targets from every row. Row n has one target: pick
    its column alone, or let cross_entropy do it."""
    return -logits.log_softmax(dim=1)[:, targets].mean()


def loss__binary(logits, targets):
    """The binary cross-entropy asks of each class by itself, yes or no. Here one of C classes is
    right: cross_entropy."""
    one_hot = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return F.binary_cross_entropy_with_logits(logits, one_hot)


def loss__sum(logits, targets):
    """The loss is the mean over the rows, not the sum."""
    return F.cross_entropy(logits, targets, reduction="sum")


def loss__each_row(logits, targets):
    """reduction="none" gives a number for each row. Their mean is one number."""
    return F.cross_entropy(logits, targets, reduction="none")


def loss__number(logits, targets):
    """A Python number has no graph: keep the 0-dim tensor, so that backward can be called."""
    return F.cross_entropy(logits, targets).item()


def loss__exchanged_and_float(logits, targets):
    """cross_entropy takes the logits first, then the numbers of the classes. The targets need no
    float()."""
    return F.cross_entropy(targets.float(), logits.softmax(dim=1))


def loss__argmax(logits, targets):
    """argmax gives the number of the likeliest class, and no gradient flows through that.
    cross_entropy wants the logits of all classes."""
    return F.cross_entropy(logits.argmax(dim=1), targets)


def loss__one_hot_too_short(logits, targets):
    """one_hot(targets) has as many columns as the largest target needs. Say how many there are:
    one_hot(targets, logits.shape[1])."""
    return -(F.one_hot(targets) * logits.log_softmax(dim=1)).sum(dim=1).mean()


def loss__float32(logits, targets):
    """The result is to be in the dtype of the logits: float() makes float32 of float64."""
    return F.cross_entropy(logits.float(), targets)


def loss__squeezed(logits, targets):
    """squeeze drops the axis of the classes as well where there is only one. Leave it out."""
    return F.cross_entropy(logits.squeeze(), targets.squeeze())


def train__step_first(model, optimizer, x, y, epochs):
    """Nothing ever moves: backward() or step() is missing, or the gradients are cleared between the
    two. First zero_grad(), then backward(), then step()."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        optimizer.step()
        error.backward()
        losses.append(error.item())
    return losses


def train__adds_up(model, optimizer, x, y, epochs):
    """backward() adds to the gradients. Call optimizer.zero_grad() in every epoch."""
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses


def train__tensors(model, optimizer, x, y, epochs):
    """The losses are to be floats, and item() gives the number in a tensor, without the graph
    behind it."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error)
    return losses


def train__adds_up_late(model, optimizer, x, y, epochs):
    """The step comes before backward(), so it takes the slopes of the epochs before, all of them
    added up. First zero_grad(), then backward(), then step()."""
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        optimizer.step()
        error.backward()
        losses.append(error.item())
    return losses


def train__as_it_was(model, optimizer, x, y, epochs):
    """The losses are to be floats: item(). And the step comes before backward(), so it takes the
    slopes of the epochs before, all of them added up. First zero_grad(), then backward(), then
    step()."""
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        optimizer.step()
        error.backward()
        losses.append(error)
    return losses


def train__tensors_that_add_up(model, optimizer, x, y, epochs):
    """The losses are to be floats: item(). And backward() adds to the gradients: call
    optimizer.zero_grad() in every epoch."""
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error)
    return losses


def train__one_behind(model, optimizer, x, y, epochs):
    """The step comes before backward(), so each epoch takes the slopes of the one before. First
    backward(), then step()."""
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        optimizer.step()
        optimizer.zero_grad()
        error.backward()
        losses.append(error.item())
    return losses


def train__cleared_once(model, optimizer, x, y, epochs):
    """Cleared once before the loop, the gradients add up in it. zero_grad() belongs into every
    epoch."""
    model.train()
    optimizer.zero_grad()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses


def train__cleared_after(model, optimizer, x, y, epochs):
    """Cleared only after the step, gradients from before the training count in the first epoch.
    Clear them before the first backward()."""
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(error.item())
    return losses


def train__cleared_too_early(model, optimizer, x, y, epochs):
    """Nothing ever moves: backward() or step() is missing, or the gradients are cleared between the
    two. First zero_grad(), then backward(), then step()."""
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(error.item())
    return losses


def train__step_outside(model, optimizer, x, y, epochs):
    """step() stands behind the loop. It belongs into it, in every epoch."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        losses.append(error.item())
    optimizer.step()
    return losses


def train__sum(model, optimizer, x, y, epochs):
    """The loss is the mean of the squared errors, not their sum."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = ((model(x) - y) ** 2).sum()
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses


def train__loss_after(model, optimizer, x, y, epochs):
    """This is the loss after each step. Note the one that backward() is called on."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()
        losses.append(F.mse_loss(model(x), y).item())
    return losses


def train__mode_ignored(model, optimizer, x, y, epochs):
    """The model may come in evaluation mode: call model.train() before the first epoch."""
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses


def train__by_hand(model, optimizer, x, y, epochs):
    """How a step is taken is the optimizer's business, and differs from one to the other:
    optimizer.step()."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        with torch.no_grad():
            for group in optimizer.param_groups:
                for p in group["params"]:
                    p -= group["lr"] * p.grad
        losses.append(error.item())
    return losses


def train__return_inside(model, optimizer, x, y, epochs):
    """`return losses` stands inside the loop, which ends after the first epoch. Move it out."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())
        return losses


def train__error_before_loop(model, optimizer, x, y, epochs):
    """The loss is computed once, before the loop. Each epoch needs the loss of the model as it is
    by then."""
    model.train()
    losses = []
    error = F.mse_loss(model(x), y)
    for _ in range(epochs):
        optimizer.zero_grad()
        error.backward(retain_graph=True)
        optimizer.step()
        losses.append(error.item())
    return losses


def train__one_total(model, optimizer, x, y, epochs):
    """One number for each epoch is wanted, in a list: losses.append(error.item())."""
    model.train()
    losses = 0.0
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses += error.item()
    return losses


def train__no_return(model, optimizer, x, y, epochs):
    """The losses are noted, and never returned: return losses, after the loop."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())


def train__by_rows(model, optimizer, x, y, epochs):
    """sum() / len(x) divides by the number of rows, and a row of y can have several entries.
    mean() divides by their number."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = ((model(x) - y) ** 2).sum() / len(x)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses


def train__first_group(model, optimizer, x, y, epochs):
    """An optimizer may have several groups of parameters. optimizer.zero_grad() clears them all."""
    model.train()
    losses = []
    for _ in range(epochs):
        for p in optimizer.param_groups[0]["params"]:
            p.grad = None
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses


def train__evaluation_in_the_loop(model, optimizer, x, y, epochs):
    """model.eval() lasts until train() is called: from the second epoch on, this trains in
    evaluation mode."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        model.eval()
        losses.append(error.item())
    return losses


def train__clipped_at_1(model, optimizer, x, y, epochs):
    """Clipped gradients lead elsewhere where they are large. Leave them as backward() made them."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(error.item())
    return losses


def train__row_by_row(model, optimizer, x, y, epochs):
    """A step for each row is many steps an epoch. It is to be one, on all rows at once."""
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for row, target in zip(x, y, strict=True):
            optimizer.zero_grad()
            error = F.mse_loss(model(row), target)
            error.backward()
            optimizer.step()
            total += error.item()
        losses.append(total / len(x))
    return losses


def train__clipped(model, optimizer, x, y, epochs):
    """Clipped gradients lead elsewhere where they are large. Leave them as backward() made them."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        optimizer.step()
        losses.append(error.item())
    return losses


def train__stops_early(model, optimizer, x, y, epochs):
    """One step in each epoch: no loss is so small that the training ends. An optimizer may move
    the parameters even there."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        losses.append(error.item())
        if losses[-1] < 1e-6:
            losses += [losses[-1]] * (epochs - len(losses))
            break
        error.backward()
        optimizer.step()
    return losses


def train__measured_twice(model, optimizer, x, y, epochs):
    """The model runs twice in each epoch: dropout draws anew, and BatchNorm counts the rows twice.
    Use one error for backward() and for losses."""
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        with torch.no_grad():
            losses.append(F.mse_loss(model(x), y).item())
        F.mse_loss(model(x), y).backward()
        optimizer.step()
    return losses


def validate__batch_means(model, batches):
    """The mean of means gives a row of a short batch too much weight. Add up the squares, and
    divide by how many there are."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += F.mse_loss(model(x), y).item()
            count += 1
    model.train(was_training)
    return total / count


def validate__graph(model, batches):
    """total grows a graph through every batch. Run the model under torch.no_grad(), and add up
    plain numbers: item()."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    for x, y in batches:
        total += ((model(x) - y) ** 2).sum()
        count += y.numel()
    model.train(was_training)
    return total / count


def validate__left_in_eval(model, batches):
    """The model stays in evaluation mode: remember model.training before eval(), and set that mode
    again before you return."""
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += y.numel()
    return total / count


def validate__means_in_eval(model, batches):
    """The mean of means gives a row of a short batch too much weight. Add up the squares, and
    divide by how many there are."""
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += F.mse_loss(model(x), y).item()
            count += 1
    return total / count


def validate__means_with_graph(model, batches):
    """The mean of means gives a row of a short batch too much weight. Add up the squares, and
    divide by how many there are."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    for x, y in batches:
        total += F.mse_loss(model(x), y)
        count += 1
    model.train(was_training)
    return total / count


def validate__as_it_was(model, batches):
    """The mean of means gives a row of a short batch too much weight. Add up the squares, and
    divide by how many there are."""
    model.eval()
    total, count = 0, 0
    for x, y in batches:
        total += ((model(x) - y) ** 2).mean()
        count += 1
    return total / count


def validate__graph_in_eval(model, batches):
    """total grows a graph through every batch. Run the model under torch.no_grad(), and add up
    plain numbers: item()."""
    model.eval()
    total, count = 0.0, 0
    for x, y in batches:
        total += ((model(x) - y) ** 2).sum()
        count += y.numel()
    return total / count


def validate__item_late(model, batches):
    """The model records a graph. item() and detach() come too late for it, and torch.no_grad() does
    nothing without `with`: run the model inside `with torch.no_grad():`."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    for x, y in batches:
        total += ((model(x) - y) ** 2).sum().item()
        count += y.numel()
    model.train(was_training)
    return total / count


def validate__by_rows(model, batches):
    """len(y) is the number of rows, and a row has several entries: y.numel() counts those."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += len(y)
    model.train(was_training)
    return total / count


def validate__training_mode(model, batches):
    """The model ran in training mode. Only model.eval() switches it and the modules inside it;
    no_grad() leaves the mode alone."""
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += y.numel()
    return total / count


def validate__attribute(model, batches):
    """model.training = ... sets the mode of one module. model.train(was_training) sets it in all
    modules inside as well, as model.eval() did."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += y.numel()
    model.training = was_training
    return total / count


def validate__always_train(model, batches):
    """Not every model comes in training mode. Set the mode again that was there before."""
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += y.numel()
    model.train()
    return total / count


def validate__twice_through(model, batches):
    """Batches can be gone through once, so a second loop finds nothing: add up and count in the
    same loop."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        total = sum(((model(x) - y) ** 2).sum().item() for x, y in batches)
    model.train(was_training)
    return total / sum(y.numel() for _, y in batches)


def validate__counted_first(model, batches):
    """Batches can be gone through once, so a second loop finds nothing: add up and count in the
    same loop."""
    was_training = model.training
    model.eval()
    count = sum(y.numel() for _, y in batches)
    with torch.no_grad():
        total = sum(((model(x) - y) ** 2).sum().item() for x, y in batches)
    model.train(was_training)
    return total / count


def validate__shares_first(model, batches):
    """Batches can be gone through once, so a second loop finds nothing: add up and count in the
    same loop."""
    was_training = model.training
    model.eval()
    total, count = 0, sum(len(x) for x, _ in batches)
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).mean().item() * len(x) / count
    model.train(was_training)
    return total


def validate__means_by_entries(model, batches):
    """The means of the batches are divided by the number of entries. Add up the squares, and divide
    by how many there are."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += F.mse_loss(model(x), y).item()
            count += y.numel()
    model.train(was_training)
    return total / count


def validate__means_by_rows(model, batches):
    """The means of the batches are divided by the number of rows. Add up the squares, and divide by
    how many there are."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += F.mse_loss(model(x), y).item()
            count += len(x)
    model.train(was_training)
    return total / count


def validate__restored_inside(model, batches):
    """The mode is restored inside the loop, so the second batch meets it. Move it behind the
    loop."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += y.numel()
            model.train(was_training)
    return total / count


def validate__frozen(model, batches):
    """A model may have frozen parameters already, and this leaves them trained. Run it under
    torch.no_grad(), and leave requires_grad alone."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    for p in model.parameters():
        p.requires_grad_(False)
    for x, y in batches:
        total += ((model(x) - y) ** 2).sum().item()
        count += y.numel()
    for p in model.parameters():
        p.requires_grad_(True)
    model.train(was_training)
    return total / count


def validate__cleared(model, batches):
    """A validation changes nothing, the gradients included: leave zero_grad() out."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    model.zero_grad()
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += y.numel()
    model.train(was_training)
    return total / count


def fit_line__one_after_the_other(x, y, lr, steps):
    """The slope of b is taken with the new w. Both belong to one place: compute them before you
    change either."""
    w, b = x.new_zeros(1, 1), x.new_zeros(1)
    for _ in range(steps):
        w = w - lr * 2 * x.T @ (x @ w + b - y) / len(x)
        b = b - lr * 2 * (x @ w + b - y).mean(dim=0)
    return w, b


def fit_line__solved(x, y, lr, steps):
    """This is the best line of all, whatever lr and steps are. Asked for is where so many steps
    lead from 0."""
    ones = torch.cat([x, torch.ones_like(x)], dim=1)
    solution = torch.linalg.lstsq(ones, y).solution
    return solution[:1], solution[1]


class Line__exchanged(nn.Module):
    """x is multiplied by the number of shape (1,) here, and that of shape (1, 1) is added. w, the
    factor, is (1, 1)."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(1, 1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x * self.b + self.w


class Net__two_layers(nn.Module):
    """sizes can have any length from two up: make the layers in a loop over its pairs, not by
    sizes[0], sizes[1] and sizes[2]."""

    def __init__(self, sizes):
        super().__init__()
        self.first = nn.Linear(sizes[0], sizes[1])
        self.second = nn.Linear(sizes[1], sizes[2])

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


class Net__cut_between(_Layers):
    """detach() or torch.no_grad() between two layers cuts the graph there: the layers before it
    never learn."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x)).detach()
        return self.layers[-1](x)


class Net__relu6(_Layers):
    """relu6 cuts off what is above 6 as well. A ReLU leaves that as it is."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu6(layer(x))
        return self.layers[-1](x)


def loss__clamped(logits, targets):
    """Something is added to the probability before the logarithm, or it is clamped, so that a
    small one counts too little. log_softmax needs neither."""
    p = logits.softmax(dim=1).clamp(1e-7, 1 - 1e-7)
    return F.nll_loss(p.log(), targets)


def loss__epsilon(logits, targets):
    """Something is added to the probability before the logarithm, or it is clamped, so that a
    small one counts too little. log_softmax needs neither."""
    return F.nll_loss((logits.softmax(dim=1) + 1e-8).log(), targets)


def loss__smoothed(logits, targets):
    """label_smoothing takes a share from the right class and gives it to all. Leave it out."""
    return F.cross_entropy(logits, targets, label_smoothing=0.1)


def loss__of_base_two(logits, targets):
    """The logarithm is the natural one, log, not log2."""
    p = logits.softmax(dim=1).gather(1, targets[:, None])
    return -torch.log2(p).mean()


def train__in_batches(model, optimizer, x, y, epochs):
    """Batches make several steps of an epoch. It is to be one step, on all rows at once."""
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows, targets in zip(x.split(32), y.split(32), strict=True):
            optimizer.zero_grad()
            error = F.mse_loss(model(rows), targets)
            error.backward()
            optimizer.step()
            total += error.item() * len(rows)
        losses.append(total / len(x))
    return losses


def train__best_put_back(model, optimizer, x, y, epochs):
    """The last step is missing in the model: it was never taken, or undone by numbers that are put
    back at the end. The model is to be left where it leads."""
    model.train()
    losses, best = [], None
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        losses.append(error.item())
        if losses[-1] == min(losses):
            best = {name: t.clone() for name, t in model.state_dict().items()}
        error.backward()
        optimizer.step()
    if best:
        model.load_state_dict(best)
    return losses


def fit_line__loss_before_the_loop(x, y, lr, steps):
    """All gradients here are those of the start: the loss stands before the loop, or the step
    behind it. Both belong into it, and clearing the gradients too."""
    w, b = _zeros(x)
    slopes = torch.autograd.grad(_error(x, y, w, b), [w, b])
    with torch.no_grad():
        for _ in range(steps):
            w -= lr * slopes[0]
            b -= lr * slopes[1]
    return w.detach(), b.detach()


def fit_line__targets_flattened(x, y, lr, steps):
    """(N, 1) and (N,) broadcast to (N, N): each point meets every target. y is (N, 1) already:
    leave its shape as it is."""
    w, b = _zeros(x)
    for _ in range(steps):
        w.grad = b.grad = None
        _error(x, y.flatten(), w, b).backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()


class Net__without_biases(nn.Module):
    """Every layer has a bias: leave bias=False out."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in pairwise(sizes))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class Net__sigmoid(_Layers):
    """The activation asked for is ReLU, not sigmoid."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.sigmoid(layer(x))
        return self.layers[-1](x)


class Net__residual(_Layers):
    """What goes into a layer is added to what comes out. Between two layers stands a ReLU, and
    nothing else."""

    def forward(self, x):
        for layer in self.layers[:-1]:
            y = torch.relu(layer(x))
            x = y + x if y.shape == x.shape else y
        return self.layers[-1](x)


def train__last_step_missing(model, optimizer, x, y, epochs):
    """The last step is missing in the model: it was never taken, or undone by numbers that are put
    back at the end. The model is to be left where it leads."""
    model.train()
    losses = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        losses.append(error.item())
        if epoch < epochs - 1:
            error.backward()
            optimizer.step()
    return losses
