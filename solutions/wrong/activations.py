"""Known wrong answers to the exercises of `activations`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import math

import numpy as np
import torch


def sigmoid__as_on_paper(x):
    """For x = -1000 the formula gives 1 / inf = 0, as it should. On the way back, infinity times
    0 is nan."""
    return 1 / (1 + torch.exp(-x))


def sigmoid__growing_exponential(x):
    """e^1000 is infinite, and inf / inf is nan. Only e^-|x| never overflows."""
    return torch.exp(x) / (1 + torch.exp(x))


def sigmoid__both_sides_of_where(x):
    """where computes both sides everywhere, also the one that overflows. The exponent must be
    safe before exp sees it."""
    return torch.where(x < 0, torch.exp(x) / (1 + torch.exp(x)), 1 / (1 + torch.exp(-x)))


def sigmoid__by_abs(x):
    """abs has slope 0 at 0, so no gradient gets through there. sigmoid has slope 1/4."""
    z = torch.exp(-x.abs())
    return torch.where(x < 0, z, 1.0) / (1 + z)


def sigmoid__borrowed(x):
    """torch has this function; the exercise is to write it."""
    return torch.sigmoid(x)


def sigmoid__borrowed_tanh(x):
    """tanh of torch is an activation too, so this is borrowed as well."""
    return 0.5 * (1 + torch.tanh(x / 2))


def sigmoid__sign_lost(x):
    """The exponent is -x. With +x the curve falls instead of rising."""
    z = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, 1.0, z) / (1 + z)


def sigmoid__one_by_one(x):
    """A loop over elements does in Python what one operation does at once. It is also cut from
    the graph."""
    values = [1 / (1 + math.exp(min(-value, 700))) for value in x.flatten().tolist()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)


def sigmoid__by_numpy(x):
    """NumPy knows nothing of gradients: what it computes is cut from the graph."""
    values = x.detach().numpy()
    z = np.exp(-np.abs(values))
    return torch.from_numpy(np.where(values < 0, z, np.ones_like(z)) / (1 + z))


def sigmoid__detached(x):
    """No gradient flows through detach(), nor out of no_grad. Compute all of it from x itself, and
    let torch record that."""
    x = x.detach()
    z = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, z, 1.0) / (1 + z)


def sigmoid__clamped_later(x):
    """clamp cuts off too early: e^20 is far from overflow, and sigmoid(15) is not yet 1 in float64.
    Beyond the clamp the slope is lost as well."""
    return 1 / (1 + torch.exp(-x.clamp(-15, 15)))


class _Last(torch.autograd.Function):
    """sigmoid, with the result kept where the next call puts its own."""

    @staticmethod
    def forward(ctx, x):
        z = torch.exp(-x.abs())
        _Last.result = torch.where(x < 0, z, 1.0) / (1 + z)
        return _Last.result

    @staticmethod
    def backward(ctx, grad):
        return grad * _Last.result * (1 - _Last.result)


def sigmoid__last_result_alone(x):
    """This is the gradient of the next call. What backward needs is kept where each call puts its
    own; ctx.save_for_backward keeps it for one."""
    return _Last.apply(x)


def tanh__as_on_paper(x):
    """e^1000 is infinite, and inf / inf is nan."""
    up, down = torch.exp(x), torch.exp(-x)
    return (up - down) / (up + down)


def tanh__one_exponential(x):
    """e^-2x is infinite for x = -1000. Only e^-2|x| never overflows."""
    z = torch.exp(-2 * x)
    return (1 - z) / (1 + z)


def tanh__by_abs(x):
    """abs and sign have slope 0 at 0, so no gradient gets through there. tanh has slope 1."""
    z = torch.exp(-2 * x.abs())
    return x.sign() * (1 - z) / (1 + z)


def tanh__clamped(x):
    """clamp keeps the values finite and throws the exact ones away: tanh is curved, and never
    quite 1."""
    return x.clamp(-1, 1)


def tanh__factor_in_the_exponent_lost(x):
    """tanh(x) = 2 sigmoid(2x) - 1: the 2 stands inside, too."""
    return 2 * sigmoid(x) - 1


def tanh__not_stretched(x):
    """sigmoid goes from 0 to 1, tanh from -1 to 1."""
    return sigmoid(2 * x)


def tanh__sinh(x):
    """Half of e^x - e^-x is sinh. tanh divides by e^x + e^-x."""
    return (torch.exp(x) - torch.exp(-x)) / 2


def tanh__brackets_lost(x):
    """/ goes before + and -: the difference above and the sum below both need brackets."""
    return torch.exp(x) - torch.exp(-x) / torch.exp(x) + torch.exp(-x)


def tanh__borrowed(x):
    """torch has this function; the exercise is to write it."""
    return x.tanh()


def tanh__sinh_by_cosh(x):
    """sinh and cosh both overflow, and inf / inf is nan."""
    return torch.sinh(x) / torch.cosh(x)


def tanh__changes_its_input(x):
    """A method that ends in _ changes the caller's tensor. Without the _ it makes a new one."""
    x.mul_(2)
    return 2 * sigmoid(x) - 1


