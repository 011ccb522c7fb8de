"""Known wrong answers to the exercises of `training`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

import copy
import math

import numpy as np
import torch
from torch import nn


def _count(x, fraction):
    count = round(fraction * len(x)) if 0 < fraction < 1 else 0
    if not 0 < count < len(x):
        raise ValueError(f"fraction {fraction} of {len(x)} rows")
    return count


def _order(x, seed):
    return torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))


def _dealt(x, y, order, count):
    return x[order[count:]], y[order[count:]], x[order[:count]], y[order[:count]]


def split__in_order(x, y, fraction, seed=0):
    """Tables often come sorted, by class or by date: without shuffling, the model is measured on
    rows of another kind than those it learned from."""
    return _dealt(x, y, torch.arange(len(x)), _count(x, fraction))


def split__shuffled_apart(x, y, fraction, seed=0):
    """x and y are shuffled in two different orders: each row of x then has the y of another. One
    order serves both."""
    count, generator = _count(x, fraction), torch.Generator().manual_seed(seed)
    x = x[torch.randperm(len(x), generator=generator)]
    y = y[torch.randperm(len(y), generator=generator)]
    return x[count:], y[count:], x[:count], y[:count]


def split__manual_seed(x, y, fraction, seed=0):
    """torch.manual_seed changes the random state of the whole program. A torch.Generator of your
    own draws from nothing but your seed."""
    count = _count(x, fraction)
    torch.manual_seed(seed)
    return _dealt(x, y, torch.randperm(len(x)), count)


def split__unseeded(x, y, fraction, seed=0):
    """The seed is not used: the split differs from call to call, and draws from the random state of
    the whole program."""
    count = _count(x, fraction)
    return _dealt(x, y, torch.randperm(len(x)), count)


def split__one_seed(x, y, fraction, seed=0):
    """A generator starts from seed only if it is told to: torch.Generator().manual_seed(seed)."""
    count = _count(x, fraction)
    return _dealt(x, y, torch.randperm(len(x), generator=torch.Generator()), count)


def split__both_x_first(x, y, fraction, seed=0):
    """The result is (x_train, y_train, x_val, y_val): first both parts for training. scikit-learn's
    train_test_split has another order."""
    x_train, y_train, x_val, y_val = _dealt(x, y, _order(x, seed), _count(x, fraction))
    return x_train, x_val, y_train, y_val


def split__fraction_for_training(x, y, fraction, seed=0):
    """fraction is the share of the rows for validation, and not of those for training."""
    count = _count(x, fraction)
    return _dealt(x, y, _order(x, seed), len(x) - count)


def split__cut_off(x, y, fraction, seed=0):
    """int() cuts the decimals off: int(1.5) is 1. The number of rows is round(fraction * N)."""
    count = int(fraction * len(x)) if 0 < fraction < 1 else 0
    if round(fraction * len(x)) in (0, len(x)) or count == 0:
        raise ValueError(f"fraction {fraction} of {len(x)} rows")
    return _dealt(x, y, _order(x, seed), count)


def split__halves_up(x, y, fraction, seed=0):
    """round takes halves to the even number: round(2.5) is 2, and int(2.5 + 0.5) is 3."""
    _count(x, fraction)
    return _dealt(x, y, _order(x, seed), int(fraction * len(x) + 0.5))


def split__neighbours(x, y, fraction, seed=0):
    """Shuffle all rows. Where a table is sorted, a block of neighbours holds one class or one
    season, wherever it begins."""
    count = _count(x, fraction)
    start = np.random.default_rng(seed).integers(len(x) - count + 1)
    order = torch.arange(len(x)).roll(-int(start))
    return _dealt(x, y, order, count)


def split__drawn_with_repeats(x, y, fraction, seed=0):
    """randint may draw a row twice, and rows that were drawn are still among the others. A
    permutation has each row once: cut it in two."""
    count, generator = _count(x, fraction), torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(x), (count,), generator=generator)
    return x[count:], y[count:], x[drawn], y[drawn]


def split__repeats_left_out(x, y, fraction, seed=0):
    """randint may draw a row twice, and then too few are left for validation. A permutation has
    each row once: cut it in two."""
    count, generator = _count(x, fraction), torch.Generator().manual_seed(seed)
    drawn = torch.zeros(len(x), dtype=torch.bool)
    drawn[torch.randint(len(x), (count,), generator=generator)] = True
    return x[~drawn], y[~drawn], x[drawn], y[drawn]


def split__unchecked(x, y, fraction, seed=0):
    """Without rows to learn from, or to be measured on, nothing works later: a fraction out of
    range and an empty part are a ValueError here."""
    return _dealt(x, y, _order(x, seed), round(fraction * len(x)) if fraction == fraction else 0)


def split__empty_parts(x, y, fraction, seed=0):
    """A fraction between 0 and 1 may still leave a part empty: round(0.1 * 4) is 0. That is a
    ValueError, too."""
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must be between 0 and 1, not {fraction}")
    return _dealt(x, y, _order(x, seed), round(fraction * len(x)))


def _spread(x):
    deviation = x.std(dim=0, correction=0)
    return torch.where(deviation > 0, deviation, 1.0)


class Standardize__deviation_taken_for_mean(nn.Module):
    """torch.std_mean gives the deviation first and the mean second, as its name says."""

    def __init__(self, x):
        super().__init__()
        mean, deviation = torch.std_mean(x, dim=0, correction=0)
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", torch.where(deviation == 0, 1.0, deviation))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__in_float32(nn.Module):
    """x may be float64, and so are its mean and its deviation: torch.tensor([...]) and float()
    round them to float32."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", torch.tensor(x.mean(dim=0).tolist()))
        self.register_buffer("deviation", torch.tensor(_spread(x).tolist()))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__by_each_batch(nn.Module):
    """New rows are scaled by the numbers of the rows for training, never by their own: else a row
    means something else in each batch, and a single row becomes 0."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", _spread(x))

    def forward(self, x):
        return (x - x.mean(dim=0)) / _spread(x)


class Standardize__sample_deviation(nn.Module):
    """std() divides by N - 1 if nothing else is said. The population deviation divides by N:
    correction=0."""

    def __init__(self, x):
        super().__init__()
        deviation = x.std(dim=0) if len(x) > 1 else torch.ones_like(x[0])
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", torch.where(deviation > 0, deviation, 1.0))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__divides_by_zero(nn.Module):
    """A column that repeats one number has a deviation of 0, and 0 / 0 is NaN. Divide by 1
    there."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", x.std(dim=0, correction=0))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__plain_attributes(nn.Module):
    """A plain tensor is no part of the module: state_dict() leaves it out, and .to(...) leaves it
    behind. self.register_buffer("mean", ...) makes it one."""

    def __init__(self, x):
        super().__init__()
        self.mean = x.mean(dim=0)
        self.deviation = _spread(x)

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__not_persistent(nn.Module):
    """persistent=False keeps a buffer out of state_dict(): whoever loads the model then scales by
    other numbers."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(dim=0), persistent=False)
        self.register_buffer("deviation", _spread(x), persistent=False)

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__keeps_the_rows(nn.Module):
    """The dict that is loaded holds a tensor of another shape than the model's own. Do they differ
    in size, or does the model keep all rows, where a mean and a deviation are enough? Keep
    these."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("x", x)

    def forward(self, x):
        return (x - self.x.mean(dim=0)) / _spread(self.x)


