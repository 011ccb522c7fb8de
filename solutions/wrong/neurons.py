"""Known wrong answers to the exercises of `neurons`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import math
from itertools import pairwise

import torch


def neuron__bias_forgotten(x, w, b, activation):
    """Without b, a neuron is 0 where all inputs are 0. b is added to the sum, before activation."""
    return activation((w * x).sum())


def neuron__bias_last(x, w, b, activation):
    """b moves the point where activation bends, so it is added before activation, not after it."""
    return activation((w * x).sum()) + b


def neuron__activation_forgotten(x, w, b, activation):
    """The weighted sum is half of a neuron: activation has yet to be called with it."""
    return (w * x).sum() + b


def neuron__relu(x, w, b, activation):
    """activation may be any function, and give anything for a sum below 0. Call the one that is
    given, with every sum."""
    return torch.relu(w @ x + b)


def neuron__not_summed(x, w, b, activation):
    """w * x multiplies entry by entry. A neuron adds the products up: (w * x).sum(), or w @ x."""
    return activation(w * x + b)


def neuron__summed_last(x, w, b, activation):
    """All products are added up first, and activation is called once, with the sum."""
    return activation(w * x + b).sum()


def neuron__each_product(x, w, b, activation):
    """A neuron has one activation, for the sum of its inputs, and not one for each of them."""
    return sum(activation(w[i] * x[i] + b) for i in range(len(x)))


def neuron__bias_inside(x, w, b, activation):
    """b is added once, to the sum of the products: not to each of them."""
    return activation((w * x + b).sum())


def neuron__mean(x, w, b, activation):
    """A neuron takes the sum of the products: their mean depends on how many there are."""
    return activation((w * x).mean() + b)


def neuron__called_twice(x, w, b, activation):
    """Each call of activation is work. Call it once, and give the result a name."""
    z = w @ x + b
    return activation(z) if activation(z) > 0 else activation(z) * 1


def neuron__only_above_0(x, w, b, activation):
    """activation may be any function, and give anything for a sum below 0. Call the one that is
    given, with every sum."""
    z = w @ x + b
    return activation(z) if z > 0 else torch.zeros_like(z)


def neuron__made_anew(x, w, b, activation):
    """activation is a function as it comes, and not a class to make one from: activation(z), with
    no brackets before."""
    return activation()(w @ x + b)


def perceptron__tie(x, w, b):
    """A point exactly on the line counts as 0: the sum must be above 0, so > and not >=."""
    return (x @ w + b >= 0).long()


def perceptron__bias_forgotten(x, w, b):
    """Without b, every line goes through the origin. b is added before the comparison."""
    return (x @ w > 0).long()


def perceptron__threshold(x, w, b):
    """Some books compare the sum with a threshold. Here b is added to it: b is minus that."""
    return (x @ w > b).long()


def perceptron__sign(x, w, b):
    """sign gives -1, 0 and 1. A perceptron knows two answers, 1 and 0."""
    return (x @ w + b).sign().long()


def perceptron__plus_minus(x, w, b):
    """Some books say 1 and -1. Here the answers are 1 and 0."""
    return torch.where(x @ w + b > 0, 1, -1)


def perceptron__booleans(x, w, b):
    """A comparison gives True and False. long() makes the numbers 1 and 0 of them."""
    return x @ w + b > 0


def perceptron__floats(x, w, b):
    """The answers are classes, which are int64: long(), not float()."""
    return (x @ w + b > 0).float()


def perceptron__one_answer(x, w, b):
    """There is one answer for each row, not one for all of them."""
    return ((x @ w + b) > 0).any().long()


def _train(x, y, epochs, lr, *, says=None, move=None, b_moves=True, b_seen=True):
    """Right training; other rules for p, for a step and for the bias may be given."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        wrong = 0
        for row, right in zip(x, y, strict=True):
            z = row @ w + b if b_seen else row @ w
            p = says(z) if says else int(z > 0)
            error = move(right.item(), p) if move else right.item() - p
            wrong += int(p != right.item())
            w = w + lr * error * row
            b = b + lr * error if b_moves else b
        mistakes.append(wrong)
    return w, b, mistakes


def train_perceptron__sign(x, y, epochs, lr=1.0):
    """With p - y every mistake makes things worse: a row that should give 1 has to be added."""
    return _train(x, y, epochs, lr, move=lambda right, p: p - right)


def train_perceptron__tie(x, y, epochs, lr=1.0):
    """A sum of exactly 0, as every sum is at the start, is answered with 0: > and not >=."""
    return _train(x, y, epochs, lr, says=lambda z: int(z >= 0))


def train_perceptron__bias_stays(x, y, epochs, lr=1.0):
    """The bias learns as w does: it moves by lr (y - p), with the same p."""
    return _train(x, y, epochs, lr, b_moves=False)


def train_perceptron__every_row(x, y, epochs, lr=1.0):
    """y - p is 0 for a row that is right, which moves nothing, and -1 for one that should have
    given 0, which is taken away."""
    return _train(x, y, epochs, lr, move=lambda right, p: right)