def relu__python_max(x):
    """Python's max and if want one yes or no, and a tensor gives one for each element.
    torch.maximum and torch.where choose element by element."""
    return max(torch.zeros_like(x), x)


def relu__negatives_left_out(x):
    """x[x > 0] has fewer elements than x. The negative ones become 0, they do not go."""
    return x[x > 0]


def relu__in_place(x):
    """x[...] = 0 writes into the caller's tensor. where makes a new one."""
    x[x < 0] = 0
    return x


def relu__magnitude(x):
    """abs folds the negative side up. relu flattens it."""
    return x.abs()


def relu__up_to_six(x):
    """There is no limit above: relu(1000) is 1000."""
    return x.clamp(0, 6)


def relu__a_step(x):
    """The comparison tells which elements count. It still has to be multiplied by x."""
    return (x > 0).to(x.dtype)


def relu__cut_off_at_one(x):
    """There is no limit above: relu(3) is 3."""
    return x.clamp(0, 1)


def relu__borrowed(x):
    """torch has this function; the exercise is to write it."""
    return torch.relu(x)


def relu__one_by_one(x):
    """A loop over elements does in Python what one operation does at once."""
    return torch.stack([max(value, 0 * value) for value in x.flatten()]).reshape(x.shape)


def relu__other_side(x):
    """clamp(max=0) keeps what lies below 0. relu keeps what lies above."""
    return x.clamp(max=0)


def leaky_relu__slope_ignored(x, negative_slope=0.01):
    """0.01 is the default. What the caller gives must be used."""
    return torch.where(x > 0, x, 0.01 * x)


def leaky_relu__slope_as_value(x, negative_slope=0.01):
    """negative_slope is a factor, not the value of the negative side."""
    return torch.where(x > 0, x, negative_slope)


def leaky_relu__sides_exchanged(x, negative_slope=0.01):
    """The sides are exchanged: above 0 it is x, and the slope belongs below."""
    return torch.where(x < 0, x, negative_slope * x)


def leaky_relu__sign_flipped(x, negative_slope=0.01):
    """Negative inputs stay negative for a positive slope: the minus is in x already."""
    return torch.where(x > 0, x, -negative_slope * x)


def leaky_relu__slope_added_everywhere(x, negative_slope=0.01):
    """relu(x) + slope * x adds the slope on the positive side, too."""
    return relu(x) + negative_slope * x


def leaky_relu__split_at_the_slope(x, negative_slope=0.01):
    """The halves meet at 0: the condition is x > 0, whatever negative_slope is."""
    return torch.where(x > negative_slope, x, negative_slope * x)


def leaky_relu__by_sign(x, negative_slope=0.01):
    """sign is -1 below 0, and clamp(min=...) makes no number smaller: a slope below -1 is lost."""
    return x * x.sign().clamp(min=negative_slope)


def leaky_relu__borrowed(x, negative_slope=0.01):
    """torch has this function; the exercise is to write it."""
    return torch.nn.functional.leaky_relu(x, negative_slope)


def leaky_relu__in_place(x, negative_slope=0.01):
    """x[...] *= writes into the caller's tensor. where makes a new one."""
    x[x < 0] *= negative_slope
    return x


def elu__digits_lost(x, alpha=1.0):
    """Near 0, e^x is so close to 1 that the subtraction loses the digits. expm1 keeps them."""
    safe = torch.where(x > 0, 0.0, x)
    return torch.where(x > 0, x, alpha * (torch.exp(safe) - 1))


def elu__overflow_behind_where(x, alpha=1.0):
    """expm1 is computed above 0, too: expm1(1000) is infinite, and its gradient times 0 is nan."""
    return torch.where(x > 0, x, alpha * torch.expm1(x))


def elu__alpha_ignored(x, alpha=1.0):
    """alpha scales the negative side. It must be used."""
    return torch.where(x > 0, x, torch.expm1(torch.where(x > 0, 0.0, x)))


