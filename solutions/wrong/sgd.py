"""Known wrong answers to the exercises of `sgd`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import torch


def _start(x, dtype=None):
    """w and b as leaves full of zeros."""
    dtype = x.dtype if dtype is None else dtype
    w = torch.zeros(x.shape[1], 1, dtype=dtype, device=x.device, requires_grad=True)
    b = torch.zeros(1, dtype=dtype, device=x.device, requires_grad=True)
    return w, b


def _step(x, y, w, b, lr):
    """One right step; the loss before it."""
    loss = mse(predict(x, w, b), y)
    loss.backward()
    sgd_step_([w, b], lr)
    zero_grads_([w, b])
    return loss.item()


def _epochs(x, y, lr, batch_size, orders):
    """Right training, over the given orders of the rows."""
    w, b = _start(x)
    losses = []
    for order in orders:
        batch = [_step(x[rows], y[rows], w, b, lr) for rows in order.split(batch_size)]
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def predict__bias_forgotten(x, w, b):
    """Without b, every line would go through 0. b is added to each row."""
    return x @ w


def predict__sum_forgotten(x, w, b):
    """Multiplying entry by entry is half of a matrix product: the products of a row still have to
    be added up."""
    return x * w.T + b


def predict__flattened(x, w, b):
    """A column (N, 1) stays a column, so that it can be compared with y."""
    return (x @ w + b).squeeze(1)


def predict__bias_inside(x, w, b):
    """b is added once to each row, after the product, not to each weight."""
    return x @ (w + b)


def predict__as_a_row(x, w, b):
    """w.T @ x.T is the transpose of x @ w: a row where a column is wanted."""
    return w.T @ x.T + b


def predict__weight_first(x, w, b):
    """x comes first: x @ w adds up the products of each row of x, and w.T @ x those of each
    column."""
    return w.T @ x + b


def predict__detached(x, w, b):
    """detach() cuts the graph, so that w and b would never learn."""
    return (x @ w + b).detach()


def predict__rebuilt(x, w, b):
    """A tensor made of plain numbers has no graph, and the dtype that torch chooses."""
    return torch.tensor((x @ w + b).tolist())


def mse__sum(y_pred, y_true):
    """The mean is the sum divided by the number of errors."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).sum()


def mse__root(y_pred, y_true):
    """The square root of it is another measure, the root mean squared error."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).mean().sqrt()


def mse__half(y_pred, y_true):
    """Some books divide by 2 to make the slope simpler. The mean squared error does not."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).mean() / 2


def mse__absolute(y_pred, y_true):
    """The errors are squared; their absolute values make the mean absolute error."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return (y_pred - y_true).abs().mean()


def mse__mean_first(y_pred, y_true):
    """Each error is squared before the mean. In the mean of the errors, those above and below
    cancel."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return (y_pred - y_true).mean() ** 2


def mse__one_axis(y_pred, y_true):
    """mean(dim=0) keeps the second axis. mean() over all entries is 0-dim."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).mean(dim=0)


def mse__plain_number(y_pred, y_true):
    """A Python number has no graph: keep the 0-dim tensor, so that backward can be called."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).mean().item()


def mse__unchecked(y_pred, y_true):
    """Shapes that differ may broadcast: (N, 1) minus (N,) is (N, N). Nobody warns, so they have to
    be compared first."""
    return ((y_pred - y_true) ** 2).mean()


def mse__lengths_only(y_pred, y_true):
    """(N, 1) and (N,) have the same length. The whole shapes have to be compared."""
    if len(y_pred) != len(y_true):
        raise ValueError(f"lengths {len(y_pred)} and {len(y_true)}")
    return ((y_pred - y_true) ** 2).mean()


def mse__reshaped(y_pred, y_true):
    """Reshaping hides the mistake of the caller. A ValueError shows it."""
    return ((y_pred - y_true.reshape(y_pred.shape)) ** 2).mean()


def mse__asserted(y_pred, y_true):
    """assert raises an AssertionError. Arguments that are wrong call for a ValueError."""
    assert y_pred.shape == y_true.shape, f"{tuple(y_pred.shape)} and {tuple(y_true.shape)}"
    return ((y_pred - y_true) ** 2).mean()