def train_perceptron__adds_only(x, y, epochs, lr=1.0):
    """y - p is 0 for a row that is right, which moves nothing, and -1 for one that should have
    given 0, which is taken away."""
    return _train(x, y, epochs, lr, move=lambda right, p: right if right != p else 0)


def train_perceptron__stops_at_a_mistake(x, y, epochs, lr=1.0):
    """An epoch goes through all rows, also after a mistake."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        mistakes.append(0)
        for row, right in zip(x, y.tolist(), strict=True):
            error = right - int(row @ w + b > 0)
            w, b = w + lr * error * row, b + lr * error
            if error:
                mistakes[-1] += 1
                break
    return w, b, mistakes


def train_perceptron__another_p_for_b(x, y, epochs, lr=1.0):
    """The bias learns as w does: it moves by lr (y - p), with the same p."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        mistakes.append(0)
        for row, right in zip(x, y.tolist(), strict=True):
            error = right - int(row @ w + b > 0)
            mistakes[-1] += abs(error)
            w = w + lr * error * row
            b = b + lr * (right - int(row @ w + b > 0))
    return w, b, mistakes


def train_perceptron__small_steps(x, y, epochs, lr=1.0):
    """lr may be above 1: use it as it is given."""
    return _train(x, y, epochs, min(lr, 1.0))


def train_perceptron__bias_unseen(x, y, epochs, lr=1.0):
    """p is 1 where w·x + b is above 0. Without b in it, nobody sees what b has learned."""
    return _train(x, y, epochs, lr, b_seen=False)


def train_perceptron__plus_minus(x, y, epochs, lr=1.0):
    """2 y - 1 is for books whose answers are 1 and -1. Here y - p is already 1 or -1."""
    return _train(x, y, epochs, lr, move=lambda right, p: (2 * right - 1) - p)


def train_perceptron__begins_anew(x, y, epochs, lr=1.0):
    """w and b are set to 0 once, before the first epoch. Each epoch goes on where the last one
    ended."""
    w, b, mistakes = _train(x, y, min(epochs, 1), lr)
    return w, b, mistakes * epochs


def train_perceptron__returns_in_the_loop(x, y, epochs, lr=1.0):
    """return ends the function at once, after one epoch: it stands below the loop, not in it."""
    return _train(x, y, min(epochs, 1), lr)


def train_perceptron__input_forgotten(x, y, epochs, lr=1.0):
    """w moves by lr (y - p) x, each weight by what its own input says. Here x is missing."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        mistakes.append(0)
        for i in range(len(x)):
            error = (y[i] - perceptron(x[i], w, b)).item()
            mistakes[-1] += abs(error)
            w, b = w + lr * error, b + lr * error
    return w, b, mistakes


def train_perceptron__without_the_last_row(x, y, epochs, lr=1.0):
    """range(len(x) - 1) ends before the last row, and that is a row like all others."""
    return _train(x[:-1], y[:-1], epochs, lr)


def train_perceptron__one_epoch_less(x, y, epochs, lr=1.0):
    """range(1, epochs) has one round less than there are epochs: it is range(epochs)."""
    return _train(x, y, max(epochs - 1, 0), lr)


def train_perceptron__shuffled(x, y, epochs, lr=1.0):
    """The rows are taken in their own order in each epoch, not in a random one."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        mistakes.append(0)
        for i in torch.randperm(len(x)):
            error = (y[i] - perceptron(x[i], w, b)).item()
            mistakes[-1] += abs(error)
            w, b = w + lr * error * x[i], b + lr * error
    return w, b, mistakes


def train_perceptron__plain_bias(x, y, epochs, lr=1.0):
    """b is a tensor from the start: torch.zeros(()) in the dtype of x. 0.0 is a plain number, and
    stays one."""
    w, b, mistakes = _train(x, y, epochs, lr)
    return w, b.item(), mistakes


def train_perceptron__regression(x, y, epochs, lr=1.0):
    """y minus the sum itself is the rule of a linear regression. p is 1 or 0."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        mistakes.append(0)
        for i in range(len(x)):
            z = x[i] @ w + b
            mistakes[-1] += int((z > 0) != y[i])
            w, b = w + lr * (y[i] - z) * x[i], b + lr * (y[i] - z)
    return w, b, mistakes


def train_perceptron__best_kept(x, y, epochs, lr=1.0):
    """w and b are those after the last epoch, also where there were fewer mistakes before."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    best = w, b
    for _ in range(epochs):
        wrong = 0
        for row, right in zip(x, y, strict=True):
            error = right.item() - int(row @ w + b > 0)
            wrong, w, b = wrong + abs(error), w + lr * error * row, b + lr * error
        if wrong < min(mistakes, default=len(x) + 1):
            best = w, b
        mistakes.append(wrong)
    return *best, mistakes