def elu__alpha_in_float32(x, alpha=1.0):
    """A tensor that is made of a plain number is float32, and so alpha is rounded. alpha * x has
    the dtype of x."""
    return torch.where(x > 0, x, torch.tensor(alpha) * torch.expm1(x.clamp(max=0)))


def elu__alpha_everywhere(x, alpha=1.0):
    """Above 0 elu is x, whatever alpha is."""
    return alpha * torch.where(x > 0, x, torch.expm1(torch.where(x > 0, 0.0, x)))


def elu__alpha_inside(x, alpha=1.0):
    """With x / alpha in the exponent it is celu. alpha multiplies e^x - 1 and nothing else."""
    return torch.where(x > 0, x, alpha * torch.expm1(torch.where(x > 0, 0.0, x) / alpha))


def elu__alpha_in_the_exponent(x, alpha=1.0):
    """alpha multiplies e^x - 1. It does not stand in the exponent."""
    return torch.where(x > 0, x, torch.expm1(alpha * x.clamp(max=0)))


def elu__larger_of_both(x, alpha=1.0):
    """Below 0, alpha (e^x - 1) can lie under x if alpha is above 1, and then the larger one is x.
    Choose by the sign of x."""
    return torch.maximum(x, alpha * torch.expm1(x.clamp(max=0)))


def elu__one_lost(x, alpha=1.0):
    """The - 1 is missing: alpha * (e^x - 1)."""
    return torch.where(x > 0, x, alpha * torch.exp(x.clamp(max=0)))


def elu__bracket_lost(x, alpha=1.0):
    """alpha multiplies e^x - 1 as a whole: alpha * (e^x - 1)."""
    return torch.where(x > 0, x, alpha * torch.exp(torch.where(x > 0, 0.0, x)) - 1)


def elu__neither_side_at_zero(x, alpha=1.0):
    """No gradient gets through at 0: x > 0 and x < 0 both leave it out, and abs has slope 0
    there."""
    return x * (x > 0) + alpha * torch.expm1(x.clamp(max=0)) * (x < 0)


def elu__shared_at_zero(x, alpha=1.0):
    """clamp passes the whole gradient at its limit: at 0 both parts pass it, and the slope is 2."""
    return x.clamp(min=0) + alpha * torch.expm1(x.clamp(max=0))


def elu__borrowed(x, alpha=1.0):
    """torch has this function; the exercise is to write it."""
    return torch.nn.functional.elu(x, alpha)


def softmax__as_on_paper(x, dim=-1):
    """exp(1000) is infinite in float32. Subtracting the largest input first changes nothing in the
    result and keeps every exponent at or below 0."""
    z = torch.exp(x)
    return z / z.sum(dim=dim, keepdim=True)


def softmax__shifted_where_large(x, dim=-1):
    """Far below 0, all e^x are 0, and 0 / 0 is nan. Subtract the largest input wherever it lies."""
    if x.numel() and x.max() > 80:
        x = x - x.amax(dim=dim, keepdim=True)
    z = torch.exp(x)
    return z / z.sum(dim=dim, keepdim=True)


def softmax__sums_lined_up_wrongly(x, dim=-1):
    """Without keepdim the sums lose the axis that they belong to, and broadcasting lines them up
    with another one."""
    z = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return z / z.sum(dim=dim)


def softmax__over_everything(x, dim=-1):
    """The sum goes along one axis. Over everything, the rows no longer sum to 1."""
    z = torch.exp(x - x.max())
    return z / z.sum()


def softmax__largest_of_all(x, dim=-1):
    """x.max() is the largest of all: a row far below it becomes all 0, and an empty x has none.
    Take the largest of each row, along dim."""
    z = torch.exp(x - x.max())
    return z / z.sum(dim=dim, keepdim=True)


def softmax__dim_ignored(x, dim=-1):
    """-1 is the default. The axis that the caller names must be used."""
    z = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return z / z.sum(dim=-1, keepdim=True)


def softmax__first_axis(x, dim=-1):
    """dim=0 runs down the columns. By default, softmax runs along the last axis."""
    z = torch.exp(x - x.amax(dim=0, keepdim=True))
    return z / z.sum(dim=0, keepdim=True)


def softmax__logarithm(x, dim=-1):
    """x - logsumexp(x) is the logarithm of softmax. exp brings it back."""
    return x - torch.logsumexp(x, dim=dim, keepdim=True)


def softmax__borrowed(x, dim=-1):
    """torch has this function; the exercise is to write it."""
    return torch.softmax(x, dim)


