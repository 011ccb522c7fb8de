"""Known wrong answers to the exercises of `gradients`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import numpy as np
import torch


def derivative__forward(f, x, h=1e-6):
    """The forward difference is off by about h. The central one, with a step to either side, is
    off by about h * h."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    return (f(x + h) - f(x)) / h


def derivative__half_the_distance(f, x, h=1e-6):
    """x + h and x - h are 2 h apart."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    return (f(x + h) - f(x - h)) / h


def derivative__brackets_lost(f, x, h=1e-6):
    """/ and * are worked out from left to right: a / 2 * h multiplies by h."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    return (f(x + h) - f(x - h)) / 2 * h


def derivative__backwards(f, x, h=1e-6):
    """f(x - h) is taken from f(x + h), not the other way round."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    return (f(x - h) - f(x + h)) / (2 * h)


def derivative__mean_of_two_sides(f, x, h=1e-6):
    """The mean of forward and backward is the central difference, but f(x) cancels in it: two
    calls are enough."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    return ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h) / 2


def derivative__step_ignored(f, x, h=1e-6):
    """1e-6 is the default. The step that the caller gives must be used."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    return (f(x + 1e-6) - f(x - 1e-6)) / 2e-6


def derivative__no_check(f, x, h=1e-6):
    """Look at h first, and raise ValueError if it is 0 or negative: no other step may stand in for
    it, and a negative one gives the right slope by luck."""
    return (f(x + h) - f(x - h)) / (2 * h)


def derivative__zero_allowed(f, x, h=1e-6):
    """0 is no step either: the condition is h <= 0."""
    if h < 0:
        raise ValueError(f"h must not be negative, got {h}")
    return (f(x + h) - f(x - h)) / (2 * h)


def derivative__rounded(f, x, h=1e-6):
    """round() is there to print few digits in the example. Return the slope with all that it
    has."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    return round((f(x + h) - f(x - h)) / (2 * h), 6)


def derivative__tiny_refused(f, x, h=1e-6):
    """Every h above 0 is a step, however small it is."""
    if h < 1e-6:
        raise ValueError(f"h is too small: {h}")
    return (f(x + h) - f(x - h)) / (2 * h)


def derivative__as_tensor(f, x, h=1e-6):
    """f takes and returns plain floats. A float32 tensor has too few digits for a step of 1e-6."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    x = torch.tensor(x)
    return (f(x + h) - f(x - h)) / (2 * h)


def derivative__values_in_float32(f, x, h=1e-6):
    """f takes and returns plain floats. A float32 tensor has too few digits for a step of 1e-6."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    above, below = torch.tensor([f(x + h), f(x - h)])
    return ((above - below) / (2 * h)).item()