def train_perceptron__slower_and_slower(x, y, epochs, lr=1.0):
    """lr stays as it is given, from the first epoch to the last."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        wrong = 0
        for row, right in zip(x, y, strict=True):
            error = right.item() - int(row @ w + b > 0)
            wrong, w, b = wrong + abs(error), w + lr * error * row, b + lr * error
        mistakes.append(wrong)
        lr = lr / 2
    return w, b, mistakes


def train_perceptron__whole_epoch(x, y, epochs, lr=1.0):
    """Each row is answered with w and b as the row before has left them, not all rows at once."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        error = y - perceptron(x, w, b)
        w, b = w + lr * (error.to(x.dtype) @ x), b + lr * error.sum()
        mistakes.append(int(error.abs().sum()))
    return w, b, mistakes


def train_perceptron__stops(x, y, epochs, lr=1.0):
    """Nothing more would move after an epoch without a mistake, but each epoch has its number."""
    w, b, mistakes = _train(x, y, epochs, lr)
    return w, b, mistakes[: mistakes.index(0) + 1] if 0 in mistakes else mistakes


def train_perceptron__signed(x, y, epochs, lr=1.0):
    """y - p is 1 or -1 for a mistake. Added up as they are, mistakes of both kinds cancel."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        mistakes.append(0)
        for i in range(len(x)):
            error = (y[i] - perceptron(x[i], w, b)).item()
            mistakes[-1] += error
            w, b = w + lr * error * x[i], b + lr * error
    return w, b, mistakes


def train_perceptron__counted_after(x, y, epochs, lr=1.0):
    """Each row counts as it was answered when its turn came. After the epoch it is too late."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        for i in range(len(x)):
            error = (y[i] - perceptron(x[i], w, b)).item()
            w, b = w + lr * error * x[i], b + lr * error
        mistakes.append(int((perceptron(x, w, b) != y).sum()))
    return w, b, mistakes


def train_perceptron__running_total(x, y, epochs, lr=1.0):
    """Set the count back to 0 before each epoch."""
    w, b, mistakes = _train(x, y, epochs, lr)
    return w, b, [sum(mistakes[: k + 1]) for k in range(epochs)]


def train_perceptron__rate_forgotten(x, y, epochs, lr=1.0):
    """lr says how far a mistake moves w and b: both steps are multiplied by it."""
    return _train(x, y, epochs, 1.0)


def train_perceptron__bias_by_ones(x, y, epochs, lr=1.0):
    """b moves by lr (y - p), as w does. Here its step lacks lr."""
    w, b, mistakes = x.new_zeros(x.shape[1]), x.new_zeros(()), []
    for _ in range(epochs):
        mistakes.append(0)
        for i in range(len(x)):
            error = (y[i] - perceptron(x[i], w, b)).item()
            mistakes[-1] += abs(error)
            w, b = w + lr * error * x[i], b + error
    return w, b, mistakes


def _check(x, weight):
    if x.shape[-1] != weight.shape[1]:
        raise ValueError(f"x {tuple(x.shape)} does not fit to weight {tuple(weight.shape)}")


def dense__bias_forgotten(x, weight, bias=None):
    """Without its bias, a layer gives 0 for 0. The bias is added to each row of x Wᵀ."""
    _check(x, weight)
    return x @ weight.T


def dense__not_transposed(x, weight, bias=None):
    """This is x W, which lines x up with columns. A neuron is a row of the weight: x Wᵀ, as
    x @ weight.T and F.linear(x, weight) compute it."""
    _check(x, weight)
    square = len(weight) == weight.shape[1]
    y = x @ (weight if square else weight.T)
    return y if bias is None else y + bias


def dense__weight_as_it_is(x, weight, bias=None):
    """This is x W, which lines x up with columns. A neuron is a row of the weight: x Wᵀ, as
    x @ weight.T and F.linear(x, weight) compute it."""
    _check(x, weight)
    y = x @ weight
    return y if bias is None else y + bias


def dense__columns_by_t(x, weight, bias=None):
    """W x is for one column x. A batch has its items in rows, and they stay rows: x Wᵀ."""
    _check(x, weight)
    y = weight @ x.T
    return y if bias is None else y + bias


def dense__column_expected(x, weight, bias=None):
    """W x is for one column x. A batch has its items in rows, and they stay rows: x Wᵀ."""
    _check(x, weight)
    y = weight @ x
    return y if bias is None else y + bias


def dense__bias_always(x, weight, bias=None):
    """bias may be None: then nothing is added."""
    _check(x, weight)
    return x @ weight.T + bias


def dense__addmm(x, weight, bias=None):
    """addmm wants a bias and two axes, and here bias may be None, and x have any axes: take
    x @ weight.T, and then add the bias, if there is one."""
    _check(x, weight)
    return torch.addmm(bias, x, weight.T)


def dense__bias_twice(x, weight, bias=None):
    """The bias is added once to every row of x Wᵀ: here it is in the result twice."""
    _check(x, weight)
    y = torch.nn.functional.linear(x, weight, bias)
    return y if bias is None else y + bias