def softmax__shares_of_x(x, dim=-1):
    """x / sum(x) can be negative, or divide by 0. The exponential comes first."""
    return x / x.sum(dim=dim, keepdim=True)


def softmax__divided_by_the_mean(x, dim=-1):
    """e^x is divided by its sum along dim, not by its mean: only then the results sum to 1."""
    z = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return z / z.mean(dim=dim, keepdim=True)


def softmax__sign_lost(x, dim=-1):
    """The exponent is x minus the largest. Turned around, the largest input gets the smallest
    share."""
    z = torch.exp(x.amin(dim=dim, keepdim=True) - x)
    return z / z.sum(dim=dim, keepdim=True)


def softmax__detached(x, dim=-1):
    """Only the largest may be detached. Everything else must stay connected."""
    z = torch.exp(x.detach() - x.detach().amax(dim=dim, keepdim=True))
    return z / z.sum(dim=dim, keepdim=True)


def is_linear__adding_alone(f, x1, x2, k, tol=1e-6):
    """Both laws must hold. Some functions add and do not scale."""
    return _near(f(x1 + x2), f(x1) + f(x2), tol)


def is_linear__scaling_alone(f, x1, x2, k, tol=1e-6):
    """Linear means both laws at once. Some functions keep one of them and break the other."""
    return _near(f(k * x1), k * f(x1), tol)


def is_linear__either_law(f, x1, x2, k, tol=1e-6):
    """Linear means both laws at once. Some functions keep one of them and break the other."""
    adds = _near(f(x1 + x2), f(x1) + f(x2), tol)
    return adds or _near(f(k * x1), k * f(x1), tol)


def is_linear__to_the_last_bit(f, x1, x2, k, tol=1e-6):
    """Floating point rounds, so two right ways of computing differ in the last digits. That is
    what tol is for."""
    adds = torch.equal(f(x1 + x2), f(x1) + f(x2))
    return adds and torch.equal(f(k * x1), k * f(x1))


def is_linear__absolute_tolerance(f, x1, x2, k, tol=1e-6):
    """The measure is tol times the largest entry of either side. A fixed tolerance, or each entry's
    own as in allclose, is another."""
    adds = (f(x1 + x2) - f(x1) - f(x2)).abs().max() <= tol
    return bool(adds and (f(k * x1) - k * f(x1)).abs().max() <= tol)


def is_linear__by_allclose(f, x1, x2, k, tol=1e-6):
    """The measure is tol times the largest entry of either side. A fixed tolerance, or each entry's
    own as in allclose, is another."""
    adds = torch.allclose(f(x1 + x2), f(x1) + f(x2), rtol=tol)
    return adds and torch.allclose(f(k * x1), k * f(x1), rtol=tol)


def is_linear__tolerance_ignored(f, x1, x2, k, tol=1e-6):
    """1e-6 is the default. What the caller gives must be used."""
    return _near(f(x1 + x2), f(x1) + f(x2), 1e-6) and _near(f(k * x1), k * f(x1), 1e-6)


def is_linear__still_a_tensor(f, x1, x2, k, tol=1e-6):
    """all() gives a tensor of one truth value. bool() makes a Python bool of it."""
    adds = (f(x1 + x2) - f(x1) - f(x2)).abs() <= tol * f(x1 + x2).abs().max()
    scales = (f(k * x1) - k * f(x1)).abs() <= tol * f(k * x1).abs().max()
    return adds.all() & scales.all()


def _near(left, right, tol):
    largest = torch.maximum(left.abs(), right.abs()).max()
    return bool(((left - right).abs() <= tol * largest).all())


def softmax__shift_along_the_last_axis(x, dim=-1):
    """The sum goes along dim, and the largest has to as well: only what is the same for all terms
    of a sum cancels out."""
    z = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return z / z.sum(dim=dim, keepdim=True)


def softmax__pair_from_max(x, dim=-1):
    """max(dim=...) returns two tensors: the largest values, and where they stand. amax returns the
    values alone."""
    z = torch.exp(x - x.max(dim=dim, keepdim=True))
    return z / z.sum(dim=dim, keepdim=True)


def is_linear__by_allclose_atol(f, x1, x2, k, tol=1e-6):
    """The measure is tol times the largest entry of either side. A fixed tolerance, or each entry's
    own as in allclose, is another."""
    adds = torch.allclose(f(x1 + x2), f(x1) + f(x2), atol=tol)
    return adds and torch.allclose(f(k * x1), k * f(x1), atol=tol)