class Standardize__moments(nn.Module):
    """Numbers that are large beside their deviation lose their digits in the mean of x², less the
    square of the mean. Subtract the mean first, and then square."""

    def __init__(self, x):
        super().__init__()
        variance = (x * x).mean(dim=0) - x.mean(dim=0) ** 2
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", torch.where(variance > 0, variance, 1.0).sqrt())

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__small_is_none(nn.Module):
    """A column of small numbers has a small deviation, and it counts: only a deviation of 0 is
    replaced."""

    def __init__(self, x):
        super().__init__()
        deviation = x.std(dim=0, correction=0)
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", torch.where(deviation > 1e-6, deviation, 1.0))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__epsilon_in_the_variance(nn.Module):
    """1e-8 under the root is 1e-4 beside the deviation. Add 1e-8 to the deviation itself, or divide
    by 1 where it is 0."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", (x.var(dim=0, correction=0) + 1e-8).sqrt())

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__parameters(nn.Module):
    """Mean and deviation are measured, not trained: they are buffers. An nn.Parameter, even a
    frozen one, is counted among the parameters."""

    def __init__(self, x):
        super().__init__()
        self.mean = nn.Parameter(x.mean(dim=0), requires_grad=False)
        self.deviation = nn.Parameter(_spread(x), requires_grad=False)

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__of_all_numbers(nn.Module):
    """Each column has a mean and a deviation of its own: dim=0. Without dim they are those of all
    numbers together."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean())
        deviation = x.std(correction=0)
        self.register_buffer("deviation", torch.where(deviation > 0, deviation, 1.0))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__by_the_variance(nn.Module):
    """The deviation is the square root of the variance."""

    def __init__(self, x):
        super().__init__()
        variance = x.var(dim=0, correction=0)
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", torch.where(variance > 0, variance, 1.0))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class _Layers(nn.Module):
    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.first = nn.Linear(in_features, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.second(self.first(x).relu())


class Classifier__softmax_at_the_end(_Layers):
    """cross_entropy has a softmax inside. With another one in the model, hardly a gradient is left:
    the model gives logits as they are."""

    def forward(self, x):
        return super().forward(x).softmax(dim=1)


class Classifier__sigmoid_at_the_end(_Layers):
    """A sigmoid squeezes each logit into (0, 1). Logits are any numbers: nothing comes after the
    last layer."""

    def forward(self, x):
        return super().forward(x).sigmoid()


class Classifier__relu_at_the_end(_Layers):
    """After the last layer there is no ReLU: a logit below 0 says that a class is unlikely."""

    def forward(self, x):
        return super().forward(x).relu()


class Classifier__without_relu(_Layers):
    """Two linear layers without a ReLU between them are one linear layer."""

    def forward(self, x):
        return self.second(self.first(x))


class Classifier__softmax_in_evaluation(_Layers):
    """Logits are asked for in both modes. Whoever wants probabilities puts a softmax behind the
    model."""

    def forward(self, x):
        return super().forward(x) if self.training else super().forward(x).softmax(dim=1)


class Classifier__class_number(_Layers):
    """argmax gives the number of a class, and no gradient flows through it. The model gives a logit
    for every class."""

    def forward(self, x):
        return super().forward(x).argmax(dim=1)


class Classifier__made_in_forward(nn.Module):
    """A module registers what is assigned to it in __init__: a layer, an nn.Parameter, an
    nn.Sequential. Plain tensors, layers in a plain list, and layers made in forward stay unknown to
    it."""

    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.sizes = in_features, hidden, classes

    def forward(self, x):
        inputs, hidden, classes = self.sizes
        return nn.Linear(hidden, classes)(nn.Linear(inputs, hidden)(x).relu())


class Classifier__plain_tensors(nn.Module):
    """A module registers what is assigned to it in __init__: a layer, an nn.Parameter, an
    nn.Sequential. Plain tensors, layers in a plain list, and layers made in forward stay unknown to
    it."""

    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.first = [torch.randn(hidden, in_features), torch.zeros(hidden)]
        self.second = [torch.randn(classes, hidden), torch.zeros(classes)]

    def forward(self, x):
        hidden = nn.functional.linear(x, *self.first).relu()
        return nn.functional.linear(hidden, *self.second)


class Classifier__plain_list(nn.Module):
    """A module registers what is assigned to it in __init__: a layer, an nn.Parameter, an
    nn.Sequential. Plain tensors, layers in a plain list, and layers made in forward stay unknown to
    it."""

    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.layers = [nn.Linear(in_features, hidden), nn.Linear(hidden, classes)]

    def forward(self, x):
        return self.layers[1](self.layers[0](x).relu())


class Classifier__one_layer_more(nn.Module):
    """There is one hidden layer: from in_features to hidden, and from hidden to classes."""

    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, classes),
        )

    def forward(self, x):
        return self.layers(x)


class Classifier__without_biases(nn.Module):
    """An affine layer has a bias for each output."""

    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.first = nn.Linear(in_features, hidden, bias=False)
        self.second = nn.Linear(hidden, classes, bias=False)

    def forward(self, x):
        return self.second(self.first(x).relu())


class Classifier__relu_to_six(_Layers):
    """ReLU has no upper end: relu6 and clamp(0, ...) cut large numbers off."""

    def forward(self, x):
        return self.second(nn.functional.relu6(self.first(x)))


class Classifier__detached(_Layers):
    """detach() cuts the graph: no gradient reaches the layers, and they never learn."""

    def forward(self, x):
        return super().forward(x).detach()


def _checked(logits, targets):
    if targets.dtype != torch.int64 or targets.shape != logits.shape[:1]:
        raise ValueError(f"{targets.dtype} of shape {tuple(targets.shape)}")


def _own(numbers, targets):
    return numbers[torch.arange(len(numbers)), targets]


def cross_entropy__overflows(logits, targets):
    """exp(1000) is infinite in float32, and inf / inf is NaN. Take the log on paper first:
    log(e^z / sum) is z - log(sum), and logsumexp computes that log safely."""
    _checked(logits, targets)
    probabilities = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
    return -_own(probabilities, targets).log().mean()


def cross_entropy__log_of_softmax(logits, targets):
    """Even a safe softmax gives 0 for a class that is far behind, and log(0) is infinite. Take the
    log on paper first: z - log(sum of e^z)."""
    _checked(logits, targets)
    shifted = (logits - logits.amax(dim=1, keepdim=True)).exp()
    return -_own(shifted / shifted.sum(dim=1, keepdim=True), targets).log().mean()


def cross_entropy__one_hot_times_log(logits, targets):
    """0 * log(0) is NaN: a class far behind spoils the sum, though it does not count. Pick the
    number of the target, and take the log on paper first: z - log(sum of e^z)."""
    _checked(logits, targets)
    shifted = (logits - logits.amax(dim=1, keepdim=True)).exp()
    one_hot = nn.functional.one_hot(targets, logits.shape[1])
    return -((shifted / shifted.sum(dim=1, keepdim=True)).log() * one_hot).sum(dim=1).mean()


def cross_entropy__log_of_logits(logits, targets):
    """Logits are no probabilities, and log(z) is NaN below 0. Make probabilities first, on paper:
    the log of a softmax is z - log(sum of e^z)."""
    _checked(logits, targets)
    return -_own(logits, targets).log().mean()