def mse__silent_error(y_pred, y_true):
    """An error that names the shapes saves the reader a search."""
    if y_pred.shape != y_true.shape:
        raise ValueError("the shapes differ")
    return ((y_pred - y_true) ** 2).mean()


def mse__borrowed(y_pred, y_true):
    """torch.nn has this function; the exercise is to write it."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return torch.nn.functional.mse_loss(y_pred, y_true)


def mse_gradients__two_forgotten(x, y, w, b):
    """The slope of a square e * e is 2 e."""
    error = x @ w + b - y
    return x.T @ error / len(x), error.mean(dim=0)


def mse_gradients__sum(x, y, w, b):
    """The loss is a mean, so its slopes are divided by the number of rows as well."""
    error = x @ w + b - y
    return 2 * x.T @ error, 2 * error.sum(dim=0)


def mse_gradients__downhill(x, y, w, b):
    """The gradient points uphill: the error is prediction - y. The step turns it round, later."""
    error = y - (x @ w + b)
    return 2 * x.T @ error / len(x), 2 * error.mean(dim=0)


def mse_gradients__bias_per_row(x, y, w, b):
    """b is used in every row, so its slope is the sum over the rows."""
    error = x @ w + b - y
    return 2 * x.T @ error / len(x), 2 * error / len(x)


def mse_gradients__bias_without_axis(x, y, w, b):
    """A slope has the shape of what it belongs to: b is (1,), and so is db."""
    error = x @ w + b - y
    return 2 * x.T @ error / len(x), 2 * error.mean()


def mse_gradients__weight_as_a_row(x, y, w, b):
    """error.T @ x is the transpose of x.T @ error; dw is a column, as w is."""
    error = x @ w + b - y
    return 2 * error.T @ x / len(x), 2 * error.mean(dim=0)


def mse_gradients__one_for_all(x, y, w, b):
    """Each feature has a slope of its own: the mean goes over the rows alone, dim=0. mean() without
    it makes one number of all features."""
    error = x @ w + b - y
    return (2 * error * x).mean().expand_as(w), 2 * error.mean(dim=0)


def mse_gradients__one_number(x, y, w, b):
    """Each feature has a slope of its own: the mean goes over the rows alone, dim=0. mean() without
    it makes one number of all features."""
    error = x @ w + b - y
    return (2 * error * x).mean(), 2 * error.mean()


def mse_gradients__swapped(x, y, w, b):
    """dw comes first, then db."""
    error = x @ w + b - y
    return 2 * error.mean(dim=0), 2 * x.T @ error / len(x)


def mse_gradients__divided_by_features(x, y, w, b):
    """The mean goes over the rows of x. The number of its features has no part in it."""
    error = x @ w + b - y
    return 2 * x.T @ error / x.numel(), 2 * error.mean(dim=0)


def mse_gradients__bias_left_out(x, y, w, b):
    """b is part of the prediction, and so of the error."""
    error = x @ w - y
    return 2 * x.T @ error / len(x), 2 * error.mean(dim=0)


def mse_gradients__by_autograd(x, y, w, b):
    """Here the slopes are to be derived by hand. backward() is what they are checked against."""
    w, b = (t.clone().requires_grad_() for t in (w, b))
    mse(predict(x, w, b), y).backward()
    return w.grad, b.grad


def sgd_step___new_tensor(params, lr):
    """`p = p - ...` gives the name p to a new tensor. The old one, which the caller holds, stays
    as it was."""
    for p in params:
        if p.grad is not None:
            p = p - lr * p.grad


def sgd_step___recorded(params, lr):
    """Autograd does not let a leaf be changed while it records. The step belongs under
    torch.no_grad()."""
    for p in params:
        if p.grad is not None:
            p -= lr * p.grad


def sgd_step___new_data(params, lr):
    """`p.data = ...` moves p to new memory. `-=` changes the numbers where they are."""
    for p in params:
        if p.grad is not None:
            p.data = p.data - lr * p.grad


def sgd_step___uphill(params, lr):
    """The gradient points uphill; a step down subtracts it."""
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p += lr * p.grad


def sgd_step___rate_forgotten(params, lr):
    """lr says how long the step is: the gradient is multiplied by it."""
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= p.grad


def sgd_step___stops_at_none(params, lr):
    """return leaves the whole function. The parameters after this one are still waiting."""
    with torch.no_grad():
        for p in params:
            if p.grad is None:
                return
            p -= lr * p.grad


def sgd_step___asks_the_first(params, lr):
    """Each p is asked for itself whether it has a gradient: the first may have none, and the others
    one."""
    params = list(params)
    if params and params[0].grad is None:
        return
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad


def sgd_step___none_forgotten(params, lr):
    """A parameter that took no part in the loss has no gradient: None, which cannot be
    multiplied."""
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad


def sgd_step___clears(params, lr):
    """Clearing the gradients is a task of its own, for zero_grads_."""
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None


def sgd_step___scales_the_gradient(params, lr):
    """`p.grad *= lr` and p.grad.mul_(lr) change p.grad itself. `lr * p.grad` is a new tensor and
    leaves it alone."""
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p.grad *= lr
                p -= p.grad


def sgd_step___clips(params, lr):
    """The gradients are taken as they are, and stay so: nothing is to be clipped here."""
    params = [p for p in params if p.grad is not None]
    torch.nn.utils.clip_grad_norm_(params, 100.0)
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad


def sgd_step___returns(params, lr):
    """A function that works in place, with _ at the end of its name, has nothing to return
    here."""
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
    return params


def sgd_step___no_longer_a_leaf(params, lr):
    """requires_grad = False silences autograd for good: p would never learn again.
    torch.no_grad() does so only inside its block."""
    for p in params:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad


def zero_grads___name_only(params):
    """p.grad is as it was: `grad = None` moves a name, and grad * 0 is a new tensor. p.grad = None
    or p.grad.zero_() reaches it."""
    for p in params:
        grad = p.grad
        grad = None  # noqa: F841


def zero_grads___parameters_too(params):
    """p.zero_() forgets what p has learned. Only p.grad is to be cleared."""
    with torch.no_grad():
        for p in params:
            p.zero_()
            p.grad = None


def zero_grads___parameters_instead(params):
    """p holds the weights, p.grad their gradients. It is the gradients that are cleared."""
    for p in params:
        p.data.zero_()


def zero_grads___new_tensor(params):
    """p.grad is as it was: `grad = None` moves a name, and grad * 0 is a new tensor. p.grad = None
    or p.grad.zero_() reaches it."""
    for p in params:
        if p.grad is not None:
            p.grad * 0


def zero_grads___first_only(params):
    """return inside the loop ends it in the first round."""
    for p in params:
        p.grad = None
        return None


def zero_grads___stops_at_none(params):
    """A parameter without a gradient is passed over; the ones after it are not."""
    for p in params:
        if p.grad is None:
            break
        p.grad.zero_()


def zero_grads___asks_the_first(params):
    """Each p is asked for itself whether it has a gradient: the first may have none, and the others
    one."""
    params = list(params)
    if params and params[0].grad is not None:
        for p in params:
            p.grad = None


def zero_grads___frozen(params):
    """requires_grad = False ends all learning: p never gets a gradient again. Only p.grad is
    cleared."""
    for p in params:
        p.requires_grad_(False)
        p.grad = None


def zero_grads___none_forgotten(params):
    """Before the first backward, p.grad is None, and None has no zero_(). Skip such a p."""
    for p in params:
        p.grad.zero_()


def zero_grads___returns(params):
    """A function that works in place, with _ at the end of its name, has nothing to return
    here."""
    for p in params:
        p.grad = None
    return params


def fit__gradients_kept(x, y, lr=0.1, steps=1000):
    """backward adds to the gradients that are there. They are cleared in every step."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        sgd_step_([w, b], lr)
    return w.detach(), b.detach(), losses