def derivative__smallest_step(f, x, h=1e-6):
    """The step is h, however small it is: the caller knows why."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    h = max(h, 1e-8)
    return (f(x + h) - f(x - h)) / (2 * h)


def derivative__by_autograd(f, x, h=1e-6):
    """f is not made of tensors, so autograd cannot look inside. Only calls of f tell its slope."""
    if h <= 0:
        raise ValueError(f"h must be positive, got {h}")
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    return x.grad.item()


def gradient__forward(f, x, h=1e-6):
    """The forward difference is off by about h. Each element is needed at x + h and at x - h."""
    point = x.detach().double().flatten()
    start, slopes = float(f(point.reshape(x.shape))), torch.zeros_like(point)
    for i in range(point.numel()):
        step = torch.zeros_like(point)
        step[i] = h
        slopes[i] = (float(f((point + step).reshape(x.shape))) - start) / h
    return slopes.reshape(x.shape)


def gradient__all_at_once(f, x, h=1e-6):
    """If all elements move together, only the sum of their slopes is seen. One moves at a time."""
    point = x.detach().double()
    slope = (float(f(point + h)) - float(f(point - h))) / (2 * h)
    return torch.full_like(point, slope)


def gradient__in_float32(f, x, h=1e-6):
    """In float32, a step of 1e-6 drowns in rounding. Convert to float64 before the first step."""
    slopes = torch.zeros_like(x)
    for i in range(x.numel()):
        step = torch.zeros_like(x).flatten()
        step[i] = h
        step = step.reshape(x.shape)
        slopes.view(-1)[i] = (float(f(x + step)) - float(f(x - step))) / (2 * h)
    return slopes


def gradient__steps_in_float32(f, x, h=1e-6):
    """In float32, a step of 1e-6 drowns in rounding. Convert to float64 before the first step."""
    slopes = torch.zeros(x.shape, dtype=torch.float64)
    for place in np.ndindex(*x.shape):
        up, down = x.clone(), x.clone()
        up[place] += h
        down[place] -= h
        slopes[place] = (float(f(up.double())) - float(f(down.double()))) / (2 * h)
    return slopes


def gradient__converted_back(f, x, h=1e-6):
    """The result is float64 whatever the dtype of x."""
    return _stepwise(f, x.detach().double(), h).to(x.dtype)


def gradient__moves_x_itself(f, x, h=1e-6):
    """double() of a float64 tensor is the tensor itself, and so the caller's x moves. clone()
    makes a copy."""
    point = x.detach().double()
    slopes = torch.zeros(x.shape, dtype=torch.float64)
    for i in range(point.numel()):
        point.view(-1)[i] += h
        above = float(f(point))
        point.view(-1)[i] -= 2 * h
        slopes.view(-1)[i] = (above - float(f(point))) / (2 * h)
    return slopes


def gradient__never_put_back(f, x, h=1e-6):
    """Each element must be back in its place before the next one moves."""
    point = x.detach().double().clone().flatten()
    slopes = torch.zeros_like(point)
    for i in range(point.numel()):
        point[i] += h
        above = float(f(point.reshape(x.shape)))
        point[i] -= 2 * h
        below = float(f(point.reshape(x.shape)))
        slopes[i] = (above - below) / (2 * h)
    return slopes.reshape(x.shape)


def gradient__one_axis_only(f, x, h=1e-6):
    """x may have any shape, also none: range(len(x)) walks along the first axis alone."""
    point = x.detach().double()
    slopes = torch.zeros_like(point)
    for i in range(len(point)):
        step = torch.zeros_like(point)
        step[i] = h
        slopes[i] = (float(f(point + step)) - float(f(point - step))) / (2 * h)
    return slopes


def gradient__still_flat(f, x, h=1e-6):
    """The result has the shape of x. The flat list of slopes must be brought back to it."""
    return _stepwise(f, x.detach().double(), h).flatten()


def gradient__flat_points(f, x, h=1e-6):
    """f wants to see its x in its own shape, not flattened."""
    point = x.detach().double().flatten()
    slopes = [
        (float(f(point + step)) - float(f(point - step))) / (2 * h)
        for step in h * torch.eye(point.numel(), dtype=torch.float64)
    ]
    return torch.tensor(slopes, dtype=torch.float64).reshape(x.shape)


def gradient__by_autograd(f, x, h=1e-6):
    """f runs elsewhere, where autograd cannot follow. Only its values tell the slopes."""
    point = x.detach().double().requires_grad_()
    f(point).backward()
    return point.grad


def gradient__half_the_distance(f, x, h=1e-6):
    """x + h and x - h are 2 h apart."""
    return 2 * _stepwise(f, x.detach().double(), h)


def gradient__values_in_float32(f, x, h=1e-6):
    """torch.tensor(f(x)) is float32, so two values that differ in their last digits become one.
    float(f(x)) keeps them all."""
    pairs = _pairs(f, x.double(), h)
    pairs = [(torch.tensor(float(a)), torch.tensor(float(b))) for a, b in pairs]
    slopes = [((a - b) / (2 * h)).double() for a, b in pairs]
    return torch.stack(slopes).reshape(x.shape)


def gradient__zeros_left_out(f, x, h=1e-6):
    """x.nonzero() leaves out the elements that are 0, and they have a slope as well."""
    point = x.detach().double()
    slopes = torch.zeros_like(point)
    for place in point.nonzero():
        step = torch.zeros_like(point)
        step[tuple(place)] = h
        slopes[tuple(place)] = (float(f(point + step)) - float(f(point - step))) / (2 * h)
    return slopes


def jacobian__transposed(f, x, h=1e-6):
    """One step changes one input and all outputs: that is a column. stack puts them as rows
    unless dim=1 is said."""
    return torch.stack(_differences(f, x, h), dim=0)


def jacobian__one_output_at_a_time(f, x, h=1e-6):
    """One pair of calls for each entry of x tells the slopes of all outputs, and how many there
    are: 2n calls are enough."""
    m = len(f(x.double()))
    return torch.stack([gradient(lambda y, i=i: f(y)[i], x, h) for i in range(m)])


def jacobian__outputs_counted_first(f, x, h=1e-6):
    """One pair of calls for each entry of x tells the slopes of all outputs, and how many there
    are: 2n calls are enough."""
    m = len(f(x.double()))
    matrix = torch.zeros(m, len(x), dtype=torch.float64)
    for j, column in enumerate(_differences(f, x, h)):
        matrix[:, j] = column
    return matrix


def jacobian__forward(f, x, h=1e-6):
    """The forward difference is off by about h. Each x[j] is needed at x + h and at x - h."""
    point = x.detach().double()
    start = f(point)
    steps = h * torch.eye(len(x), dtype=torch.float64)
    return torch.stack([(f(point + step) - start) / h for step in steps], dim=1)


def jacobian__square_only(f, x, h=1e-6):
    """There may be more outputs than inputs, or fewer: the matrix is (m, n), not (n, n)."""
    matrix = torch.zeros(len(x), len(x), dtype=torch.float64)
    for j, column in enumerate(_differences(f, x, h)):
        matrix[:, j] = column
    return matrix


def jacobian__squeezed(f, x, h=1e-6):
    """A Jacobian has two axes, even where one of them is 1."""
    return torch.stack(_differences(f, x, h), dim=1).squeeze()


def jacobian__outputs_added_up(f, x, h=1e-6):
    """Added up, the outputs give one gradient. The Jacobian keeps a row for each."""
    return gradient(lambda y: f(y).sum(), x, h)


def jacobian__in_float32(f, x, h=1e-6):
    """In float32, a step of 1e-6 drowns in rounding. Convert to float64 before the first step."""
    columns = []
    for j in range(len(x)):
        step = torch.zeros_like(x)
        step[j] = h
        columns.append((f(x + step) - f(x - step)) / (2 * h))
    return torch.stack(columns, dim=1).double()


def jacobian__steps_in_float32(f, x, h=1e-6):
    """In float32, a step of 1e-6 drowns in rounding. Convert to float64 before the first step."""
    columns = []
    for j in range(len(x)):
        step = torch.zeros_like(x)
        step[j] = h
        columns.append((f((x + step).double()) - f((x - step).double())) / (2 * h))
    return torch.stack(columns, dim=1)


def gradient_check__in_float32(f, grad_f, x, h=1e-6, tol=1e-6):
    """tol may be tiny, and then tiny differences count. Compare in float64, and round nothing."""
    a, n = grad_f(x).float(), gradient(f, x, h).float()
    return bool(((a - n).abs() / torch.maximum(a.abs(), n.abs()).clamp(min=1) <= tol).all())


def gradient_check__without_abs(f, grad_f, x, h=1e-6, tol=1e-6):
    """A gradient that is far too small has a difference far below 0, and that is no success. The
    size of the difference counts: abs."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool(((a - n) / torch.maximum(a.abs(), n.abs()).clamp(min=1) <= tol).all())