def cross_entropy__slope_cut(logits, targets):
    """The loss is right, its slope is not: what is detached on one side and not on the other counts
    as a constant there. The largest logit is subtracted and added again, both with the graph or
    both without."""
    _checked(logits, targets)
    top = logits.amax(dim=1, keepdim=True)
    log_sum = (logits - top.detach()).exp().sum(dim=1).log() + top[:, 0]
    return (log_sum - _own(logits, targets)).mean()


def cross_entropy__epsilon(logits, targets):
    """log(p + epsilon) is never infinite, and wrong where p is small: a loss of 2000 becomes 23,
    and its gradient 0. z - log(sum of e^z) needs no epsilon."""
    _checked(logits, targets)
    shifted = (logits - logits.amax(dim=1, keepdim=True)).exp()
    return -(_own(shifted / shifted.sum(dim=1, keepdim=True), targets) + 1e-10).log().mean()


def cross_entropy__one_maximum_for_all(logits, targets):
    """The largest logit is subtracted row by row. With one maximum for all rows, a row of small
    logits becomes log(0)."""
    _checked(logits, targets)
    shifted = logits - logits.max()
    return (shifted.exp().sum(dim=1).log() - _own(shifted, targets)).mean()


def cross_entropy__torchs_own(logits, targets):
    """This is torch's own. Write it yourself, from -log(e^z of the target / sum of e^z), and take
    the log on paper first."""
    _checked(logits, targets)
    return nn.functional.cross_entropy(logits, targets)


def cross_entropy__sum(logits, targets):
    """The sum grows with the number of rows, and the steps with it. Take the mean."""
    _checked(logits, targets)
    return (logits.logsumexp(dim=1) - _own(logits, targets)).sum()


def cross_entropy__wrong_sign(logits, targets):
    """The log of a probability is below 0. The loss is minus that: less is better."""
    _checked(logits, targets)
    return (_own(logits, targets) - logits.logsumexp(dim=1)).mean()


def cross_entropy__all_pairs(logits, targets):
    """logits[:, targets] takes N columns of every row. Each row has one target: index with two
    lists, logits[torch.arange(N), targets], or use gather."""
    _checked(logits, targets)
    return (logits.logsumexp(dim=1, keepdim=True) - logits[:, targets]).mean()


def cross_entropy__one_hot_mean(logits, targets):
    """Of the N * C numbers only N are not 0: the mean goes over the N rows."""
    _checked(logits, targets)
    one_hot = torch.zeros_like(logits)
    one_hot[torch.arange(len(targets)), targets] = 1
    return ((logits.logsumexp(dim=1, keepdim=True) - logits) * one_hot).mean()


def cross_entropy__without_the_sum(logits, targets):
    """-z of the target alone falls for ever if all logits grow. The log of the sum of e^z is what
    holds against it."""
    _checked(logits, targets)
    return -_own(logits, targets).mean()


def cross_entropy__unchecked(logits, targets):
    """Targets of another dtype or shape may broadcast, or pick what nobody asked for. Compare
    targets.dtype and targets.shape first, and raise a ValueError."""
    return (logits.logsumexp(dim=1) - logits.gather(1, targets.long().reshape(-1, 1))[:, 0]).mean()


def cross_entropy__shape_only(logits, targets):
    """The dtype is a condition too: only int64 numbers classes. Floats could be anything."""
    if targets.shape != logits.shape[:1]:
        raise ValueError(f"shape {tuple(targets.shape)}")
    return (logits.logsumexp(dim=1) - _own(logits, targets.long())).mean()


def cross_entropy__python_numbers(logits, targets):
    """Python numbers have no graph, so no gradient flows back to the logits. Stay with tensor
    operations to the end."""
    _checked(logits, targets)
    losses = (logits.logsumexp(dim=1) - _own(logits, targets)).tolist()
    return torch.tensor(sum(losses) / len(losses), dtype=logits.dtype, device=logits.device)


def _comparable(logits, targets):
    if len(logits) == 0 or targets.shape != logits.shape[:1]:
        raise ValueError(f"{tuple(logits.shape)} and {tuple(targets.shape)}")


def accuracy__count(logits, targets):
    """This is how many rows are right. The share is that, divided by the number of rows."""
    _comparable(logits, targets)
    return float((logits.argmax(dim=1) == targets).sum())


def accuracy__whole_count(logits, targets):
    """This is how many rows are right. The share is that, divided by the number of rows."""
    _comparable(logits, targets)
    return (logits.argmax(dim=1) == targets).sum().item()


def accuracy__values_and_indices(logits, targets):
    """max(dim=1) gives two tensors, the values and the indices. argmax(dim=1) gives the indices
    alone."""
    _comparable(logits, targets)
    return (logits.max(dim=1) == targets).float().mean().item()


def accuracy__all_right(logits, targets):
    """This is 0 unless every row is right: // cuts the decimals off, and all() asks for every row.
    A share is the mean, with /."""
    _comparable(logits, targets)
    return float((logits.argmax(dim=1) == targets).all())


def accuracy__of_rounded(logits, targets):
    """Rounded, two logits may be equal, and the first of them wins. Compare them as they are."""
    _comparable(logits, targets)
    return (logits.round(decimals=2).argmax(dim=1) == targets).double().mean().item()


def accuracy__of_sigmoids(logits, targets):
    """Large numbers become equal in a sigmoid: 1 for 30 and for 40, in float32. Compare the logits
    as they are."""
    _comparable(logits, targets)
    return (logits.sigmoid().argmax(dim=1) == targets).double().mean().item()


def accuracy__of_exponentials(logits, targets):
    """exp(100) and exp(200) are both infinite in float32. Compare the logits as they are."""
    _comparable(logits, targets)
    return (logits.exp().argmax(dim=1) == targets).double().mean().item()


def accuracy__percent(logits, targets):
    """A share goes from 0 to 1, not to 100."""
    _comparable(logits, targets)
    return 100 * (logits.argmax(dim=1) == targets).double().mean().item()


def accuracy__along_rows(logits, targets):
    """The classes are along dim=1. dim=0 asks which row has the largest logit of each class."""
    _comparable(logits, targets)
    return (logits.argmax(dim=0) == targets).double().mean().item()


def accuracy__all_pairs(logits, targets):
    """With keepdim=True the classes are (N, 1), and (N, 1) == (N,) compares every row with every
    target."""
    _comparable(logits, targets)
    return (logits.argmax(dim=1, keepdim=True) == targets).double().mean().item()


def accuracy__unchecked(logits, targets):
    """A target of another shape broadcasts without a word, and the mean over no rows is NaN: both
    are a ValueError here."""
    return (logits.argmax(dim=1) == targets).double().mean().item()