def fit__cleared_too_early(x, y, lr=0.1, steps=1000):
    """Gradients that are cleared between backward and the step are gone before they are used."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        zero_grads_([w, b])
        sgd_step_([w, b], lr)
    return w.detach(), b.detach(), losses


def fit__loss_after_the_step(x, y, lr=0.1, steps=1000):
    """The first loss is the one at w = 0 and b = 0: it is noted before the step."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        _step(x, y, w, b, lr)
        losses.append(mse(predict(x, w, b), y).item())
    return w.detach(), b.detach(), losses


def fit__w_before_b(x, y, lr=0.1, steps=1000):
    """w and b take their steps together: both slopes are worked out before either moves. Here the
    second is that at a place where the first has moved already."""
    w, b = (t.detach() for t in _start(x))
    losses = []
    for _ in range(steps):
        losses.append(mse(predict(x, w, b), y).item())
        w = w - lr * mse_gradients(x, y, w, b)[0]
        b = b - lr * mse_gradients(x, y, w, b)[1]
    return w, b, losses


def fit__b_before_w(x, y, lr=0.1, steps=1000):
    """w and b take their steps together: both slopes are worked out before either moves. Here the
    second is that at a place where the first has moved already."""
    w, b = (t.detach() for t in _start(x))
    losses = []
    for _ in range(steps):
        losses.append(mse(predict(x, w, b), y).item())
        b = b - lr * mse_gradients(x, y, w, b)[1]
        w = w - lr * mse_gradients(x, y, w, b)[0]
    return w, b, losses