def gradient_check__scale_without_abs(f, grad_f, x, h=1e-6, tol=1e-6):
    """A large negative entry is large as well. abs belongs around a and n in the maximum, too."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool(((a - n).abs() / torch.maximum(a, n).clamp(min=1) <= tol).all())


def gradient_check__nan_replaced(f, grad_f, x, h=1e-6, tol=1e-6):
    """nan_to_num makes 0 of a NaN, and 0 may be near enough. A NaN is to be noticed, not
    replaced."""
    a, n = grad_f(x).double().nan_to_num(), gradient(f, x, h).nan_to_num()
    return bool(((a - n).abs() / torch.maximum(a.abs(), n.abs()).clamp(min=1) <= tol).all())


def gradient_check__sizes_compared(f, grad_f, x, h=1e-6, tol=1e-6):
    """A gradient with the wrong sign has the right size. abs belongs around the difference."""
    a, n = grad_f(x).double().abs(), gradient(f, x, h).abs()
    return bool(((a - n).abs() / torch.maximum(a, n).clamp(min=1) <= tol).all())


def gradient_check__mean_error(f, grad_f, x, h=1e-6, tol=1e-6):
    """One wrong element is enough. Measured together with right ones, or left out, it passes. The
    largest error decides."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool(((a - n).abs() / torch.maximum(a.abs(), n.abs()).clamp(min=1)).mean() <= tol)