def dense__other_weights(x, weight, bias=None):
    """nn.Linear(...) draws a weight and a bias of its own. Compute with those that are given."""
    _check(x, weight)
    return torch.nn.Linear(weight.shape[1], weight.shape[0])(x)


def dense__columns(x, weight, bias=None):
    """W x is for one column x. A batch has its items in rows, and they stay rows: x Wᵀ."""
    _check(x, weight)
    y = weight @ x.transpose(-1, -2) if x.ndim > 1 else weight @ x
    return y if bias is None else y + (bias.unsqueeze(1) if x.ndim > 1 else bias)


def dense__in_out(x, weight, bias=None):
    """weight is (out, in), as in nn.Linear: `in` is weight.shape[1], and weight is transposed."""
    if x.shape[-1] != weight.shape[0]:
        raise ValueError(f"x {tuple(x.shape)} does not fit to weight {tuple(weight.shape)}")
    return x @ weight + (0 if bias is None else bias)


def dense__flattened(x, weight, bias=None):
    """reshape(-1, in) joins all leading axes. They have to be put back in the result."""
    _check(x, weight)
    y = x.reshape(-1, x.shape[-1]) @ weight.T
    return y if bias is None else y + bias


def dense__at_least_2d(x, weight, bias=None):
    """The result has the leading axes of x, and none where x has none: do not add one."""
    x = torch.atleast_2d(x)
    _check(x, weight)
    y = x @ weight.T
    return y if bias is None else y + bias


def dense__bias_of_0_left_out(x, weight, bias=None):
    """A bias of 0 is a bias, and is trained like any other: ask whether it is None, not whether it
    is 0."""
    _check(x, weight)
    y = x @ weight.T
    return y + bias if bias is not None and bias.any() else y


def dense__detached(x, weight, bias=None):
    """.data, detach() and torch.no_grad() leave no graph, so no weight could ever learn."""
    _check(x, weight)
    y = x.data @ weight.data.T
    return y if bias is None else y + bias.data


def dense__bias_detached(x, weight, bias=None):
    """The bias is trained as well: its gradient has to reach it."""
    _check(x, weight)
    y = x @ weight.T
    return y if bias is None else y + bias.detach()


def dense__unchecked(x, weight, bias=None):
    """A product that does not fit is a RuntimeError of torch's. Compare the sizes, and raise the
    ValueError yourself."""
    y = x @ weight.T
    return y if bias is None else y + bias


def dense__broadcasts(x, weight, bias=None):
    """* broadcasts: one feature is used for all weights, and nobody is told. Compare the sizes
    before you multiply."""
    y = (x.unsqueeze(-2) * weight).sum(-1)
    return y if bias is None else y + bias


def dense__one_is_let_through(x, weight, bias=None):
    """A size of 1 is as wrong as any other that is not `in`."""
    if x.shape[-1] not in (1, weight.shape[1]):
        _check(x, weight)
    y = (x.unsqueeze(-2) * weight).sum(-1)
    return y if bias is None else y + bias


def dense__rows_checked(x, weight, bias=None):
    """x.shape[0] is the number of rows. The features are the last axis, x.shape[-1]."""
    if x.ndim == 2 and len(x) == weight.shape[1] != x.shape[1]:
        return x.T @ weight.T
    _check(x, weight)
    y = x @ weight.T
    return y if bias is None else y + bias


def dense__silent_error(x, weight, bias=None):
    """An error that names a size or a shape saves the reader a search."""
    if x.shape[-1] != weight.shape[1]:
        raise ValueError("shapes do not fit")
    y = x @ weight.T
    return y if bias is None else y + bias


def mlp__made_anew(x, layers, activation):
    """activation is a function as it comes, and not a class to make one from: activation(z), with
    no brackets before."""
    bend = activation()
    for k, layer in enumerate(layers):
        x = dense(bend(x) if k else x, *layer)
    return x


def mlp__bent_output(x, layers, activation):
    """activation after the last layer bends the result: with ReLU, it could never be negative."""
    for weight, bias in layers:
        x = activation(dense(x, weight, bias))
    return x


def mlp__no_activation(x, layers, activation):
    """activation comes after every layer but the last. Two layers without it between them could be
    merged into one."""
    for weight, bias in layers:
        x = dense(x, weight, bias)
    return x


def mlp__first_left_out(x, layers, activation):
    """layers[0] is the first layer, and x meets it first. range(1, ...) leaves it out."""
    for k in range(1, len(layers)):
        x = dense(x, *layers[k])
        if k < len(layers) - 1:
            x = activation(x)
    return x


def mlp__one_too_few(x, layers, activation):
    """activation comes after every layer but the last. Two layers without it between them could be
    merged into one."""
    for k, (weight, bias) in enumerate(layers):
        x = dense(x, weight, bias)
        if k < len(layers) - 2:
            x = activation(x)
    return x