def fit__keeps_the_best(x, y, lr=0.1, steps=1000):
    """w and b are those after the last step, whatever the losses were."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        before = w.detach().clone(), b.detach().clone()
        losses.append(_step(x, y, w, b, lr))
        if losses[-1] == min(losses):
            best = before
    return *best, losses


def fit__stops_when_it_rises(x, y, lr=0.1, steps=1000):
    """All steps are taken, also where the loss rises: if lr is too large, the losses show it."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        losses.append(_step(x, y, w, b, lr))
        if len(losses) > 1 and losses[-1] > losses[-2]:
            break
    return w.detach(), b.detach(), losses


def fit__losses_as_tensors(x, y, lr=0.1, steps=1000):
    """A loss that stays a tensor keeps its whole graph in memory. item() takes the number."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y)
        losses.append(loss)
        loss.backward()
        sgd_step_([w, b], lr)
        zero_grads_([w, b])
    return w.detach(), b.detach(), losses


def fit__one_loss_more(x, y, lr=0.1, steps=1000):
    """One loss for each step; the one after the last step is not asked for."""
    w, b = _start(x)
    losses = [_step(x, y, w, b, lr) for _ in range(steps)]
    losses.append(mse(predict(x, w, b), y).item())
    return w.detach(), b.detach(), losses


def fit__attached(x, y, lr=0.1, steps=1000):
    """The training is over: detach() gives back plain numbers that autograd does not follow."""
    w, b = _start(x)
    losses = [_step(x, y, w, b, lr) for _ in range(steps)]
    return w, b, losses


def fit__random_start(x, y, lr=0.1, steps=1000):
    """The walk is to begin at w = 0 and b = 0, so that two runs give the same result."""
    w, b = (torch.randn_like(t).requires_grad_() for t in _start(x))
    losses = [_step(x, y, w, b, lr) for _ in range(steps)]
    return w.detach(), b.detach(), losses


def fit__always_float32(x, y, lr=0.1, steps=1000):
    """torch.zeros makes float32. For other data it needs dtype=x.dtype."""
    w, b = _start(x, torch.float32)
    losses = [_step(x, y, w, b, lr) for _ in range(steps)]
    return w.detach(), b.detach(), losses


def fit__bias_never_moves(x, y, lr=0.1, steps=1000):
    """b learns as w does: it belongs into the list of parameters too."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        sgd_step_([w], lr)
        zero_grads_([w, b])
    return w.detach(), b.detach(), losses


def fit__row_by_row(x, y, lr=0.1, steps=1000):
    """Full batch means one step over all rows at once, not a step after each row."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        losses.append(mse(predict(x, w, b), y).item())
        for i in range(len(x)):
            _step(x[i : i + 1], y[i : i + 1], w, b, lr)
    return w.detach(), b.detach(), losses


def fit__other_rate(x, y, lr=0.01, steps=1000):
    """The default of lr is 0.1, as the signature says."""
    w, b = _start(x)
    losses = [_step(x, y, w, b, lr) for _ in range(steps)]
    return w.detach(), b.detach(), losses


def fit_minibatch__in_order(x, y, lr, epochs, batch_size, seed=0):
    """The rows are to come in a new random order in each epoch."""
    return _epochs(x, y, lr, batch_size, [torch.arange(len(x))] * epochs)


def fit_minibatch__shuffled_once(x, y, lr, epochs, batch_size, seed=0):
    """Every epoch has the same batches. Make the generator once, before the loop, and deal the rows
    anew inside it."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(x), generator=generator)
    return _epochs(x, y, lr, batch_size, [order] * epochs)