def tanh__clamped_too_early(x):
    """clamp cuts off too early: e^10 is far from overflow, and tanh(5) is not yet 1. Beyond the
    clamp the slope is lost as well."""
    x = x.clamp(-5, 5)
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


def sigmoid__clamped_too_early(x):
    """clamp cuts off too early: e^20 is far from overflow, and sigmoid(15) is not yet 1 in float64.
    Beyond the clamp the slope is lost as well."""
    return 1 / (1 + torch.exp(-x.clamp(-10, 10)))


def leaky_relu__factor_in_float32(x, negative_slope=0.01):
    """A tensor that is made of plain numbers is float32, and so the slope is rounded.
    negative_slope * x has the dtype of x."""
    return x * torch.where(x > 0, 1.0, negative_slope).to(x.dtype)


def softmax__with_an_epsilon(x, dim=-1):
    """With the largest subtracted the sum is at least 1: nothing has to be added to it, and what
    is added changes the result."""
    power = (x - x.amax(dim, keepdim=True)).exp()
    return power / (power.sum(dim, keepdim=True) + 1e-6)


def is_linear__with_an_epsilon(f, x1, x2, k, tol=1e-6):
    """Where all entries are tiny, what is added to the largest of them outweighs it. tol times the
    largest needs nothing added, even where that is 0."""

    def near(left, right):
        largest = max(left.abs().max(), right.abs().max()) + 1e-8
        return bool((left - right).abs().max() / largest <= tol)

    return near(f(x1 + x2), f(x1) + f(x2)) and near(f(k * x1), k * f(x1))


def is_linear__in_float32(f, x1, x2, k, tol=1e-6):
    """float32 has about 7 digits, and tol may ask for more: compare in the dtype that f gives."""
    adds = _near(f(x1 + x2).float(), (f(x1) + f(x2)).float(), tol)
    return adds and _near(f(k * x1).float(), (k * f(x1)).float(), tol)


def is_linear__signed_difference(f, x1, x2, k, tol=1e-6):
    """A side may also be too small, and then the difference is below 0: take its abs()."""

    def near(left, right):
        return bool((left - right).max() <= tol * max(left.abs().max(), right.abs().max()))

    return near(f(x1 + x2), f(x1) + f(x2)) and near(f(k * x1), k * f(x1))


def is_linear__sum_of_differences(f, x1, x2, k, tol=1e-6):
    """A sum or a norm of all entries is another measure. The largest difference counts, by its
    abs(), and it is measured by the largest entry."""

    def near(left, right):
        return bool((left - right).sum().abs() <= tol * max(left.abs().max(), right.abs().max()))

    return near(f(x1 + x2), f(x1) + f(x2)) and near(f(k * x1), k * f(x1))


def is_linear__one_scale_for_both_laws(f, x1, x2, k, tol=1e-6):
    """Each law is measured by its own two sides: those of the other may be much larger."""
    adds, scales = (f(x1 + x2), f(x1) + f(x2)), (f(k * x1), k * f(x1))
    largest = max(side.abs().max() for side in (*adds, *scales))
    return all(bool((a - b).abs().max() <= tol * largest) for a, b in (adds, scales))


def is_linear__largest_without_abs(f, x1, x2, k, tol=1e-6):
    """The largest absolute entry may be a negative one: abs() comes before max()."""

    def near(left, right):
        return bool((left - right).abs().max() <= tol * max(left.max(), right.max()))

    return near(f(x1 + x2), f(x1) + f(x2)) and near(f(k * x1), k * f(x1))


def is_linear__through_the_origin(f, x1, x2, k, tol=1e-6):
    """f(0) = 0 holds for x * x as well, which is not linear. Check both laws at the points that are
    given."""
    return bool(f(0 * x1).abs().max() <= tol)


def is_linear__in_one_go(f, x1, x2, k, tol=1e-6):
    """f(k x1 + x2) = k f(x1) + f(x2) is one equation, and it may hold where a law does not: for
    k = 0 it always does. Check both laws."""
    return _near(f(k * x1 + x2), k * f(x1) + f(x2), tol)


def is_linear__adds_in_place(f, x1, x2, k, tol=1e-6):
    """+= changes what f gave, and that may be x1 itself. f(x1) + f(x2) is a new tensor."""
    together, scaled = f(x1 + x2), f(k * x1)
    right = k * f(x1)
    total = f(x1)
    total += f(x2)
    return _near(together, total, tol) and _near(scaled, right, tol)