def mlp__thrown_away(x, layers, activation):
    """activation returns a new tensor, and x stays what it was: x = activation(x)."""
    for k, (weight, bias) in enumerate(layers):
        x = dense(x, weight, bias)
        if k < len(layers) - 1:
            activation(x)
    return x


def mlp__not_after_the_first(x, layers, activation):
    """activation comes after every layer but the last. Here it comes after every one but the
    first."""
    for k, (weight, bias) in enumerate(layers):
        x = dense(x, weight, bias)
        if k > 0:
            x = activation(x)
    return x


def mlp__before_the_bias(x, layers, activation):
    """activation is given x Wᵀ + b: the bias is added before it, not after."""
    for k, (weight, bias) in enumerate(layers):
        x = x @ weight.T
        x = (activation(x) if k < len(layers) - 1 else x) + bias
    return x


def mlp__bent_twice(x, layers, activation):
    """activation is applied once between two layers. Here it is applied to its own result as
    well."""
    for k, (weight, bias) in enumerate(layers):
        x = dense(activation(activation(x)) if k else x, weight, bias)
    return x


def mlp__layers_compared(x, layers, activation):
    """== and != of two layers compare the numbers in them. Which one is the last, its number tells:
    enumerate counts them."""
    for layer in layers:
        x = dense(x, *layer)
        if layer != layers[-1]:
            x = activation(x)
    return x


def mlp__is_the_last(x, layers, activation):
    """The same layer may stand in the list twice. Whether it is the last one, its number tells, not
    the layer itself."""
    for layer in layers:
        x = dense(x, *layer)
        if layer is not layers[-1]:
            x = activation(x)
    return x


def mlp__always_x_by_hand(x, layers, activation):
    """Each layer takes what came out of the one before it. Only the first takes x itself."""
    out = x
    for k, (weight, bias) in enumerate(layers):
        out = x @ weight.T + bias
        if k < len(layers) - 1:
            out = activation(out)
    return out


def mlp__bent_input(x, layers, activation):
    """What comes in is not bent: activation stands between two layers, not before the first."""
    for weight, bias in layers:
        x = dense(activation(x), weight, bias)
    return x


def mlp__bent_everywhere(x, layers, activation):
    """activation stands between two layers: not before the first one, and not after the last."""
    for weight, bias in layers:
        x = dense(activation(x), weight, bias)
    return activation(x)


def mlp__first_only(x, layers, activation):
    """There is an activation between any two layers, not after the first one alone."""
    for k, (weight, bias) in enumerate(layers):
        x = dense(x, weight, bias)
        if k == 0 and len(layers) > 1:
            x = activation(x)
    return x


def mlp__reversed(x, layers, activation):
    """The first layer of the list is the one that meets x."""
    for k, (weight, bias) in enumerate(layers[::-1]):
        x = dense(activation(x) if k else x, weight, bias)
    return x


def mlp__always_x(x, layers, activation):
    """Each layer takes what came out of the one before it. Only the first takes x itself."""
    out = x
    for k, (weight, bias) in enumerate(layers):
        out = dense(x, weight, bias)
        if k < len(layers) - 1:
            out = activation(out)
    return out


def mlp__biases_forgotten(x, layers, activation):
    """Each layer has its bias: dense takes it as its third argument."""
    for k, (weight, _) in enumerate(layers):
        x = dense(activation(x) if k else x, weight)
    return x


def mlp__last_forgotten(x, layers, activation):
    """The last layer has no activation, but it is a layer: it runs, too."""
    for weight, bias in layers[:-1]:
        x = activation(dense(x, weight, bias))
    return x


def mlp__needs_layers(x, layers, activation):
    """An empty list has no last layer: layers[-1] and None are no answer. x comes back."""
    out = None
    for k, (weight, bias) in enumerate(layers):
        out = dense(x if k == 0 else activation(out), weight, bias)
    return out


def mlp__last_unpacked(x, layers, activation):
    """An empty list has no last layer to unpack. Return x before that."""
    *hidden, (weight, bias) = layers
    for layer in hidden:
        x = activation(dense(x, *layer))
    return dense(x, weight, bias)


def mlp__last_by_its_width(x, layers, activation):
    """A layer inside can be as wide as the last one, so the width does not tell which is last. Its
    number does: enumerate counts them."""
    for layer in layers:
        x = dense(x, *layer)
        x = activation(x) if x.shape[-1] != len(layers[-1][0]) else x
    return x


def mlp__last_apart(x, layers, activation):
    """An empty list has no last layer, and layers[-1] is an IndexError. Return x before that."""
    for weight, bias in layers[:-1]:
        x = activation(dense(x, weight, bias))
    return dense(x, *layers[-1])


def mlp__each_row(x, layers, activation):
    """activation takes all rows at once. Called for each row, it runs N times as often."""
    for k, (weight, bias) in enumerate(layers):
        if k and x.ndim == 2 and len(x):
            x = torch.stack([activation(row) for row in x])
        elif k:
            x = activation(x)
        x = dense(x, weight, bias)
    return x