def gradient_check__difference_alone(f, grad_f, x, h=1e-6, tol=1e-6):
    """Large entries have large rounding errors, so they are compared by ratio."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool(((a - n).abs() <= tol).all())


def gradient_check__ratio_alone(f, grad_f, x, h=1e-6, tol=1e-6):
    """Beside an entry near 0 any rounding error looks large, so small ones are compared by
    difference."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool(((a - n).abs() / torch.maximum(a.abs(), n.abs()) <= tol).all())


def gradient_check__added_up(f, grad_f, x, h=1e-6, tol=1e-6):
    """Many small errors add up to a large one, and each is small all the same. The largest error
    decides."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool(((a - n).abs() / torch.maximum(a.abs(), n.abs()).clamp(min=1)).sum() <= tol)


def gradient_check__one_scale_for_all(f, grad_f, x, h=1e-6, tol=1e-6):
    """Measured by the largest entry of all, a small one may be wrong altogether. Each entry has
    its own scale."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    scale = max(1, float(a.abs().max()), float(n.abs().max()))
    return bool(((a - n).abs().max() / scale) <= tol)


def gradient_check__nan_passes(f, grad_f, x, h=1e-6, tol=1e-6):
    """Every comparison with nan is False, so no error is found to be too large. Ask instead
    whether all are small enough."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    errors = (a - n).abs() / torch.maximum(a.abs(), n.abs()).clamp(min=1)
    return not bool((errors > tol).any())


def gradient_check__step_not_passed_on(f, grad_f, x, h=1e-6, tol=1e-6):
    """h is the step of the gradient. It has to be handed on."""
    a, n = grad_f(x).double(), gradient(f, x)
    return bool(((a - n).abs() / torch.maximum(a.abs(), n.abs()).clamp(min=1) <= tol).all())


def gradient_check__by_allclose(f, grad_f, x, h=1e-6, tol=1e-6):
    """The measure is abs(a - n) / max(1, abs(a), abs(n)), for each element. allclose and others
    draw the line elsewhere."""
    return torch.allclose(grad_f(x).double(), gradient(f, x, h), rtol=tol, atol=tol)


def gradient_check__still_a_tensor(f, grad_f, x, h=1e-6, tol=1e-6):
    """all() gives a tensor of one truth value. bool() makes a Python bool of it."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    return ((a - n).abs() / torch.maximum(a.abs(), n.abs()).clamp(min=1) <= tol).all()


def descend__uphill(f, x0, lr, steps, h=1e-6):
    """The gradient points uphill. It is subtracted."""
    return _walk(f, x0, lr, steps, h, sign=1)


def descend__step_not_passed_on(f, x0, lr, steps, h=1e-6):
    """h is the step of the gradient. It has to be handed on."""
    return _walk(f, x0, lr, steps, 1e-6)


def descend__start_not_noted(f, x0, lr, steps, h=1e-6):
    """The history begins before the first step: steps + 1 values."""
    x, history = _walk(f, x0, lr, steps, h)
    return x, history[1:]


def descend__end_not_noted(f, x0, lr, steps, h=1e-6):
    """The history goes on until after the last step: steps + 1 values."""
    x, history = _walk(f, x0, lr, steps, h)
    return x, history[: max(steps, 0)]