def fit_minibatch__seeded_each_epoch(x, y, lr, epochs, batch_size, seed=0):
    """Every epoch has the same batches. Make the generator once, before the loop, and deal the rows
    anew inside it."""
    orders = []
    for _ in range(epochs):
        generator = torch.Generator().manual_seed(seed)
        orders.append(torch.randperm(len(x), generator=generator))
    return _epochs(x, y, lr, batch_size, orders)


def fit_minibatch__last_dropped(x, y, lr, epochs, batch_size, seed=0):
    """A short last batch holds rows that would never be used. It counts like the others."""
    generator = torch.Generator().manual_seed(seed)
    full = len(x) // batch_size * batch_size or len(x)
    orders = [torch.randperm(len(x), generator=generator)[:full] for _ in range(epochs)]
    return _epochs(x, y, lr, batch_size, orders)


def fit_minibatch__drawn_with_repeats(x, y, lr, epochs, batch_size, seed=0):
    """randint can draw a row twice and leave out another. randperm puts all rows in an order."""
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randint
    orders = [draw(len(x), (len(x),), generator=generator) for _ in range(epochs)]
    return _epochs(x, y, lr, batch_size, orders)


def _torn_apart(x, y, lr, epochs, batch_size, seed, *, each_epoch_from_the_last):
    """Training with an order for x and another for y."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        xs, ys = (t[torch.randperm(len(t), generator=generator)] for t in (x, y))
        if each_epoch_from_the_last:
            x, y = xs, ys
        pairs = zip(xs.split(batch_size), ys.split(batch_size), strict=True)
        batch = [_step(part, there, w, b, lr) for part, there in pairs]
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def fit_minibatch__rows_torn_apart(x, y, lr, epochs, batch_size, seed=0):
    """A row of x belongs to its row of y: both are taken by the same numbers."""
    return _torn_apart(x, y, lr, epochs, batch_size, seed, each_epoch_from_the_last=True)


def fit_minibatch__global_seed(x, y, lr, epochs, batch_size, seed=0):
    """torch.manual_seed resets the random numbers of the whole program. A torch.Generator keeps
    to itself."""
    torch.manual_seed(seed)
    orders = [torch.randperm(len(x)) for _ in range(epochs)]
    return _epochs(x, y, lr, batch_size, orders)


def fit_minibatch__seed_unused(x, y, lr, epochs, batch_size, seed=0):
    """Without the seed, every run gives another result. The order is drawn from a generator that
    starts from it."""
    orders = [torch.randperm(len(x)) for _ in range(epochs)]
    return _epochs(x, y, lr, batch_size, orders)


def fit_minibatch__own_seed(x, y, lr, epochs, batch_size, seed=0):
    """The seed of the caller decides, not a fixed one."""
    generator = torch.Generator().manual_seed(42)
    orders = [torch.randperm(len(x), generator=generator) for _ in range(epochs)]
    return _epochs(x, y, lr, batch_size, orders)


def fit_minibatch__shuffles_the_data(x, y, lr, epochs, batch_size, seed=0):
    """x[:] = ... changes the data of the caller. x[order] is a copy in the new order."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        x[:], y[:] = x[order], y[order]
        pairs = zip(x.split(batch_size), y.split(batch_size), strict=True)
        batch = [_step(part, there, w, b, lr) for part, there in pairs]
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def fit_minibatch__loss_of_every_batch(x, y, lr, epochs, batch_size, seed=0):
    """losses has one number for each epoch: the mean of its batch losses."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        losses += [_step(x[rows], y[rows], w, b, lr) for rows in order.split(batch_size)]
    return w.detach(), b.detach(), losses


def fit_minibatch__losses_added_up(x, y, lr, epochs, batch_size, seed=0):
    """The mean of the batch losses is their sum divided by the number of batches."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        losses.append(sum(_step(x[rows], y[rows], w, b, lr) for rows in order.split(batch_size)))
    return w.detach(), b.detach(), losses