def mlp__pops(x, layers, activation):
    """pop takes the layer out of the caller's list. A loop over the list only looks at it."""
    first = True
    while layers:
        weight, bias = layers.pop(0)
        x = dense(x if first else activation(x), weight, bias)
        first = False
    return x


def merge_linear__wrong_order(layers):
    """The first layer meets x first: it is W₂ (W₁ x), so the later weight stands on the left."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        fits = next_weight.shape == weight.shape and len(weight) == weight.shape[1]
        product = weight @ next_weight if fits else next_weight @ weight
        weight, bias = product, next_weight @ bias + next_bias
    return weight, bias


def merge_linear__order_of_the_list(layers):
    """The first layer meets x first: it is W₂ (W₁ x), so the later weight stands on the left."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = weight @ next_weight, next_weight @ bias + next_bias
    return weight, bias


def merge_linear__all_added(layers):
    """Layers are not added: the second multiplies what the first gives, W₂ (W₁ x + b₁) + b₂."""
    if not layers:
        raise ValueError("no layers")
    return sum(weight for weight, _ in layers), sum(bias for _, bias in layers)


def merge_linear__first_twice(layers):
    """The first layer is in it twice: begin with it, and go on with layers[1:]."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers:
        weight, bias = next_weight @ weight, next_weight @ bias + next_bias
    return weight, bias


def merge_linear__bias_first(layers):
    """The weight comes first: return weight, bias."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, next_weight @ bias + next_bias
    return bias, weight


def merge_linear__in_float32(layers):
    """float32 keeps 7 digits. Compute in the dtype of the layers."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = (part.float() for part in layers[0])
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight.float() @ weight, next_weight.float() @ bias + next_bias.float()
    return weight.to(layers[0][0].dtype), bias.to(layers[0][0].dtype)


def merge_linear__bias_as_a_column(layers):
    """As a column, W₂ b₁ is (out, 1), and with b₂ of shape (out,) it broadcasts to (out, out).
    Leave b₁ a vector: W₂ @ b₁ is one."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0][0], layers[0][1].unsqueeze(1)
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, next_weight @ bias + next_bias
    return weight, bias.squeeze()


def merge_linear__last_bias(layers):
    """The earlier biases are not lost: the layers after them pass them on, multiplied by W."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, next_bias
    return weight, bias


def merge_linear__biases_added(layers):
    """b₁ goes through the second layer like everything that the first one gives: W₂ b₁ + b₂."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        same = next_bias.shape == bias.shape
        weight, bias = next_weight @ weight, (bias if same else next_weight @ bias) + next_bias
    return weight, bias


def merge_linear__biases_simply_added(layers):
    """b₁ goes through the second layer like everything that the first one gives: W₂ b₁ + b₂."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, bias + next_bias
    return weight, bias


def merge_linear__entry_by_entry(layers):
    """* multiplies entry by entry. Layers are multiplied by @."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight * weight, next_weight @ bias + next_bias
    return weight, bias