def descend__history_of_tensors(f, x0, lr, steps, h=1e-6):
    """f may return a tensor of one entry. float() makes the number of it."""
    _check(lr, steps)
    x = x0.double()
    history = [f(x)]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)
        history.append(f(x))
    return x.to(x0.dtype), history


def descend__x0_moved(f, x0, lr, steps, h=1e-6):
    """double() of a float64 tensor is the tensor itself, so -= moves the caller's x0. clone()
    makes a copy."""
    _check(lr, steps)
    x = x0.double()
    history = [float(f(x))]
    for _ in range(steps):
        x -= lr * gradient(f, x, h)
        history.append(float(f(x)))
    return x.to(x0.dtype), history


def descend__left_in_float64(f, x0, lr, steps, h=1e-6):
    """The caller gets back what it gave: x in the dtype of x0."""
    return _walk(f, x0.double(), lr, steps, h)


def descend__without_history(f, x0, lr, steps, h=1e-6):
    """Two things are returned: x, and the list of heights on the way."""
    return _walk(f, x0, lr, steps, h)[0]


def descend__gradient_of_the_start(f, x0, lr, steps, h=1e-6):
    """The slope changes on the way. It has to be measured anew in each step."""
    _check(lr, steps)
    x = x0.double()
    slope, history = gradient(f, x, h), [float(f(x))]
    for _ in range(steps):
        x = x - lr * slope
        history.append(float(f(x)))
    return x.to(x0.dtype), history


def descend__no_check(f, x0, lr, steps, h=1e-6):
    """With lr = 0 nothing moves, a negative lr walks uphill, and range(-3) is simply empty. Refuse
    them all first."""
    x = x0.double()
    history = [float(f(x))]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)
        history.append(float(f(x)))
    return x.to(x0.dtype), history


def gradient__brackets_lost(f, x, h=1e-6):
    """/ and * are worked out from left to right: a / 2 * h multiplies by h."""
    return torch.stack([(a - b) / 2 * h for a, b in _pairs(f, x.double().clone(), h)]).reshape(
        x.shape
    )


def gradient__half_steps(f, x, h=1e-6):
    """The step to each side is h, so that the two points are 2 h apart."""
    pairs = _pairs(f, x.double().clone(), h / 2)
    return torch.stack([(a - b) / h for a, b in pairs]).reshape(x.shape)


def gradient__collected_in_float32(f, x, h=1e-6):
    """torch.zeros makes float32, and what is written into it is rounded. The result is float64."""
    result = torch.zeros(x.shape)
    for i, (a, b) in enumerate(_pairs(f, x.double().clone(), h)):
        result.view(-1)[i] = (a - b) / (2 * h)
    return result


def jacobian__brackets_lost(f, x, h=1e-6):
    """/ and * are worked out from left to right: a / 2 * h multiplies by h."""
    pairs = _pairs(f, x.double().clone(), h)
    return torch.stack([(a - b) / 2 * h for a, b in pairs], dim=1)


def gradient_check__in_the_gradient(f, grad_f, x, h=1e-6, tol=1e-6):
    """-= changes what grad_f gave, and that may be x itself. a - n is a new tensor."""
    a, n = grad_f(x), gradient(f, x, h)
    size = torch.stack([torch.ones_like(n), a.abs().double(), n.abs()]).amax(0)
    a -= n
    return bool((a.abs() / size <= tol).all())


def descend__no_step_refused(f, x0, lr, steps, h=1e-6):
    """steps = 0 is allowed: x stays where it is, and the history holds one number."""
    if steps == 0:
        raise ValueError(f"steps must be positive, got {steps}")
    return _walk(f, x0, lr, steps, h)


def descend__one_sided(f, x0, lr, steps, h=1e-6):
    """(f(x + h) - f(x)) / h is off by about h. gradient(f, x, h) takes a step to either side."""
    _check(lr, steps)
    x = x0.detach().double()
    history = [float(f(x))]
    for _ in range(steps):
        slope = torch.zeros_like(x)
        for place in np.ndindex(*x.shape):
            up = x.clone()
            up[place] += h
            slope[place] = (float(f(up)) - history[-1]) / h
        x = x - lr * slope
        history.append(float(f(x)))
    return x.to(x0.dtype), history