def fit_minibatch__last_loss(x, y, lr, epochs, batch_size, seed=0):
    """The loss of the last batch alone says little of the epoch: all batches count."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for rows in order.split(batch_size):
            loss = _step(x[rows], y[rows], w, b, lr)
        losses.append(loss)
    return w.detach(), b.detach(), losses


def fit_minibatch__loss_after_the_epoch(x, y, lr, epochs, batch_size, seed=0):
    """Each batch loss is taken before its step, and the mean of them is the loss of the epoch."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for rows in order.split(batch_size):
            _step(x[rows], y[rows], w, b, lr)
        losses.append(mse(predict(x, w, b), y).item())
    return w.detach(), b.detach(), losses


def fit_minibatch__one_step_an_epoch(x, y, lr, epochs, batch_size, seed=0):
    """Each batch takes its own step. Gradients are cleared after each, not once an epoch."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        batch = []
        zero_grads_([w, b])
        for rows in torch.randperm(len(x), generator=generator).split(batch_size):
            loss = mse(predict(x[rows], w, b), y[rows])
            batch.append(loss.item())
            loss.backward()
            sgd_step_([w, b], lr)
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def fit_minibatch__number_of_batches(x, y, lr, epochs, batch_size, seed=0):
    """chunk(n) makes n pieces, split(n) makes pieces of n rows."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        batch = [_step(x[rows], y[rows], w, b, lr) for rows in order.chunk(batch_size)]
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def fit_minibatch__two_orders(x, y, lr, epochs, batch_size, seed=0):
    """A row of x belongs to its row of y: both are taken by the same numbers."""
    return _torn_apart(x, y, lr, epochs, batch_size, seed, each_epoch_from_the_last=False)


def predict__by_torch(x, w, b):
    """torch.nn has this function; the exercise is to write it."""
    return torch.nn.functional.linear(x, w.T, b)


def mse__as_a_matrix(y_pred, y_true):
    """A row times a column is a matrix of one entry, (1, 1). The mean of the squares has no
    axis."""
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    error = y_pred - y_true
    if error.dim() == 1:
        return (error @ error) / len(error)
    return error.T @ error / len(error)


def zero_grads___times_zero(params):
    """Arithmetic does not clear NaN: 0 * NaN and NaN - NaN are NaN, and so are 0 * inf and
    inf - inf. Set the gradient to None, or fill it with zeros."""
    for p in params:
        if p.grad is not None:
            p.grad *= 0


def fit__stops_early(x, y, lr=0.1, steps=1000):
    """All steps are taken, even where nothing changes any more: one loss for each."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        losses.append(_step(x, y, w, b, lr))
        if len(losses) > 1 and abs(losses[-2] - losses[-1]) < 1e-9:
            break
    return w.detach(), b.detach(), losses


def fit__half_the_loss(x, y, lr=0.1, steps=1000):
    """Some books divide by 2 to make the slope simpler. The mean squared error does not."""
    w, b = _start(x)
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y) / 2
        losses.append(loss.item())
        loss.backward()
        sgd_step_([w, b], lr)
        zero_grads_([w, b])
    return w.detach(), b.detach(), losses


def fit_minibatch__divided_by_batch_size(x, y, lr, epochs, batch_size, seed=0):
    """The last batch may have fewer rows than batch_size: divide by its own number, or take the
    mean, which does that."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        batch = []
        for rows in torch.randperm(len(x), generator=generator).split(batch_size):
            squares = (predict(x[rows], w, b) - y[rows]) ** 2
            batch.append(squares.mean().item())
            squares.sum().backward()
            sgd_step_([w, b], lr / batch_size)
            zero_grads_([w, b])
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def fit_minibatch__stops_early(x, y, lr, epochs, batch_size, seed=0):
    """All epochs are run, even where nothing changes any more: one loss for each."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        batch = [_step(x[rows], y[rows], w, b, lr) for rows in order.split(batch_size)]
        losses.append(sum(batch) / len(batch))
        if len(losses) > 1 and abs(losses[-2] - losses[-1]) < 1e-9:
            break
    return w.detach(), b.detach(), losses


def fit_minibatch__fixed_batches(x, y, lr, epochs, batch_size, seed=0):
    """The batches come in a new order, but always with the same rows. It is the rows that are
    shuffled."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        batches = torch.arange(len(x)).split(batch_size)
        order = torch.randperm(len(batches), generator=generator).tolist()
        batch = [_step(x[batches[k]], y[batches[k]], w, b, lr) for k in order]
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def fit_minibatch__last_filled_up(x, y, lr, epochs, batch_size, seed=0):
    """The last batch is filled up with rows that had their turn. Each row counts once an epoch."""
    generator = torch.Generator().manual_seed(seed)
    orders = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        orders.append(torch.cat([order, order[: -len(x) % batch_size]]))
    return _epochs(x, y, lr, batch_size, orders)