def merge_linear__own_bias_forgotten(layers):
    """Each layer adds a bias of its own to what it is given: W₂ b₁ + b₂."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    for next_weight, _ in layers[1:]:
        weight, bias = next_weight @ weight, next_weight @ bias
    return weight, bias


def merge_linear__two_only(layers):
    """There may be more than two layers: merge two, then the result with the third, and so on."""
    if not layers:
        raise ValueError("no layers")
    if len(layers) == 1:
        return layers[0]
    (first, start), (second, end) = layers[:2]
    return second @ first, second @ start + end


def merge_linear__transposed(layers):
    """x W₁ᵀ W₂ᵀ is right for x, but the weight is what stands there transposed: (out, in)."""
    if not layers:
        raise ValueError("no layers")
    weight, bias = layers[0]
    weight = weight.T
    for next_weight, next_bias in layers[1:]:
        weight, bias = weight @ next_weight.T, next_weight @ bias + next_bias
    return weight, bias


def merge_linear__empty(layers):
    """An empty list has no first layer, and layers[0] is an IndexError. Look at the list first."""
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, next_weight @ bias + next_bias
    return weight, bias


def merge_linear__nothing(layers):
    """There is no weight that stands for no layers: nobody said how wide x is. Raise ValueError."""
    if not layers:
        return torch.eye(1), torch.zeros(1)
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, next_weight @ bias + next_bias
    return weight, bias


def _network(hidden, start, output, end):
    return [
        (torch.tensor(hidden), torch.tensor(start)),
        (torch.tensor(output), torch.tensor(end)),
    ]


def xor_layers__one_layer():
    """One neuron draws one line, and no line has (0, 1) and (1, 0) alone on one of its sides."""
    return [(torch.tensor([[1.0, 1.0]]), torch.tensor([-0.5]))]


def xor_layers__relu():
    """These numbers are for ReLU. step gives 1 for any sum above 0, and the result must be below
    0 for (0, 0)."""
    return _network([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [[1.0, -2.0]], [0.0])


def xor_layers__or():
    """This is or: (1, 1) has to be low as well. Let a second neuron find it, and weigh it against
    the first."""
    return _network([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [[1.0, 0.0]], [-0.5])


def xor_layers__and():
    """This is and: high where both inputs are 1. It has to be high where exactly one is."""
    return _network([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [[0.0, 1.0]], [-0.5])


def xor_layers__opposite():
    """This is the opposite of exclusive or. Turn all signs of the last layer around."""
    return _network([[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5], [[-1.0, 1.0]], [0.5])


def xor_layers__at_zero():
    """step(0) is 0, so a neuron whose sum reaches exactly 0 at (1, 1) does not see it."""
    return _network([[1.0, 1.0], [1.0, 1.0]], [-0.5, -2.0], [[1.0, -2.0]], [-0.5])


def xor_layers__not_around_zero():
    """What comes out is 1 or 0. Half of that taken off by the last bias, and it is above 0 or below
    it."""
    return _network([[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5], [[1.0, -1.0]], [0.0])


def xor_layers__turned():
    """weight is (out, in): the last layer has one neuron, so its weight is one row, (1, 2)."""
    return _network([[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5], [[1.0], [-1.0]], [-0.5])


def xor_layers__whole_numbers():
    """torch.tensor([1, 1]) is int64. A dot makes it float32, as weights are: [1., 1.]."""
    return _network([[2, 2], [2, 2]], [-1, -3], [[2, -2]], [-1])


def xor_layers__double():
    """torch.float64 is for when many digits matter. Weights are float32 here."""
    layers = _network([[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5], [[1.0, -1.0]], [-0.5])
    return [(weight.double(), bias.double()) for weight, bias in layers]


def _fresh(sizes, seed, deviation, *, draw=torch.randn, bias=torch.zeros):
    """Right layers, but for what is asked for."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"bad sizes: {sizes}")
    generator = torch.Generator().manual_seed(seed)
    return [
        (draw(outputs, inputs, generator=generator) * deviation(inputs, outputs), bias(outputs))
        for inputs, outputs in pairwise(sizes)
    ]


def _he(inputs, outputs):
    return math.sqrt(2 / inputs)


def init_layers__one_memory(sizes, seed):
    """The biases are slices of one tensor, and share its memory: as soon as one is trained, others
    change. Make new zeros for each layer."""
    zeros = torch.zeros(max(sizes, default=0))
    return _fresh(sizes, seed, _he, bias=lambda outputs: zeros[:outputs])


def init_layers__zeros(sizes, seed):
    """All weights are 0, and neurons that begin alike get the same corrections and stay alike.
    Weights begin random; and 2 // in, in place of 2 / in, is 0 where `in` is above 2."""
    return _fresh(sizes, seed, lambda inputs, outputs: 0.0)


def init_layers__divided_to_0(sizes, seed):
    """All weights are 0, and neurons that begin alike get the same corrections and stay alike.
    Weights begin random; and 2 // in, in place of 2 / in, is 0 where `in` is above 2."""
    return _fresh(sizes, seed, lambda inputs, outputs: math.sqrt(2 // inputs))


def init_layers__cut_at_2(sizes, seed):
    """trunc_normal_ draws nothing beyond -2 and 2, where a normal number may be anything: randn or
    normal_."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"bad sizes: {sizes}")
    generator, layers = torch.Generator().manual_seed(seed), []
    for inputs, outputs in pairwise(sizes):
        weight = torch.empty(outputs, inputs)
        deviation = math.sqrt(2 / inputs)
        torch.nn.init.trunc_normal_(weight, std=deviation, generator=generator)
        layers.append((weight, torch.zeros(outputs)))
    return layers


def init_layers__plain_randn(sizes, seed):
    """With deviation 1, sums of `in` products grow from layer to layer. sqrt(2 / in) keeps them in
    bounds."""
    return _fresh(sizes, seed, lambda inputs, outputs: 1.0)


def init_layers__variance(sizes, seed):
    """2 / in is the variance. randn is multiplied by the standard deviation, its square root."""
    return _fresh(sizes, seed, lambda inputs, outputs: 2 / inputs)


def init_layers__by_outputs(sizes, seed):
    """A neuron adds up as many products as it has inputs: it is 2 / in, whatever `out` is."""
    return _fresh(sizes, seed, lambda inputs, outputs: math.sqrt(2 / outputs))


def init_layers__without_two(sizes, seed):
    """ReLU sets half of the numbers to 0. The 2 in sqrt(2 / in) makes up for that."""
    return _fresh(sizes, seed, lambda inputs, outputs: math.sqrt(1 / inputs))


def init_layers__xavier(sizes, seed):
    """sqrt(2 / (in + out)) is Xavier's rule, which was made for tanh. He's, for ReLU, is
    sqrt(2 / in)."""
    return _fresh(sizes, seed, lambda inputs, outputs: math.sqrt(2 / (inputs + outputs)))


def init_layers__uniform(sizes, seed):
    """torch.rand draws evenly from 0 to 1. Normal numbers around 0 come from torch.randn."""
    return _fresh(sizes, seed, _he, draw=torch.rand)


def init_layers__random_biases(sizes, seed):
    """Weights that differ are enough to tell neurons apart. Biases begin at 0."""
    return _fresh(sizes, seed, _he, bias=torch.ones)


def init_layers__turned(sizes, seed):
    """The shape is (out, in), a row for each neuron: of two neighbours in sizes, the second comes
    first."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"bad sizes: {sizes}")
    generator = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(i, o, generator=generator) * math.sqrt(2 / i), torch.zeros(o))
        for i, o in pairwise(sizes)
    ]