def jacobian__all_points_at_once(f, x, h=1e-6):
    """f takes one x at a time, of shape (n,), not a matrix with a row for each."""
    point, steps = x.double(), h * torch.eye(len(x), dtype=torch.float64)
    return ((f(point + steps) - f(point - steps)) / (2 * h)).T


def descend__one_after_the_other(f, x0, lr, steps, h=1e-6):
    """All elements move at once, by the gradient at one and the same x. Here each sees where those
    before it have gone already."""
    _check(lr, steps)
    x = x0.detach().double()
    history = [float(f(x))]
    for _ in range(steps):
        for i in range(x.numel()):
            alone = torch.zeros(x.numel(), dtype=x.dtype)
            alone[i] = lr
            x = x - alone.reshape(x.shape) * gradient(f, x, h)
        history.append(float(f(x)))
    return x.to(x0.dtype), history


def descend__stops_early(f, x0, lr, steps, h=1e-6):
    """All steps are taken, even where nothing changes any more: the history has a number for
    each."""
    _check(lr, steps)
    x = x0.double().clone()
    history = [float(f(x))]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)
        history.append(float(f(x)))
        if abs(history[-2] - history[-1]) < 1e-9:
            break
    return x.to(x0.dtype), history


def descend__history_of_points(f, x0, lr, steps, h=1e-6):
    """The history tells how high each place is, f(x), not where it is."""
    _check(lr, steps)
    x = x0.double().clone()
    history = [x]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)
        history.append(x)
    return x.to(x0.dtype), history


def descend__walks_in_float32(f, x0, lr, steps, h=1e-6):
    """Each step is rounded to float32 here. Walk in float64, and convert once, at the end."""
    _check(lr, steps)
    x = x0.float()
    history = [float(f(x.double()))]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h).float()
        history.append(float(f(x.double())))
    return x.to(x0.dtype), history


def _pairs(f, x, h):
    """f above and below, one element of x after the other."""
    for i in range(x.numel()):
        step = torch.zeros_like(x)
        step.view(-1)[i] = h
        yield torch.as_tensor(f(x + step)), torch.as_tensor(f(x - step))


def gradient_check__any_element(f, grad_f, x, h=1e-6, tol=1e-6):
    """any() is content with one good element. all() asks every one."""
    a, n = grad_f(x).double(), gradient(f, x, h)
    size = torch.stack([torch.ones_like(n), a.abs(), n.abs()]).amax(0)
    return bool(((a - n).abs() / size <= tol).any())


def gradient__one_tensor_twice(f, x, h=1e-6):
    """`minus = plus` gives one tensor a second name, so that both move. clone() makes another."""
    x = x.double()
    result = torch.zeros_like(x)
    for i in range(x.numel()):
        plus = x.clone()
        minus = plus
        plus.view(-1)[i] += h
        minus.view(-1)[i] -= h
        result.view(-1)[i] = (f(plus) - f(minus)) / (2 * h)
    return result


def _stepwise(f, point, h):
    slopes = torch.zeros(point.numel(), dtype=torch.float64)
    for i in range(point.numel()):
        step = torch.zeros(point.numel(), dtype=torch.float64)
        step[i] = h
        step = step.reshape(point.shape)
        slopes[i] = (float(f(point + step)) - float(f(point - step))) / (2 * h)
    return slopes.reshape(point.shape)


def _differences(f, x, h):
    point = x.detach().double()
    steps = h * torch.eye(len(x), dtype=torch.float64)
    return [(f(point + step) - f(point - step)) / (2 * h) for step in steps]


def _check(lr, steps):
    if lr <= 0 or steps < 0:
        raise ValueError(f"lr must be positive and steps not negative, got {lr} and {steps}")


def _walk(f, x0, lr, steps, h, sign=-1):
    _check(lr, steps)
    x = x0.detach().double()
    history = [float(f(x))]
    for _ in range(steps):
        x = x + sign * lr * gradient(f, x, h)
        history.append(float(f(x)))
    return x.to(x0.dtype), history