def accuracy__whole_numbers(logits, targets):
    """This is 0 unless every row is right: // cuts the decimals off, and all() asks for every row.
    A share is the mean, with /."""
    _comparable(logits, targets)
    return float((logits.argmax(dim=1) == targets).sum().item() // len(targets))


def accuracy__positive_logits(logits, targets):
    """A row is right if its largest logit is that of the target, whatever its sign: logits have no
    threshold."""
    _comparable(logits, targets)
    return (_own(logits, targets) > 0).double().mean().item()


def accuracy__tensor(logits, targets):
    """A 0-dim tensor is no Python number. item() takes the number out."""
    _comparable(logits, targets)
    return (logits.argmax(dim=1) == targets).double().mean()


class _Moves:
    def __init__(self, params, lr, beta=0.9):
        self.params, self.lr, self.beta = list(params), lr, beta
        self.velocities = [torch.zeros_like(p) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.velocities, strict=True):
            if p.grad is not None:
                self.move(p, v)

    def move(self, p, v):
        v.mul_(self.beta).add_(p.grad)
        p -= self.lr * v


class Momentum__no_memory(_Moves):
    """v has to outlive the step: the next one multiplies it by beta. This is plain gradient
    descent."""

    def move(self, p, v):
        p -= self.lr * p.grad


class Momentum__average(_Moves):
    """The gradient counts in full: v = beta * v + grad. With 1 - beta before it, v is an average,
    and the steps are shorter."""

    def move(self, p, v):
        v.mul_(self.beta).add_((1 - self.beta) * p.grad)
        p -= self.lr * v


class Momentum__looks_ahead(_Moves):
    """This is Nesterov's momentum, which looks one step ahead. Here the step is lr * v and no
    more."""

    def move(self, p, v):
        v.mul_(self.beta).add_(p.grad)
        p -= self.lr * (p.grad + self.beta * v)


class Momentum__uphill(_Moves):
    """The gradient points uphill: subtract lr * v."""

    def move(self, p, v):
        v.mul_(self.beta).add_(p.grad)
        p += self.lr * v


class Momentum__one_for_all(_Moves):
    """Each parameter has a v of its own, of its own shape: make
    torch.zeros_like(p) for each p."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        self.v = 0.0

    def move(self, p, v):
        self.v = self.beta * self.v + p.grad
        p -= self.lr * self.v


class Momentum__one_buffer(_Moves):
    """Parameters share one v here. Each has its own: [torch.zeros_like(p) for p in ...] makes a
    tensor for each, and [v] * n has n times the same."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        same = {}
        self.velocities = [same.setdefault(p.shape, torch.zeros_like(p)) for p in self.params]


class Momentum__gradient_itself(_Moves):
    """`v = p.grad` is another name for the gradient, not a copy: v.mul_(beta) then changes p.grad
    itself. Begin with zeros, or clone."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        self.velocities = [None] * len(self.params)

    @torch.no_grad()
    def step(self):
        for k, p in enumerate(self.params):
            if p.grad is None:
                continue
            if self.velocities[k] is None:
                self.velocities[k] = p.grad
            else:
                self.velocities[k].mul_(self.beta).add_(p.grad)
            p -= self.lr * self.velocities[k]


class Momentum__new_tensor(_Moves):
    """p does not move in the first step. Make v, then move p itself, `p -= ...` under
    torch.no_grad(): `p = p - ...` and p.detach() are new tensors. In __init__ no parameter has a
    grad: read it in step()."""

    def move(self, p, v):
        v.mul_(self.beta).add_(p.grad)
        p = p - self.lr * v


class Momentum__asked_too_early(_Moves):
    """p does not move in the first step. Make v, then move p itself, `p -= ...` under
    torch.no_grad(): `p = p - ...` and p.detach() are new tensors. In __init__ no parameter has a
    grad: read it in step()."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__([p for p in params if p.grad is not None], lr, beta)


class Momentum__moves_before_v(_Moves):
    """p does not move in the first step. Make v, then move p itself, `p -= ...` under
    torch.no_grad(): `p = p - ...` and p.detach() are new tensors. In __init__ no parameter has a
    grad: read it in step()."""

    def move(self, p, v):
        p -= self.lr * v
        v.mul_(self.beta).add_(p.grad)


class Momentum__copies_moved(_Moves):
    """p does not move in the first step. Make v, then move p itself, `p -= ...` under
    torch.no_grad(): `p = p - ...` and p.detach() are new tensors. In __init__ no parameter has a
    grad: read it in step()."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__([p.clone() for p in params], lr, beta)


class Momentum__shape_of_the_first(_Moves):
    """Each parameter has a v of its own, of its own shape: make
    torch.zeros_like(p) for each p."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        self.velocities = [torch.zeros_like(self.params[0])] * len(self.params)

    @torch.no_grad()
    def step(self):
        for k, p in enumerate(self.params):
            if p.grad is not None:
                self.velocities[k] = self.beta * self.velocities[k] + p.grad
                p -= self.lr * self.velocities[k]


class Momentum__v_in_the_class(_Moves):
    """A v that is made in the class, or as a default, is that of all optimizers. Make it in
    __init__: a new optimizer begins at 0."""

    kept = {}  # noqa: RUF012

    def move(self, p, v):
        v = self.beta * self.kept.get(p, torch.zeros_like(p)) + p.grad
        self.kept[p] = v
        p -= self.lr * v


class Momentum__beta_or_default(_Moves):
    """beta = 0 is a number like any other: `beta or 0.9` takes it for none."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta or 0.9)


class Momentum__gradient_kept(_Moves):
    """`v = p.grad` is another name for the gradient, not a copy: zero_grad() and backward() change
    it. Begin with zeros, or clone."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        self.velocities = [None] * len(self.params)

    @torch.no_grad()
    def step(self):
        for k, p in enumerate(self.params):
            if p.grad is None:
                continue
            v = self.velocities[k]
            self.velocities[k] = p.grad if v is None else self.beta * v + p.grad
            p -= self.lr * self.velocities[k]

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()


class Momentum__anew_after_zero_grad(_Moves):
    """zero_grad() clears the gradients alone: v lives on, or there is no momentum."""

    def zero_grad(self):
        super().zero_grad()
        self.velocities = [torch.zeros_like(p) for p in self.params]


class Momentum__zero_taken_for_none(_Moves):
    """A gradient of 0 is a gradient: p moves on by lr * beta * v. Only None is skipped."""

    def move(self, p, v):
        if p.grad.any():
            super().move(p, v)


class Momentum__v_fades(_Moves):
    """Without a gradient v rests, as p does: it is not multiplied by beta in that step."""

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.velocities, strict=True):
            v *= self.beta
            if p.grad is not None:
                v += p.grad
                p -= self.lr * v


class Momentum__none_added(_Moves):
    """A parameter without a gradient has p.grad = None, and is skipped in that step: `if p.grad is
    None: continue`."""

    @torch.no_grad()
    def step(self):
        for k, p in enumerate(self.params):
            self.velocities[k] = self.beta * self.velocities[k] + p.grad
            p -= self.lr * self.velocities[k]


class Momentum__gradient_scaled(_Moves):
    """step() only reads p.grad. `g = p.grad` is another name for it, and `g *= lr` changes it:
    write lr * p.grad, a new tensor."""

    def move(self, p, v):
        g = p.grad
        g *= self.lr
        v.mul_(self.beta).add_(g)
        p -= v


class Momentum__gradient_as_v(_Moves):
    """step() only reads p.grad. `p.grad += beta * v` changes it: write v = beta * v + p.grad."""

    @torch.no_grad()
    def step(self):
        for k, p in enumerate(self.params):
            if p.grad is not None:
                p.grad += self.beta * self.velocities[k]
                self.velocities[k] = p.grad.clone()
                p -= self.lr * self.velocities[k]


class Momentum__other_memory(_Moves):
    """p.data = p.data - ... puts p into new memory, and views of the old one miss the step. `p -=
    ...` under torch.no_grad() stays in place."""

    def move(self, p, v):
        v.mul_(self.beta).add_(p.grad)
        p.data = p.data - self.lr * v