def init_layers__seed_forgotten(sizes, seed):
    """A new torch.Generator has a seed that is always the same. Give it yours with manual_seed."""
    return _fresh(sizes, 67280421310721, _he)


def init_layers__global_seed(sizes, seed):
    """torch.manual_seed sets the random state of the whole program. Make a generator of yours."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"bad sizes: {sizes}")
    torch.manual_seed(seed)
    return [(torch.randn(o, i) * math.sqrt(2 / i), torch.zeros(o)) for i, o in pairwise(sizes)]


def init_layers__seeded_back(sizes, seed):
    """torch.initial_seed() tells where the random numbers began, not how many were drawn since. A
    generator of your own leaves nothing to put back."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"bad sizes: {sizes}")
    before = torch.initial_seed()
    torch.manual_seed(seed)
    layers = [(torch.randn(o, i) * math.sqrt(2 / i), torch.zeros(o)) for i, o in pairwise(sizes)]
    torch.manual_seed(before)
    return layers


def init_layers__biases_in_rows(sizes, seed):
    """A layer has one bias for each neuron, (out,): torch.zeros(out)."""
    return _fresh(sizes, seed, _he, bias=lambda outputs: torch.zeros(1, outputs))


def init_layers__seeded_each(sizes, seed):
    """A generator that begins anew in each layer draws the same numbers again. Make one for all."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"bad sizes: {sizes}")
    return [_fresh(pair, seed, _he)[0] for pair in pairwise(sizes)]


def init_layers__zero_is_no_seed(sizes, seed):
    """0 is a seed like any other, and `if seed` takes it for none."""
    return _fresh(sizes, seed or torch.Generator().seed() % 2**32, _he)


def init_layers__part_of_the_seed(sizes, seed):
    """Only a part of the seed is used, so many seeds give the same numbers. manual_seed takes all
    of it."""
    return _fresh(sizes, seed % 1000, _he)


def init_layers__31_bits(sizes, seed):
    """manual_seed takes the whole seed, up to 2**32 - 1: without its highest bit, two seeds give
    the same numbers."""
    return _fresh(sizes, seed & 0x7FFFFFFF, _he)


def init_layers__clamped(sizes, seed):
    """A normal distribution has no ends: large numbers are rare, but nothing cuts them off."""
    layers = _fresh(sizes, seed, _he)
    return [(w.clamp(-2.5 * _he(w.shape[1], 0), 2.5 * _he(w.shape[1], 0)), b) for w, b in layers]


def init_layers__sign_changed(sizes, seed):
    """Each weight is drawn for itself: a row that is another one with its sign changed is not."""
    layers = _fresh(sizes, seed, _he)
    for weight, _ in layers:
        weight[1::2] = -weight[: 2 * (len(weight) // 2) : 2]
    return layers


def init_layers__repeated_row(sizes, seed):
    """One row for all neurons of a layer makes them one neuron. Each needs numbers of its own."""
    layers = _fresh(sizes, seed, _he)
    return [(weight[:1].repeat(len(weight), 1), bias) for weight, bias in layers]


def init_layers__unchecked(sizes, seed):
    """One width makes no layer, and torch.randn takes a width of 0. Look at sizes before you
    draw."""
    generator = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(o, i, generator=generator) * math.sqrt(2 / max(i, 1)), torch.zeros(o))
        for i, o in pairwise(sizes)
    ]


def init_layers__first_and_last(sizes, seed):
    """Any of the widths may be below 1, not only the first and the last."""
    if len(sizes) < 2 or sizes[0] < 1 or sizes[-1] < 1:
        raise ValueError(f"bad sizes: {sizes}")
    generator = torch.Generator().manual_seed(seed)
    return [
        (
            torch.randn(max(o, 0), max(i, 0), generator=generator) * (2 / max(i, 1)) ** 0.5,
            torch.zeros(max(o, 0)),
        )
        for i, o in pairwise(sizes)
    ]


def init_layers__silent_error(sizes, seed):
    """An error that names the sizes saves the reader a search."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError("bad sizes")
    return _fresh(sizes, seed, _he)