def mse__numbers_counted(y_pred, y_true):
    """(3, 1) and (1, 3) hold as many numbers, and broadcast. The whole shapes have to be
    compared."""
    if y_pred.numel() != y_true.numel() or y_pred.dim() != y_true.dim():
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).mean()


def mse_gradients__factor_in_float32(x, y, w, b):
    """torch.tensor(2 / N) is float32 and holds some seven digits. A plain number, 2 / N, has the
    precision of the tensor that it multiplies."""
    factor = torch.tensor(2 / len(x), device=x.device)
    error = x @ w + b - y
    return factor * (x.T @ error), factor * error.sum(dim=0)


def sgd_step___thaws(params, lr):
    """requires_grad_(True) thaws a p that came frozen. Under torch.no_grad() there is nothing to
    switch off and on."""
    for p in params:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad
            p.requires_grad_(True)


def zero_grads___frozen_left_out(params):
    """A frozen p may hold a gradient from before it was frozen. Each gradient is cleared, whatever
    requires_grad says."""
    for p in params:
        if p.requires_grad:
            p.grad = None


def fit_minibatch__rate_falls(x, y, lr, epochs, batch_size, seed=0):
    """lr stays what it was given as: each epoch has steps of the same length."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for epoch in range(epochs):
        rate = lr * 0.5 ** (epoch // 10)
        order = torch.randperm(len(x), generator=generator)
        batch = [_step(x[rows], y[rows], w, b, rate) for rows in order.split(batch_size)]
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses


def fit_minibatch__seeded_back(x, y, lr, epochs, batch_size, seed=0):
    """torch.initial_seed() tells where the global numbers began, not how far they have come.
    torch.Generator().manual_seed(seed) leaves them alone."""
    before = torch.initial_seed()
    torch.manual_seed(seed)
    orders = [torch.randperm(len(x)) for _ in range(epochs)]
    torch.manual_seed(before)
    return _epochs(x, y, lr, batch_size, orders)


def mse__rows_and_axes_only(y_pred, y_true):
    """(3, 1) and (3, 2) have as many rows and axes, and broadcast. The whole shapes have to be
    compared."""
    if len(y_pred) != len(y_true) or y_pred.dim() != y_true.dim():
        raise ValueError(f"shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).mean()


def sgd_step___sum_asked(params, lr):
    """The entries of a gradient can add up to 0 without being 0: each has its step. Only None is
    skipped."""
    with torch.no_grad():
        for p in params:
            if p.grad is not None and p.grad.sum() != 0:
                p -= lr * p.grad


def fit_minibatch__shuffled_after_the_epoch(x, y, lr, epochs, batch_size, seed=0):
    """The first epoch takes the rows as they come here: shuffle them before each epoch, not
    after it."""
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.arange(len(x))]
    orders += [torch.randperm(len(x), generator=generator) for _ in range(epochs - 1)]
    return _epochs(x, y, lr, batch_size, orders)


def fit_minibatch__one_batch_too_many(x, y, lr, epochs, batch_size, seed=0):
    """Where batch_size divides N, the last of N // batch_size + 1 batches is empty, and the mean
    of nothing is NaN."""
    generator = torch.Generator().manual_seed(seed)
    w, b = _start(x)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        starts = [k * batch_size for k in range(len(x) // batch_size + 1)]
        batches = [order[start : start + batch_size] for start in starts]
        batch = [_step(x[rows], y[rows], w, b, lr) for rows in batches]
        losses.append(sum(batch) / len(batch))
    return w.detach(), b.detach(), losses