class Momentum__generator_kept(_Moves):
    """model.parameters() is a generator: after one walk through it, it is empty. Make a list of it
    once, in __init__."""

    def __init__(self, params, lr, beta=0.9):
        self.params, self.lr, self.beta, self.velocities = params, lr, beta, {}

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is not None:
                v = self.velocities.setdefault(id(p), torch.zeros_like(p))
                self.move(p, v)


class Momentum__generator_used_up(_Moves):
    """model.parameters() is a generator: after one walk through it, it is empty. Make a list of it
    once, in __init__."""

    def __init__(self, params, lr, beta=0.9):
        self.params, self.lr, self.beta = params, lr, beta
        self.velocities = [torch.zeros_like(p) for p in params]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.velocities, strict=False):
            if p.grad is not None:
                self.move(p, v)


class Momentum__v_of_another(_Moves):
    """A parameter without a gradient is left out together with its v. Here only p is, and those
    after it take the v of another."""

    @torch.no_grad()
    def step(self):
        able = [p for p in self.params if p.grad is not None]
        for p, v in zip(able, self.velocities, strict=False):
            self.move(p, v)


class Momentum__v_in_float32(_Moves):
    """torch.zeros makes float32. torch.zeros_like(p) has the dtype of p, and its device."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        self.velocities = [torch.zeros(p.shape, device=p.device) for p in self.params]


class Momentum__v_in_the_first_step(_Moves):
    """A parameter may get its first gradient in a later step: make a v for each in __init__,
    whatever its gradient is."""

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        self.velocities = None

    @torch.no_grad()
    def step(self):
        if self.velocities is None:
            self.velocities = [None if p.grad is None else 0.0 for p in self.params]
        for k, p in enumerate(self.params):
            if p.grad is not None:
                self.velocities[k] = self.beta * self.velocities[k] + p.grad
                p -= self.lr * self.velocities[k]


class Momentum__left_out_for_good(_Moves):
    """A parameter without a gradient is skipped in that step alone: it may get one in the next."""

    @torch.no_grad()
    def step(self):
        able = [k for k, p in enumerate(self.params) if p.grad is not None]
        self.params = [self.params[k] for k in able]
        self.velocities = [self.velocities[k] for k in able]
        super().step()


class Momentum__none_as_zero(_Moves):
    """Without a gradient a parameter is skipped: it stays where it is. Taken as 0, its v still
    moves it."""

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.velocities, strict=True):
            v.mul_(self.beta).add_(0 if p.grad is None else p.grad)
            p -= self.lr * v


class Momentum__stops_at_none(_Moves):
    """A parameter without a gradient is skipped, and the ones after it still take their step:
    continue, not return."""

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.velocities, strict=True):
            if p.grad is None:
                return
            self.move(p, v)


class Momentum__clears_gradients(_Moves):
    """step() leaves the gradients as they are: clearing them is for zero_grad()."""

    def move(self, p, v):
        super().move(p, v)
        p.grad = None


class Momentum__clears_a_name(_Moves):
    """`g = p.grad; g = None` gives another value to the name g, and p.grad stays. Set it itself:
    p.grad = None."""

    def zero_grad(self):
        for p in self.params:
            g = p.grad
            g = None  # noqa: F841


class Momentum__times_zero(_Moves):
    """Arithmetic does not clear NaN: 0 * NaN and NaN - NaN are NaN. Set the gradient to None, or
    fill it with zeros."""

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad *= 0


def _pass(model, batches, criterion, optimizer):
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        yield loss.item(), len(x)


def run_epoch__backward_by_rows(model, batches, criterion, optimizer):
    """backward() starts from the loss as criterion gives it, a mean. Times its rows it counts only
    in what you add up."""
    model.train()
    total = rows = 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y) * len(x)
        loss.backward()
        optimizer.step()
        total, rows = total + loss.item(), rows + len(x)
    return total / rows


def run_epoch__by_entries(model, batches, criterion, optimizer):
    """numel() counts every entry of x. A batch counts by its rows, however long these are:
    len(x)."""
    model.train()
    total = entries = 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total, entries = total + loss.item() * x.numel(), entries + x.numel()
    return total / entries


def run_epoch__all_in_one_row(model, batches, criterion, optimizer):
    """criterion gets what the model gives, and y, as they are: view(-1) and flatten() make a row of
    every entry, and its mean goes over these."""
    model.train()
    flat = lambda prediction, target: criterion(prediction.flatten(), target.flatten())  # noqa: E731
    losses = [(loss * n, n) for loss, n in _pass(model, batches, flat, optimizer)]
    return sum(loss for loss, _ in losses) / sum(n for _, n in losses)


def run_epoch__mean_of_means(model, batches, criterion, optimizer):
    """A batch of one row counts here as much as a batch of a hundred. Each loss counts by its rows:
    times their number, and the sum divided by that of all rows."""
    model.train()
    losses = [loss for loss, _ in _pass(model, batches, criterion, optimizer)]
    return sum(losses) / len(losses)


def run_epoch__sum_of_losses(model, batches, criterion, optimizer):
    """The losses of the batches are added up, and never divided. The mean over all rows is asked
    for."""
    model.train()
    return sum(loss for loss, _ in _pass(model, batches, criterion, optimizer))


def run_epoch__last_loss(model, batches, criterion, optimizer):
    """The loss of the last batch says little about the epoch. Add up those of all rows on the
    way."""
    model.train()
    return [loss for loss, _ in _pass(model, batches, criterion, optimizer)][-1]


def run_epoch__divided_by_batches(model, batches, criterion, optimizer):
    """The losses were multiplied by their rows, so the sum is divided by the number of rows, not of
    batches."""
    model.train()
    losses = [loss * rows for loss, rows in _pass(model, batches, criterion, optimizer)]
    return sum(losses) / len(losses)


def run_epoch__loss_with_graph(model, batches, criterion, optimizer):
    """`total += loss` adds up tensors, and keeps every graph of the epoch alive. loss.item() is the
    number alone."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss * len(x)
        rows += len(x)
    return total / rows


def run_epoch__never_cleared(model, batches, criterion, optimizer):
    """backward() adds to the gradients that are there. Clear them in every batch, before it."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__cleared_once(model, batches, criterion, optimizer):
    """The gradients of earlier batches count again. Clear them in every batch, and call backward()
    on the loss of that batch alone."""
    model.train()
    model.zero_grad()
    return run_epoch__never_cleared(model, batches, criterion, optimizer)


def run_epoch__cleared_before_the_step(model, batches, criterion, optimizer):
    """The model does not change. Call backward(), on a loss that hangs on the model, then step(),
    and clear no gradients between them."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__cleared_after_the_step(model, batches, criterion, optimizer):
    """The model may come with gradients of an earlier backward: clear them before the first one
    here, too."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__times_zero(model, batches, criterion, optimizer):
    """0 * NaN is NaN. Set the gradients to None, or fill them with zeros, as zero_grad() does."""

    def cleared():
        for x, y in batches:
            for p in model.parameters():
                if p.grad is not None:
                    p.grad *= 0
            yield x, y

    return run_epoch__never_cleared(model, cleared(), criterion, optimizer)


def run_epoch__detached(model, batches, criterion, optimizer):
    """The model does not change. Call backward(), on a loss that hangs on the model, then step(),
    and clear no gradients between them."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x).detach(), y).requires_grad_()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__evaluation_inside(model, batches, criterion, optimizer):
    """model.eval() stands inside the loop: from the second batch on, the model is no longer in
    training mode."""
    model.train()
    losses = []
    for loss, rows in _pass(model, batches, criterion, optimizer):
        losses.append((loss * rows, rows))
        model.eval()
    return sum(loss for loss, _ in losses) / sum(rows for _, rows in losses)


def run_epoch__negative_skipped(model, batches, criterion, optimizer):
    """A loss may be below 0, and its gradient counts as any other: step in every batch."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        if loss > 0:
            loss.backward()
            optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__absolute_loss(model, batches, criterion, optimizer):
    """A loss may be below 0, and counts as it is, without abs()."""
    model.train()
    losses = [(abs(loss) * n, n) for loss, n in _pass(model, batches, criterion, optimizer)]
    return sum(loss for loss, _ in losses) / sum(n for _, n in losses)


def run_epoch__mode_as_it_comes(model, batches, criterion, optimizer):
    """A model that was measured may still be in evaluation mode, without dropout. model.train()
    comes before the first batch."""
    losses = [(loss * rows, rows) for loss, rows in _pass(model, batches, criterion, optimizer)]
    return sum(loss for loss, _ in losses) / sum(rows for _, rows in losses)


def run_epoch__loss_after_the_step(model, batches, criterion, optimizer):
    """The loss is noted before the step: the model need not run a second time for it."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
        total += criterion(model(x), y).item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__target_first(model, batches, criterion, optimizer):
    """criterion(prediction, target): the prediction comes first. Only for a loss such as the mean
    squared error both orders are the same."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(y, model(x))
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__own_criterion(model, batches, criterion, optimizer):
    """The caller says with criterion what to measure. It is not always the mean squared error."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__model_called_again(model, batches, criterion, optimizer):
    """The model runs once for each batch: keep what it gives. Dropout draws anew in every pass, so
    the second loss would be another one."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        total += criterion(model(x), y).item() * len(x)
        criterion(model(x), y).backward()
        optimizer.step()
        rows += len(x)
    return total / rows


def run_epoch__counted_first(model, batches, criterion, optimizer):
    """batches may be a generator, which can be walked through once. After the rows are counted
    nothing is left of it to train on: count them on the way."""
    model.train()
    rows = sum(len(x) for x, _ in batches)
    losses = [loss * n for loss, n in _pass(model, batches, criterion, optimizer)]
    return sum(losses) / rows


def run_epoch__flattened(model, batches, criterion, optimizer):
    """The model alone knows which axes it wants: x goes in as it comes, without view or reshape."""
    model.train()
    flat = ((x.reshape(len(x), -1), y) for x, y in batches)
    losses = [(loss * n, n) for loss, n in _pass(model, flat, criterion, optimizer)]
    return sum(loss for loss, _ in losses) / sum(n for _, n in losses)


def run_epoch__long_targets(model, batches, criterion, optimizer):
    """y.long() cuts off the decimals. y goes into the criterion as it comes; numbers of classes are
    int64 already."""
    model.train()
    cut = ((x, y.long()) for x, y in batches)
    losses = [(loss * n, n) for loss, n in _pass(model, cut, criterion, optimizer)]
    return sum(loss for loss, _ in losses) / sum(n for _, n in losses)


def run_epoch__single_rows_skipped(model, batches, criterion, optimizer):
    """A batch of one row is a batch like any other: its row counts, and it takes its step."""
    model.train()
    larger = ((x, y) for x, y in batches if len(x) > 1)
    losses = [(loss * n, n) for loss, n in _pass(model, larger, criterion, optimizer)]
    return sum(loss for loss, _ in losses) / max(1, sum(n for _, n in losses))


def run_epoch__clipped(model, batches, criterion, optimizer):
    """The step follows the gradients as backward() leaves them: nothing is to be clipped."""
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def run_epoch__needs_a_length(model, batches, criterion, optimizer):
    """A generator has no length, and no index: count the rows on the way."""
    model.train()
    total, rows = 0.0, 0
    for k in range(len(batches)):
        x, y = batches[k]
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows


def _epochs(epochs):
    if epochs < 1:
        raise ValueError(f"epochs = {epochs}")


def _kept(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def _better(loss, lowest):
    return lowest is None or loss < lowest or (math.isnan(lowest) and not math.isnan(loss))


def _fit(model, run, validate, epochs, keep, better=_better):
    """The best epoch, the losses, and what was kept at it."""
    _epochs(epochs)
    losses, lowest, best, state = [], None, 0, None
    for epoch in range(epochs):
        run(model)
        loss = validate(model)
        losses.append(loss)
        if better(loss, lowest):
            lowest, best, state = loss, epoch, keep(model)
    return best, losses, state


def fit_best__last_model(model, run, validate, epochs):
    """The model is still as the last epoch left it. Keep the state of the best one, as a copy:
    the tensors in state_dict() are those of the model. At the end, load it into the model."""
    best, losses, _ = _fit(model, run, validate, epochs, lambda model: None)
    return best, losses


def fit_best__state_not_copied(model, run, validate, epochs):
    """The model is still as the last epoch left it. Keep the state of the best one, as a copy:
    the tensors in state_dict() are those of the model. At the end, load it into the model."""
    best, losses, state = _fit(model, run, validate, epochs, lambda model: model.state_dict())
    model.load_state_dict(state)
    return best, losses


def fit_best__other_object(model, run, validate, epochs):
    """The model is still as the last epoch left it. Keep the state of the best one, as a copy:
    the tensors in state_dict() are those of the model. At the end, load it into the model."""
    best, losses, model = _fit(model, run, validate, epochs, copy.deepcopy)
    return best, losses


def fit_best__parameters_only(model, run, validate, epochs):
    """Buffers, as the running means of batch normalisation, belong to the state as well.
    parameters() leaves them out; state_dict() has both."""

    def keep(model):
        return [p.detach().clone() for p in model.parameters()]

    best, losses, state = _fit(model, run, validate, epochs, keep)
    with torch.no_grad():
        for p, kept in zip(model.parameters(), state, strict=True):
            p.copy_(kept)
    return best, losses


def fit_best__last_of_equals(model, run, validate, epochs):
    """Of equal losses the first counts: compare with <, not with <=."""

    def better(loss, lowest):
        return _better(loss, lowest) or loss == lowest

    best, losses, state = _fit(model, run, validate, epochs, _kept, better)
    model.load_state_dict(state)
    return best, losses


def fit_best__nan_first(model, run, validate, epochs):
    """A NaN is never the lowest, unless all are. But loss < NaN is False, so that a first NaN is
    never beaten, and np.argmin takes it for the least: ask math.isnan first."""

    def better(loss, lowest):
        return lowest is None or loss < lowest

    best, losses, state = _fit(model, run, validate, epochs, _kept, better)
    model.load_state_dict(state)
    return best, losses


def fit_best__anything_after_nan(model, run, validate, epochs):
    """A NaN is not lower than a NaN: where all losses are NaN, the first epoch stays the best. A
    number takes the place of a NaN, and nothing else does."""

    def better(loss, lowest):
        return lowest is None or loss < lowest or math.isnan(lowest)

    best, losses, state = _fit(model, run, validate, epochs, _kept, better)
    model.load_state_dict(state)
    return best, losses


def fit_best__zero_taken_for_none(model, run, validate, epochs):
    """A loss of 0 is a loss, and `not lowest` takes it for none: ask `lowest is None`."""

    def better(loss, lowest):
        return not lowest or loss < lowest or (math.isnan(lowest) and not math.isnan(loss))

    best, losses, state = _fit(model, run, validate, epochs, _kept, better)
    model.load_state_dict(state)
    return best, losses


def fit_best__in_a_tensor(model, run, validate, epochs):
    """torch.tensor(losses) is float32, in which two losses may become equal: compare the floats."""
    _epochs(epochs)
    losses, states = [], []
    for _ in range(epochs):
        run(model)
        losses.append(validate(model))
        states.append(_kept(model))
    best = int(torch.tensor(losses).nan_to_num(nan=math.inf).argmin())
    model.load_state_dict(states[best])
    return best, losses


def fit_best__nanargmin(model, run, validate, epochs):
    """np.nanargmin finds nothing where all losses are NaN. The first epoch is the best there."""
    _epochs(epochs)
    losses, states = [], []
    for _ in range(epochs):
        run(model)
        losses.append(validate(model))
        states.append(_kept(model))
    best = int(np.nanargmin(losses))
    model.load_state_dict(states[best])
    return best, losses


def fit_best__argmin(model, run, validate, epochs):
    """A NaN is never the lowest, unless all are. But loss < NaN is False, so that a first NaN is
    never beaten, and np.argmin takes it for the least: ask math.isnan first."""
    _epochs(epochs)
    losses, states = [], []
    for _ in range(epochs):
        run(model)
        losses.append(validate(model))
        states.append(_kept(model))
    best = int(np.argmin(losses))
    model.load_state_dict(states[best])
    return best, losses


def fit_best__highest(model, run, validate, epochs):
    """The best epoch has the lowest loss, not the highest."""

    def better(loss, lowest):
        return lowest is None or loss > lowest or (math.isnan(lowest) and not math.isnan(loss))

    best, losses, state = _fit(model, run, validate, epochs, _kept, better)
    model.load_state_dict(state)
    return best, losses


def fit_best__start_takes_part(model, run, validate, epochs):
    """The model before its first run takes no part: the best is one of the epochs."""
    _epochs(epochs)
    lowest, best, losses, state = validate(model), 0, [], _kept(model)
    for epoch in range(epochs):
        run(model)
        losses.append(validate(model))
        if _better(losses[-1], lowest):
            lowest, best, state = losses[-1], epoch, _kept(model)
    model.load_state_dict(state)
    return best, losses


def fit_best__one_run_more(model, run, validate, epochs):
    """One run for each epoch, and no other: whatever is trained before or after them is not
    measured."""
    _epochs(epochs)
    run(model)
    losses, states = [], []
    for _ in range(epochs):
        losses.append(validate(model))
        states.append(_kept(model))
        run(model)
    best = min(range(epochs), key=lambda k: (math.isnan(losses[k]), losses[k]))
    model.load_state_dict(states[best])
    return best, losses


def fit_best__from_infinity(model, run, validate, epochs):
    """Nothing is lower than infinity if all losses are infinite or NaN, and then nothing was kept.
    The first epoch is the best one so far, whatever its loss is."""
    _epochs(epochs)
    lowest, best, losses, state = math.inf, None, [], None
    for epoch in range(epochs):
        run(model)
        losses.append(validate(model))
        if losses[-1] < lowest:
            lowest, best, state = losses[-1], epoch, _kept(model)
    if state is not None:
        model.load_state_dict(state)
    return best, losses


def fit_best__none_loaded(model, run, validate, epochs):
    """Nothing is lower than infinity if all losses are infinite or NaN, and then nothing was kept.
    The first epoch is the best one so far, whatever its loss is."""
    best, losses, state = _fit(model, run, validate, epochs, _kept, _below_infinity)
    model.load_state_dict(state)
    return best, losses


def fit_best__model_as_it_came(model, run, validate, epochs):
    """Nothing is lower than infinity if all losses are infinite or NaN, and then nothing was kept.
    The first epoch is the best one so far, whatever its loss is."""
    start = _kept(model)
    best, losses, state = _fit(model, run, validate, epochs, _kept, _below_infinity)
    model.load_state_dict(state or start)
    return best, losses


def _below_infinity(loss, lowest):
    return loss < (math.inf if lowest is None else lowest)


def fit_best__floats_only(model, run, validate, epochs):
    """The state holds integers as well, as the count of batches in a batch normalisation: keep all
    of state_dict()."""

    def keep(model):
        return {name: v for name, v in _kept(model).items() if v.is_floating_point()}

    best, losses, state = _fit(model, run, validate, epochs, keep)
    model.load_state_dict(state, strict=False)
    return best, losses


def fit_best__in_float(model, run, validate, epochs):
    """float() rounds what is float64. Keep each tensor in its dtype: clone() is enough."""

    def keep(model):
        return {name: v.float().clone() for name, v in model.state_dict().items()}

    best, losses, state = _fit(model, run, validate, epochs, keep)
    model.load_state_dict(state)
    return best, losses


def fit_best__patience(model, run, validate, epochs):
    """A loss that rises may fall again, lower than before: all epochs are run."""
    _epochs(epochs)
    best, losses, state = 0, [], None
    for epoch in range(epochs):
        run(model)
        losses.append(validate(model))
        if state is None or _better(losses[-1], losses[best]):
            best, state = epoch, _kept(model)
        if epoch - best >= 5:
            break
    model.load_state_dict(state)
    return best, losses


def fit_best__only_clearly_lower(model, run, validate, epochs):
    """Lower is lower, by however little: compare with < alone, without a margin."""

    def better(loss, lowest):
        return lowest is None or _better(loss, lowest - 1e-6)

    best, losses, state = _fit(model, run, validate, epochs, _kept, better)
    model.load_state_dict(state)
    return best, losses


def fit_best__rounded(model, run, validate, epochs):
    """losses holds what validate(model) gave, unrounded: rounding makes different losses equal."""
    return _fit_rounded(model, run, lambda model: round(validate(model), 4), epochs)


def _fit_rounded(model, run, validate, epochs):
    best, losses, state = _fit(model, run, validate, epochs, _kept)
    model.load_state_dict(state)
    return best, losses


def fit_best__stops_at_zero(model, run, validate, epochs):
    """0 is not the lowest loss of all, a loss may be negative: all epochs are run."""
    _epochs(epochs)
    best, losses, state = 0, [], None
    while len(losses) < epochs and not (losses and losses[best] <= 0):
        run(model)
        losses.append(validate(model))
        if state is None or _better(losses[-1], losses[best]):
            best, state = len(losses) - 1, _kept(model)
    model.load_state_dict(state)
    return best, losses


def fit_best__kept_before_the_run(model, run, validate, epochs):
    """An epoch is first run(model), and then validate(model): what is measured, and kept, is the
    model as this epoch left it."""
    _epochs(epochs)
    best, losses, state = 0, [], None
    for epoch in range(epochs):
        before = _kept(model)
        run(model)
        losses.append(validate(model))
        if epoch == 0 or _better(losses[-1], losses[best]):
            best, state = epoch, before
    model.load_state_dict(state)
    return best, losses


def fit_best__measured_first(model, run, validate, epochs):
    """An epoch is first run(model), and then validate(model): what is measured, and kept, is the
    model as this epoch left it."""
    _epochs(epochs)
    best, losses, state = 0, [], None
    for epoch in range(epochs):
        losses.append(validate(model))
        run(model)
        if epoch == 0 or _better(losses[-1], losses[best]):
            best, state = epoch, _kept(model)
    model.load_state_dict(state)
    return best, losses


def fit_best__counted_from_one(model, run, validate, epochs):
    """Epochs are counted from 0, so that losses[best] is the lowest."""
    best, losses, state = _fit(model, run, validate, epochs, _kept)
    model.load_state_dict(state)
    return best + 1, losses


def fit_best__lowest_loss(model, run, validate, epochs):
    """best is the number of the epoch. Its loss is losses[best]."""
    best, losses, state = _fit(model, run, validate, epochs, _kept)
    model.load_state_dict(state)
    return losses[best], losses


def fit_best__stops_early(model, run, validate, epochs):
    """A loss that rises may fall again, lower than before: all epochs are run."""
    _epochs(epochs)
    losses, state = [], None
    for _ in range(epochs):
        run(model)
        losses.append(validate(model))
        if len(losses) > 1 and losses[-1] > min(losses[:-1]):
            break
        state = _kept(model)
    model.load_state_dict(state)
    return losses.index(min(losses)), losses


def fit_best__measured_before_the_run(model, run, validate, epochs):
    """An epoch is first run(model), and then validate(model): what is measured, and kept, is the
    model as this epoch left it."""
    _epochs(epochs)
    best, losses, state = 0, [], None
    for epoch in range(epochs):
        losses.append(validate(model))
        if epoch == 0 or _better(losses[-1], losses[best]):
            best, state = epoch, _kept(model)
        run(model)
    model.load_state_dict(state)
    return best, losses


def fit_best__unchecked(model, run, validate, epochs):
    """Without an epoch there is no best one: epochs < 1 is a ValueError."""
    if epochs < 1:
        return 0, []
    best, losses, state = _fit(model, run, validate, epochs, _kept)
    model.load_state_dict(state)
    return best, losses


def _predicted(model, x):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x)
    model.train(was_training)
    return y


def curve__as_it_comes(model, x):
    """The points come in the order in which they were given, and a plot runs to and fro. Sort by x:
    sort() of (N, 1) goes along the last axis, of size 1, so say dim=0."""
    return x.detach()[:, 0].cpu().numpy(), _predicted(model, x)[:, 0].cpu().numpy()


def curve__evenly_spaced(model, x):
    """xs are the x that are given, in order: not as many others at even distances."""
    ends = (x.min().item(), x.max().item()) if len(x) else (0, 0)
    xs = torch.linspace(*ends, len(x)).to(x)
    return xs.cpu().numpy(), _predicted(model, xs.unsqueeze(1))[:, 0].cpu().numpy()


def curve__device_of_a_parameter(model, x):
    """A model need not have parameters, and next() finds none then. x is on the model's device
    already."""
    x = x.detach().to(next(model.parameters()).device).sort(dim=0).values
    return x[:, 0].cpu().numpy(), _predicted(model, x)[:, 0].cpu().numpy()


def curve__only_x_sorted(model, x):
    """The x are in order, and the predictions still in the order of before: they no longer belong
    together. argsort gives an order for both."""
    ys = _predicted(model, x)[:, 0].cpu().numpy()
    return x.detach()[:, 0].sort().values.cpu().numpy(), ys


def curve__each_sorted(model, x):
    """Sorted each by itself, the predictions lose their x, and the curve can only rise. argsort
    gives an order for both."""
    ys = _predicted(model, x)[:, 0].sort().values
    return x.detach()[:, 0].sort().values.cpu().numpy(), ys.cpu().numpy()


def curve__ys_first(model, x):
    """The result is (xs, ys): x first, then the predictions."""
    xs = x.detach().sort(dim=0).values
    return _predicted(model, xs)[:, 0].cpu().numpy(), xs[:, 0].cpu().numpy()


def curve__order_of_a_column(model, x):
    """argsort() of (N, 1) goes along the last axis, of size 1, and an index (N, 1) adds an axis.
    The order of the rows is x[:, 0].argsort()."""
    xs = x.detach()[x.detach().argsort()]
    return xs[:, 0].cpu().numpy(), _predicted(model, xs)[:, 0].cpu().numpy()


def curve__each_x_once(model, x):
    """An x may come twice, and there is a point for each row: unique() and dict keep one of them.
    Sort."""
    xs = x.detach().unique().unsqueeze(1)
    return xs[:, 0].cpu().numpy(), _predicted(model, xs)[:, 0].cpu().numpy()


def curve__columns(model, x):
    """Arrays of shape (N,) are asked for: take column 0 of (N, 1)."""
    xs = x.detach().sort(dim=0).values
    return xs.cpu().numpy(), _predicted(model, xs).cpu().numpy()


def curve__squeezed(model, x):
    """squeeze() drops every axis of size 1: for a single row nothing is left of (1, 1). Take column
    0, or squeeze(1)."""
    xs = x.detach().sort(dim=0).values
    return xs.squeeze().cpu().numpy(), _predicted(model, xs).squeeze().cpu().numpy()


def curve__training_mode(model, x):
    """In training mode dropout drops numbers, and the curve trembles. model.eval() comes first."""
    xs = x.detach().sort(dim=0).values
    with torch.no_grad():
        return xs[:, 0].cpu().numpy(), model(xs)[:, 0].cpu().numpy()


def curve__with_graph(model, x):
    """detach() comes too late: the graph was recorded on the way. model.eval() does not stop that,
    torch.no_grad() does."""
    xs, was_training = x.detach().sort(dim=0).values, model.training
    ys = model.eval()(xs).detach()
    model.train(was_training)
    return xs[:, 0].cpu().numpy(), ys[:, 0].cpu().numpy()


def curve__frozen(model, x):
    """torch.no_grad() stops the recording inside its block. What is done to requires_grad stays:
    the model would never learn again."""
    xs, was_training = x.detach().sort(dim=0).values, model.training
    model.eval().requires_grad_(False)
    ys = model(xs)
    model.train(was_training)
    return xs[:, 0].cpu().numpy(), ys[:, 0].cpu().numpy()


def curve__thawed(model, x):
    """A parameter may have come frozen, and this leaves it trained. Run the model under
    torch.no_grad(), and leave requires_grad alone."""
    model.requires_grad_(False)
    xs = x.detach().sort(dim=0).values
    ys = _predicted(model, xs)
    model.requires_grad_(True)
    return xs[:, 0].cpu().numpy(), ys[:, 0].cpu().numpy()


def curve__left_in_evaluation_mode(model, x):
    """The model is left in evaluation mode: whoever trains on does so without dropout. Put the mode
    back that was there before."""
    xs = x.detach().sort(dim=0).values
    with torch.no_grad():
        return xs[:, 0].cpu().numpy(), model.eval()(xs)[:, 0].cpu().numpy()


def curve__always_back_to_training(model, x):
    """The model may have come in evaluation mode. Remember model.training, and set that again:
    model.train(was_training)."""
    xs = x.detach().sort(dim=0).values
    with torch.no_grad():
        ys = model.eval()(xs)[:, 0]
    model.train()
    return xs[:, 0].cpu().numpy(), ys.cpu().numpy()


def curve__lists(model, x):
    """A list of numbers is no array. tensor.cpu().numpy() makes an array of a tensor."""
    xs = x.detach().sort(dim=0).values
    return xs[:, 0].tolist(), _predicted(model, xs)[:, 0].tolist()


def curve__in_double(model, x):
    """np.array of Python floats is float64. tensor.numpy() keeps the dtype of the tensor."""
    xs = x.detach().sort(dim=0).values
    return np.array(xs[:, 0].tolist()), np.array(_predicted(model, xs)[:, 0].tolist())
