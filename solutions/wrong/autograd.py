"""Known wrong answers to the exercises of `autograd`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import copy
import math

import torch


def snapshot__detach(x):
    """detach(), .data and numpy() give the memory of x another name, and so does contiguous() where
    x is contiguous: nothing is copied. clone() copies."""
    return x.detach()


def snapshot__data(x):
    """detach(), .data and numpy() give the memory of x another name, and so does contiguous() where
    x is contiguous: nothing is copied. clone() copies."""
    return x.data


def snapshot__clone(x):
    """What clone(), copy_() or + make of a tensor that requires a gradient requires one too, and so
    do a deep copy and any nn.Parameter. detach() leaves the graph."""
    return x.clone()


def snapshot__x_itself(x):
    """Another name for x is no copy: whatever happens to x happens to it."""
    return x


def snapshot__contiguous(x):
    """detach(), .data and numpy() give the memory of x another name, and so does contiguous() where
    x is contiguous: nothing is copied. clone() copies."""
    return x.detach().contiguous()


def snapshot__numpy(x):
    """detach(), .data and numpy() give the memory of x another name, and so does contiguous() where
    x is contiguous: nothing is copied. clone() copies."""
    return torch.from_numpy(x.detach().numpy())


def snapshot__list(x):
    """float() makes float32 of everything, and so does torch.tensor(list). clone() keeps the dtype
    that x has."""
    return torch.tensor(x.tolist())


def snapshot__inference(x):
    """What is made under torch.inference_mode() can never be used in a graph again. detach() and
    torch.no_grad() leave ordinary tensors."""
    with torch.inference_mode():
        return x.clone()


def snapshot__grad_off(x):
    """requires_grad_(False) and detach_() change x itself, which then collects no gradients any
    more. x.detach() is another tensor."""
    return (x.requires_grad_(False) if x.is_leaf else x.detach()).clone()


def snapshot__deepcopy(x):
    """What clone(), copy_() or + make of a tensor that requires a gradient requires one too, and so
    do a deep copy and any nn.Parameter. detach() leaves the graph."""
    return copy.deepcopy(x)


def snapshot__floats(x):
    """x may hold whole numbers, and * 1.0 or / 1 make floats of them. clone() keeps the dtype."""
    return x.detach() * 1.0


def snapshot__shape_of_a_list(x):
    """A list without entries tells nothing of the axes behind the empty one: (0, 3) becomes (0,).
    clone() keeps the shape."""
    return torch.tensor(x.tolist(), dtype=x.dtype)


_TAKEN = {}


def snapshot__remembered(x):
    """x is one object, and its values change: id(x) says nothing about them. Take them anew."""
    if id(x) not in _TAKEN:
        _TAKEN[id(x)] = x, x.detach().clone()
    return _TAKEN[id(x)][1]


def snapshot__gradient_cleared(x):
    """x.grad belongs to the caller. Do not touch x at all: detach() and clone() make a new tensor,
    which has no gradient."""
    taken = x.detach().clone()
    if x.is_leaf:
        x.grad = None
    return taken


def leaf__converted_after(x, dtype):
    """to(dtype) is an operation: of a tensor that requires a gradient it makes a result, which
    retain_grad() does not change. Convert first, and ask for gradients last."""
    return x.detach().clone().requires_grad_().to(dtype)


def leaf__x_is_changed(x, dtype):
    """Where x has that dtype already, to(dtype) is x itself, and now x requires a gradient. Leave
    the graph and copy first."""
    return x.to(dtype).requires_grad_()


def leaf__shared(x, dtype):
    """Where x has that dtype already, to(dtype) copies nothing, nor do as_tensor, numpy() and
    nn.Parameter, and the leaf lies in the memory of x. clone(), or copy=True, copies in any
    case."""
    return x.detach().to(dtype).requires_grad_()


def leaf__clone_first(x, dtype):
    """clone() and to() are recorded if x requires a gradient: what they give is a result. detach()
    comes first."""
    return x.clone().to(dtype).requires_grad_()


def leaf__no_gradient(x, dtype):
    """A new tensor does not ask for gradients: requires_grad_() does."""
    return x.detach().clone().to(dtype)


def leaf__dtype_lost(x, dtype):
    """dtype says what the leaf is to hold, and has to be used."""
    return x.detach().clone().requires_grad_()


def leaf__retain_grad(x, dtype):
    """to(dtype) is an operation: of a tensor that requires a gradient it makes a result, which
    retain_grad() does not change. Convert first, and ask for gradients last."""
    made = x.detach().clone().requires_grad_().to(dtype)
    if not made.is_leaf:
        made.retain_grad()
    return made


def leaf__shape_of_a_list(x, dtype):
    """A list without entries tells nothing of the axes behind the empty one: (0, 3) becomes (0,).
    clone() keeps the shape."""
    return torch.tensor(x.tolist(), dtype=dtype, requires_grad=True)


_LEAVES = {}


def leaf__remembered(x, dtype):
    """A cache knows x by its id, and x is one object whose values change. Make a new leaf in each
    call."""
    if (id(x), dtype) not in _LEAVES:
        _LEAVES[id(x), dtype] = x, x.detach().clone().to(dtype).requires_grad_()
    return _LEAVES[id(x), dtype][1]


def leaf__parameter(x, dtype):
    """Where x has that dtype already, to(dtype) copies nothing, nor do as_tensor, numpy() and
    nn.Parameter, and the leaf lies in the memory of x. clone(), or copy=True, copies in any
    case."""
    return torch.nn.Parameter(x.detach().to(dtype))


def without_graph__detached_result(f, x):
    """The graph was built while f ran, so all that is done to its result comes too late. Call f
    inside `with torch.no_grad():`."""
    return f(x).detach()


def without_graph__data_of_result(f, x):
    """The graph was built while f ran, so all that is done to its result comes too late. Call f
    inside `with torch.no_grad():`."""
    return f(x).data


def without_graph__detached_argument(f, x):
    """f has parameters of its own that require gradients, so its steps are recorded all the same.
    Call f inside `with torch.no_grad():`; without `with` it does nothing."""
    return f(x.detach())


def without_graph__inference(f, x):
    """What is made under torch.inference_mode() can never be used in a graph again. Under
    torch.no_grad() it can."""
    with torch.inference_mode():
        return f(x)


def without_graph__switched(f, x):
    """If f raises, the line that switches gradients on again does not run. `with torch.no_grad():`
    ends in any case."""
    torch.set_grad_enabled(False)
    result = f(x)
    torch.set_grad_enabled(True)
    return result


def without_graph__never_again(f, x):
    """torch.set_grad_enabled(False) lasts for the whole program. `with torch.no_grad():` ends with
    its block."""
    torch.set_grad_enabled(False)
    return f(x)


def without_graph__called_before(f, x):
    """The graph was built while f ran, so all that is done to its result comes too late. Call f
    inside `with torch.no_grad():`."""
    y = f(x)
    with torch.no_grad():
        return y.clone()


def without_graph__swallowed(f, x):
    """An error of f must come out: None in its place hides it from whoever called."""
    try:
        with torch.no_grad():
            return f(x)
    except Exception:
        return None


def without_graph__bare_call(f, x):
    """f has parameters of its own that require gradients, so its steps are recorded all the same.
    Call f inside `with torch.no_grad():`; without `with` it does nothing."""
    torch.no_grad()
    return f(x)


def without_graph__only_exceptions(f, x):
    """Not all that is raised is an Exception: KeyboardInterrupt is none. `with torch.no_grad():`
    and `finally` put things back in any case."""
    torch.set_grad_enabled(False)
    try:
        result = f(x)
    except Exception:
        torch.set_grad_enabled(True)
        raise
    torch.set_grad_enabled(True)
    return result


def without_graph__other_error(f, x):
    """An error of f must come out as it is: whoever called may wait for just that kind."""
    try:
        with torch.no_grad():
            return f(x)
    except RuntimeError as error:
        raise ValueError(f"f failed: {error}") from error


def without_graph__copied_error(f, x):
    """An error of f must come out as it is, with all that belongs to it: do not catch it."""
    try:
        with torch.no_grad():
            return f(x)
    except Exception as error:
        raise type(error)(*error.args) from None


def without_graph__result_decorated(f, x):
    """torch.no_grad() in front of a bracket makes a function that runs under it, and f(x) has run
    before that. Call f inside `with torch.no_grad():`."""
    return torch.no_grad()(f(x))


def without_graph__tried_again(f, x):
    """An error of f is for the caller to judge: f is called once, also where it raises."""
    try:
        with torch.no_grad():
            return f(x)
    except RuntimeError:
        return f(x).detach()


def without_graph__called_twice(f, x):
    """Each further call of f takes as long as the first, and outside of the block it is recorded.
    Call f once, inside it, and return what that call gives."""
    with torch.no_grad():
        f(x)
    return f(x).detach()


def gradient_of__x_itself(f, x):
    """This makes x require a gradient and leaves one in x.grad, or adds to what is there. Work on
    x.detach().requires_grad_(), a tensor of your own."""
    x.requires_grad_()
    y = f(x)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if y.requires_grad:
        y.backward()
    return torch.zeros_like(x) if x.grad is None else x.grad.clone()


def gradient_of__cleaned_up(f, x):
    """x.grad may have held something, and the caller wants it back. Do not touch x at all: work on
    x.detach().requires_grad_()."""
    wanted = x.requires_grad
    x = x if x.is_leaf else x.detach()
    x.requires_grad_()
    x.grad = None
    y = f(x)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if y.requires_grad:
        y.backward()
    slope = torch.zeros_like(x) if x.grad is None else x.grad
    x.grad = None
    x.requires_grad_(wanted)
    return slope


def gradient_of__backward(f, x):
    """backward() also adds to the .grad of every parameter inside f. torch.autograd.grad returns
    the one gradient that you ask for."""
    inner = x.detach().clone().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if y.requires_grad:
        y.backward()
    return torch.zeros_like(inner) if inner.grad is None else inner.grad


def gradient_of__grad_of_x(f, x):
    """A .grad is None where no backward pass has arrived: in x, if f was given another tensor, and
    in results such as x.clone(). (backward() itself returns None, too)."""
    inner = x.detach().clone().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    y.backward()
    return x.grad


def gradient_of__put_back_at_the_end(f, x):
    """If f raises an error, the lines below f(x) do not run, and x goes on requiring a gradient. Do
    not touch x at all: work on x.detach().requires_grad_()."""
    wanted = x.requires_grad
    if not wanted:
        x.requires_grad_()
    y = f(x)
    slope = None
    if y.numel() == 1 and y.requires_grad:
        slope = torch.autograd.grad(y, x, allow_unused=True)[0]
    if not wanted:
        x.requires_grad_(False)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    return torch.zeros_like(x, requires_grad=False) if slope is None else slope


def gradient_of__clone_first(f, x):
    """clone() of a tensor that requires a gradient is a result, and only leaves get a .grad.
    detach() comes first."""
    inner = x.clone().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if y.requires_grad:
        y.backward()
    return inner.grad if inner.is_leaf else None


def gradient_of__tuple(f, x):
    """torch.autograd.grad returns a tuple, with a gradient for each tensor that it is asked for.
    Here it has one: take [0]."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if not y.requires_grad:
        return (torch.zeros_like(inner),)
    return torch.autograd.grad(y, inner, materialize_grads=True)


def gradient_of__must_depend(f, x):
    """Where no way leads from f(x) back to x, torch raises an error. A function that does not
    depend on x has slope 0."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    return torch.autograd.grad(y, inner)[0]


def gradient_of__must_lead_to_x(f, x):
    """Where no way leads from f(x) back to x, torch raises an error. A function that does not
    depend on x has slope 0."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner)[0]


def gradient_of__none_for_zero(f, x):
    """allow_unused=True gives None where f(x) does not depend on x. Its slope there is 0."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if not y.requires_grad:
        return None
    return torch.autograd.grad(y, inner, allow_unused=True)[0]


def gradient_of__summed(f, x):
    """The sum over all entries of f(x) is another function. Several entries are a ValueError."""
    inner = x.detach().requires_grad_()
    y = f(inner).sum()
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner, materialize_grads=True)[0]


def gradient_of__zero_dim_only(f, x):
    """A tensor of shape (1,) or (1, 1) has one entry as well as one of shape (): y.numel() counts
    the entries."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.dim() != 0:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner, materialize_grads=True)[0]


def gradient_of__first_entry(f, x):
    """y[0] is one entry of several, and the others get lost. Several entries are a ValueError."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    y = y[0] if y.dim() else y
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner, materialize_grads=True)[0]


def gradient_of__first_axis(f, x):
    """shape[0] and len() see the first axis alone, and (1, 3) has three entries: numel() counts
    them."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.dim() and len(y) != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner, materialize_grads=True)[0]


def gradient_of__none_allowed(f, x):
    """A tensor without entries, of shape (0,), is no number either: the condition is
    numel() != 1."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.numel() > 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y.sum(), inner, materialize_grads=True)[0]


def gradient_of__create_graph(f, x):
    """create_graph=True and torch.func.grad record how the gradient came about, for a second
    derivative. Leave the first out; detach() takes the graph from what is there."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner, create_graph=True, materialize_grads=True)[0]


def gradient_of__cut(f, x):
    """Only zeros come back, also where f depends on x: they were filled in, or no way leads from
    f(x) back to x, since item(), torch.tensor(...), detach() or torch.no_grad() has cut it."""
    y = f(x)
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}")
    return torch.zeros_like(x)


def gradient_of__called_twice(f, x):
    """f(x) may be costly. Call f once, and look at that result."""
    if f(x).numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(f(x).shape)}")
    inner = x.detach().requires_grad_()
    y = f(inner)
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner, materialize_grads=True)[0]


def gradient_of__shape_not_named(f, x):
    """A ValueError helps most if it says what it has found: put the shape into the message."""
    inner = x.detach().requires_grad_()
    y = f(inner)
    if y.numel() != 1:
        raise ValueError("f(x) is not a scalar, nor anything like one")
    if not y.requires_grad:
        return torch.zeros_like(inner)
    return torch.autograd.grad(y, inner, materialize_grads=True)[0]


def _shares(loss, w, batches):
    """For each batch its loss, weighed by its share of the rows."""
    rows = sum(len(batch) for batch in batches)
    return [loss(w, batch) * (len(batch) / rows) for batch in batches]


def accumulate___each_alike(loss, w, batches):
    """The mean of the batches' means gives a row of a short batch more weight than one of a long
    batch. Each batch counts by its share of the rows."""
    w.grad = None
    losses = [loss(w, batch) / len(batches) for batch in batches]
    sum(losses).backward()
    return sum(losses).item()


def accumulate___whole_shares(loss, w, batches):
    """// gives whole numbers, so every share below 1 is 0. / divides."""
    w.grad = torch.zeros_like(w)
    rows, total = sum(len(batch) for batch in batches), 0.0
    for batch in batches:
        share = loss(w, batch) * (len(batch) // rows)
        share.backward()
        total += share.item()
    return total


def accumulate___added_up(loss, w, batches):
    """Each loss is the mean of its batch, and the sum of means is no mean. Each batch counts by its
    share of the rows."""
    w.grad = None
    total = 0.0
    for batch in batches:
        value = loss(w, batch)
        value.backward()
        total += value.item()
    return total


def accumulate___sum_of_rows(loss, w, batches):
    """Each mean times its number of rows is a sum over rows. It still is to be divided by the
    number of all rows."""
    w.grad = None
    total = 0.0
    for batch in batches:
        value = loss(w, batch) * len(batch)
        value.backward()
        total += value.item()
    return total


def accumulate___by_numel(loss, w, batches):
    """numel() counts all numbers of a batch. The mean goes over its rows, and len(batch) counts
    them."""
    w.grad = None
    rows = sum(len(batch) for batch in batches)
    mean = 0.0
    for batch in batches:
        share = loss(w, batch) * (batch.numel() / rows)
        share.backward()
        mean += share.item()
    return mean


def accumulate___divided_twice(loss, w, batches):
    """The shares of the batches add up to 1 already. Their sum is the mean, and nothing is left to
    divide by."""
    w.grad = None
    total = sum(_shares(loss, w, batches))
    total.backward()
    w.grad /= len(batches)
    return total.item() / len(batches)


def accumulate___batch_requires(loss, w, batches):
    """Only w needs a gradient. requires_grad_() changes a batch, which belongs to the caller."""
    w.grad = None
    for batch in batches:
        batch.requires_grad_()
    total = sum(_shares(loss, w, batches))
    total.backward()
    return total.item()


def accumulate___never_cleared(loss, w, batches):
    """What was in w.grad before the call is still in the sum. Clear it before the first batch."""
    total = sum(_shares(loss, w, batches))
    total.backward()
    return total.item()


def accumulate___cleared_each_time(loss, w, batches):
    """The gradient is cleared in every batch, so that only the last is left. For once it should add
    up: clear it once, before the first."""
    rows = sum(len(batch) for batch in batches)
    mean = 0.0
    for batch in batches:
        w.grad = None
        share = loss(w, batch) * (len(batch) / rows)
        share.backward()
        mean += share.item()
    return mean


def accumulate___times_zero(loss, w, batches):
    """Whatever is computed with NaN is NaN, 0 * NaN and NaN - NaN, too. Set the gradient to None,
    or fill it with 0."""
    if w.grad is not None:
        w.grad *= 0
    total = sum(_shares(loss, w, batches))
    total.backward()
    return total.item()


def accumulate___zeroed_none(loss, w, batches):
    """A leaf that has seen no backward has no gradient: w.grad is None, which has no zero_(). Set
    it to None instead."""
    w.grad.zero_()
    total = sum(_shares(loss, w, batches))
    total.backward()
    return total.item()


def accumulate___all_at_once(loss, w, batches):
    """All rows in one batch are what batches are there to avoid: they may not fit into memory. Call
    loss once for each batch."""
    w.grad = None
    total = loss(w, torch.cat(batches))
    total.backward()
    return total.item()


def accumulate___mean_of_means(loss, w, batches):
    """The gradient counts each batch by its rows; the mean that is returned has to do so too."""
    w.grad = None
    losses = [loss(w, batch) for batch in batches]
    rows = sum(len(batch) for batch in batches)
    for value, batch in zip(losses, batches, strict=True):
        (value * (len(batch) / rows)).backward()
    return sum(value.item() for value in losses) / len(losses)


def accumulate___tensor(loss, w, batches):
    """A tensor keeps its graph alive. item() takes the number out of it."""
    w.grad = None
    total = sum(_shares(loss, w, batches))
    total.backward()
    return total


def accumulate___step(loss, w, batches):
    """Only the gradient is wanted. The step, w -= lr * w.grad, is for the caller to take."""
    w.grad = None
    total = sum(_shares(loss, w, batches))
    total.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    return total.item()


def accumulate___other_leaf(loss, w, batches):
    """No gradient has stayed in w.grad. backward() brings it there, for each batch, if loss was
    given this very w; what is cleared after that is gone."""
    w = w.detach().clone().requires_grad_()
    total = sum(_shares(loss, w, batches))
    total.backward()
    return total.item()


def accumulate___cleared_after(loss, w, batches):
    """No gradient has stayed in w.grad. backward() brings it there, for each batch, if loss was
    given this very w; what is cleared after that is gone."""
    total = sum(_shares(loss, w, batches))
    total.backward()
    w.grad = None
    return total.item()


def accumulate___retain_graph(loss, w, batches):
    """Each backward follows all that was added up so far, so the first batches count several times;
    retain_graph=True only hides it. Call backward() on each share alone."""
    w.grad = None
    rows = sum(len(batch) for batch in batches)
    total = 0.0
    for batch in batches:
        total = total + loss(w, batch) * (len(batch) / rows)
        total.backward(retain_graph=True)
    return total.item()


def accumulate___new_memory(loss, w, batches):
    """w.data = ... puts w into other memory, and whoever shares the old one loses it. Leave w as it
    is."""
    w.data = w.data.clone()
    w.grad = None
    total = sum(_shares(loss, w, batches))
    total.backward()
    return total.item()


def round_through__plain(x):
    """No gradient gets through torch.round, whose slope is 0. In x + (round(x) - x), cut the
    bracket out of the graph: it is what rounding adds."""
    return torch.round(x)


def round_through__detached(x):
    """detach() around all of it cuts the way to x. Only what rounding adds to x is to be cut out of
    the graph."""
    return torch.round(x).detach()


def round_through__new_leaf(x):
    """requires_grad_() begins a new graph, with no way back to x."""
    return torch.round(x).detach().requires_grad_()


def round_through__nothing_cut(x):
    """No gradient gets through torch.round, whose slope is 0. In x + (round(x) - x), cut the
    bracket out of the graph: it is what rounding adds."""
    return x + (torch.round(x) - x)


def round_through__wrong_part(x):
    """The values have to be those of round(x), and the slope that of x. Here it is the other way
    round."""
    return torch.round(x) + (x - torch.round(x)).detach()


def round_through__half_up(x):
    """Halves go up here, as floor(x + 0.5) takes them; torch.round takes them to the even
    number."""
    return x + ((x + 0.5).floor() - x).detach()


def round_through__cut_off(x):
    """trunc, int() and long() cut the digits off. torch.round goes to the nearest whole number."""
    return x + (x.trunc() - x).detach()


def round_through__always(x):
    """If x requires no gradient, neither does the result: there is nothing for it to reach."""
    return (x + (torch.round(x) - x).detach()).requires_grad_()


def round_through__in_place(x):
    """x.data = ... rounds the caller's own tensor. Make a new one."""
    x.data = torch.round(x.data)
    return x * 1.0


def round_through__x_given_back(x):
    """x.data = ... rounds the caller's own tensor. Make a new one."""
    x.data = torch.round(x.data)
    return x


def round_through__half_down(x):
    """Halves go down here, as ceil(x - 0.5) takes them; torch.round takes them to the even
    number."""
    return x + ((x - 0.5).ceil() - x).detach()


def round_through__ties_mended(x):
    """x + 0.5 is rounded as well: of a large x, or the one just below 0.5, it can be the next whole
    number. torch.round adds nothing."""
    up = (x + 0.5).floor()
    up = torch.where((x - x.floor() == 0.5) & (up % 2 == 1), up - 1, up)
    return x + (up - x).detach()


def round_through__int64(x):
    """long() holds nothing beyond 2^63, and int() nothing beyond 2^31. torch.round stays among
    floats."""
    return x + (torch.round(x).detach().long().to(x.dtype) - x).detach()


def round_through__int32(x):
    """long() holds nothing beyond 2^63, and int() nothing beyond 2^31. torch.round stays among
    floats."""
    return x + (torch.round(x).detach().int().to(x.dtype) - x).detach()


def round_through__float32(x):
    """From 2^23 on float32 has no fractions, and float64 has: round x in its own dtype, however
    large it is."""
    return x + (x.float().round().to(x.dtype) - x).detach()


def round_through__small_only(x):
    """From 2^23 on float32 has no fractions, and float64 has: round x in its own dtype, however
    large it is."""
    fixed = x.detach()
    return x + (torch.where(fixed.abs() < 2**23, fixed.round(), fixed) - fixed)


def round_through__clipped(x):
    """The gradient gets through wherever x is, not only between -1 and 1."""
    near = x.clamp(-1, 1)
    return near + (torch.round(x) - near).detach()


def round_through__sum_first(x):
    """round(x) + x loses the last digits, and is infinite where x is very large. Take the
    difference first: x + (round(x) - x).detach()."""
    return torch.round(x).detach() + x - x.detach()


def _pieces(x, y, w1, b1, w2, b2):
    """Forward, and the slope of the loss at the output of the second layer."""
    before = x @ w1 + b1
    hidden = before.clamp(min=0)
    error = hidden @ w2 + b2 - y
    return before, hidden, error, 2 * error / error.numel()


def _from_output(x, d_out, before, hidden, w2):
    """The rest of a right backward pass."""
    d_before = (d_out @ w2.T) * (before > 0)
    return x.T @ d_before, d_before.sum(dim=0), hidden.T @ d_out, d_out.sum(dim=0)


def two_layer_gradients__two_missing(x, y, w1, b1, w2, b2):
    """The slope of error^2 is 2 * error."""
    before, hidden, error, _ = _pieces(x, y, w1, b1, w2, b2)
    return _from_output(x, error / error.numel(), before, hidden, w2)


def two_layer_gradients__rows_only(x, y, w1, b1, w2, b2):
    """The mean goes over all entries of y, N * K of them, not over the N rows alone."""
    before, hidden, error, _ = _pieces(x, y, w1, b1, w2, b2)
    return _from_output(x, 2 * error / len(error), before, hidden, w2)


def two_layer_gradients__sum(x, y, w1, b1, w2, b2):
    """The loss is the mean: its slope is divided by the number of entries."""
    before, hidden, error, _ = _pieces(x, y, w1, b1, w2, b2)
    return _from_output(x, 2 * error, before, hidden, w2)


def two_layer_gradients__absolute(x, y, w1, b1, w2, b2):
    """The slope of error^2 is 2 * error, with its sign: where the error is negative, so is it."""
    before, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    return _from_output(x, d_out.abs(), before, hidden, w2)


def two_layer_gradients__b2_forgotten(x, y, w1, b1, w2, b2):
    """Going forward, b2 belongs to the prediction as well: relu(x w1 + b1) w2 + b2."""
    before, hidden, error, _ = _pieces(x, y, w1, b1, w2, torch.zeros_like(b2))
    return _from_output(x, 2 * error / error.numel(), before, hidden, w2)


def two_layer_gradients__uphill(x, y, w1, b1, w2, b2):
    """The error is the prediction minus y. The other way round every slope has the wrong sign."""
    before, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    return _from_output(x, -d_out, before, hidden, w2)


def two_layer_gradients__relu_forgotten(x, y, w1, b1, w2, b2):
    """Going back, relu stops the slope where its input was negative: multiply by (input > 0)."""
    _, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    d_before = d_out @ w2.T
    return x.T @ d_before, d_before.sum(dim=0), hidden.T @ d_out, d_out.sum(dim=0)


def two_layer_gradients__b1_not_in_the_mask(x, y, w1, b1, w2, b2):
    """What relu gets is x w1 + b1: going back, too, b1 decides where it is on."""
    _, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    return _from_output(x, d_out, x @ w1, hidden, w2)


def two_layer_gradients__relu_of_slope(x, y, w1, b1, w2, b2):
    """relu stops a slope where its input was negative going forward, not where the slope is."""
    _, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    d_before = (d_out @ w2.T).clamp(min=0)
    return x.T @ d_before, d_before.sum(dim=0), hidden.T @ d_out, d_out.sum(dim=0)


def two_layer_gradients__times_hidden(x, y, w1, b1, w2, b2):
    """The slope of relu is 1 where it is on, not its value."""
    _, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    d_before = (d_out @ w2.T) * hidden
    return x.T @ d_before, d_before.sum(dim=0), hidden.T @ d_out, d_out.sum(dim=0)


def two_layer_gradients__before_relu(x, y, w1, b1, w2, b2):
    """What goes into the second layer has been through relu, and dw2 is made of that."""
    before, _, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    return _from_output(x, d_out, before, before, w2)


def two_layer_gradients__bias_mean(x, y, w1, b1, w2, b2):
    """A bias is added to every row, so its slopes are added up; the mean is in the loss already."""
    before, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    d_before = (d_out @ w2.T) * (before > 0)
    return x.T @ d_before, d_before.mean(dim=0), hidden.T @ d_out, d_out.mean(dim=0)


def two_layer_gradients__divided_again(x, y, w1, b1, w2, b2):
    """The mean is in the slope of the loss already, and no other slope is divided by N again."""
    before, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    return tuple(slope / len(x) for slope in _from_output(x, d_out, before, hidden, w2))


def two_layer_gradients__linear(x, y, w1, b1, w2, b2):
    """relu is missing, forward and back: without it two layers are no more than one."""
    hidden = x @ w1 + b1
    error = hidden @ w2 + b2 - y
    return _from_output(x, 2 * error / error.numel(), torch.ones_like(hidden), hidden, w2)


def two_layer_gradients__backwards(x, y, w1, b1, w2, b2):
    """The order is (dw1, db1, dw2, db2), although dw2 is found first."""
    before, hidden, _, d_out = _pieces(x, y, w1, b1, w2, b2)
    dw1, db1, dw2, db2 = _from_output(x, d_out, before, hidden, w2)
    return dw2, db2, dw1, db1


def two_layer_gradients__by_autograd(x, y, w1, b1, w2, b2):
    """backward() needs a graph, and there are places where none is recorded. Here the chain rule is
    written out by hand."""
    leaves = [p.detach().requires_grad_() for p in (w1, b1, w2, b2)]
    out = (x @ leaves[0] + leaves[1]).relu() @ leaves[2] + leaves[3]
    return torch.autograd.grad(((out - y) ** 2).mean(), leaves)


def two_layer_gradients__backward(x, y, w1, b1, w2, b2):
    """backward() needs a graph, and there are places where none is recorded. Here the chain rule is
    written out by hand."""
    out = (x @ w1 + b1).relu() @ w2 + b2
    ((out - y) ** 2).mean().backward()
    return w1.grad, b1.grad, w2.grad, b2.grad


class Scalar__overwrites(Scalar):
    """Of a node that is used twice, as in a + a, only one slope counts here. All of them are added
    up: +=."""

    def backward(self):
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            node, finished = waiting.pop()
            if finished:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                waiting.append((node, True))
                waiting += [(source, False) for source, _ in node.sources]
        self.grad = 1.0
        for node in reversed(order):
            for source, slope in node.sources:
                source.grad = slope * node.grad


def _in_order(result):
    """The nodes behind a result, each after all that it depends on."""
    order, seen, waiting = [], set(), [(result, False)]
    while waiting:
        node, finished = waiting.pop()
        if finished:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting += [(source, False) for source, _ in node.sources]
    return order


class Scalar__through_grad(Scalar):
    """A second backward finds the slopes of the first in .grad, and passes them on again. Collect
    the slopes of one backward somewhere else, and add them to .grad at the end."""

    def backward(self):
        self.grad = 1.0
        for node in reversed(_in_order(self)):
            for source, slope in node.sources:
                source.grad += slope * node.grad


class Scalar__own_grad_set(Scalar):
    """self.grad = 1.0 throws away what stands there. The 1 of d(self)/d(self) is added, as all
    others are."""

    def backward(self):
        self.grad = 0.0
        super().backward()


class Scalar__inner_cleared(Scalar):
    """The .grad of a node in between is a sum as well: what it holds from before stays in it.
    Collect the slopes of one backward somewhere else."""

    def backward(self):
        for node in _in_order(self):
            if node.sources:
                node.grad = 0.0
        super().backward()


class Scalar__cleared(Scalar):
    """Each backward adds to what .grad holds, as in torch: += it is, and nothing is cleared
    first."""

    def backward(self):
        order = _in_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for source, slope in node.sources:
                source.grad += slope * node.grad


class Scalar__marked_for_good(Scalar):
    """A mark in the node stays there, and the next backward takes it for visited. Begin each
    backward with an empty set."""

    marked = False

    def backward(self):
        order, waiting = [], [(self, False)]
        while waiting:
            node, finished = waiting.pop()
            if finished:
                order.append(node)
            elif not node.marked:
                node.marked = True
                waiting.append((node, True))
                waiting += [(source, False) for source, _ in node.sources]
        slopes = {self: 1.0}
        for node in reversed(order):
            node.grad += slopes[node]
            for source, slope in node.sources:
                slopes[source] = slopes.get(source, 0.0) + slope * slopes[node]


class Scalar__used_up(Scalar):
    """The first backward uses something up, a list of nodes or a mark, and the next one finds
    nothing to do. Keep with each node what it was computed from, and begin each backward anew."""

    used = False

    def backward(self):
        if self.used or any(node.used for node in _in_order(self)):
            return
        slopes = {self: 1.0}
        for node in reversed(_in_order(self)):
            node.used = True
            node.grad += slopes[node]
            for source, slope in node.sources:
                slopes[source] = slopes.get(source, 0.0) + slope * slopes[node]


class Scalar__once_for_all(Scalar):
    """backward() may be called again, also of the same result, and adds its derivatives again."""

    done = False

    def backward(self):
        if not self.done:
            self.done = True
            super().backward()


class Scalar__preorder(Scalar):
    """A node passes its slope on before all of it has arrived. Its turn comes when every node that
    uses it has had its own."""

    def backward(self):
        order, seen, waiting = [], set(), [self]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                order.append(node)
                waiting += [source for source, _ in node.sources]
        slopes = dict.fromkeys(order, 0.0)
        slopes[self] = 1.0
        for node in order:
            node.grad += slopes[node]
            for source, slope in node.sources:
                slopes[source] += slope * slopes[node]


class Scalar__from_the_leaves(Scalar):
    """The way back begins at the result. Walk the list from its end: a node has to have its slope
    before it passes it on."""

    def backward(self):
        order = _in_order(self)
        slopes = dict.fromkeys(order, 0.0)
        slopes[self] = 1.0
        for node in order:
            node.grad += slopes[node]
            for source, slope in node.sources:
                slopes[source] += slope * slopes[node]


class Scalar__breadth_first(Scalar):
    """A node passes its slope on before all of it has arrived. Its turn comes when every node that
    uses it has had its own."""

    def backward(self):
        slopes, seen, waiting = {self: 1.0}, {self}, [self]
        for node in waiting:
            node.grad += slopes[node]
            for source, slope in node.sources:
                slopes[source] = slopes.get(source, 0.0) + slope * slopes[node]
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)


class Scalar__steps_alone(Scalar):
    """Along a path slopes are multiplied: what a node passes on is the slope of the step times its
    own."""

    def backward(self):
        order = _in_order(self)
        slopes = dict.fromkeys(order, 0.0)
        slopes[self] = 1.0
        for node in reversed(order):
            node.grad += slopes[node]
            for source, slope in node.sources:
                slopes[source] += slope


class Scalar__leaves_alone(Scalar):
    """Every node has a .grad, not only the leaves: add to that of each in between, too."""

    def backward(self):
        order = _in_order(self)
        before = [node.grad for node in order]
        super().backward()
        for node, old in zip(order, before, strict=True):
            if node.sources and node is not self:
                node.grad = old


class Scalar__equal_by_value(Scalar):
    """Two nodes with the same number are still two nodes. An __eq__ that compares .data makes one
    of them in a set or a dict: leave it out."""

    def __eq__(self, other):
        return isinstance(other, Scalar) and self.data == other.data

    def __hash__(self):
        return hash(self.data)


class Scalar__whole_grad(Scalar):
    """.grad is a float from the start: 0.0, not 0."""

    def __init__(self, value):
        super().__init__(value)
        self.grad = 0


class Scalar__recursive(Scalar):
    """A function that calls itself for every node gets as deep as the chain is long, and Python
    gives up at about 1,000. Keep a list of the nodes that are still to be visited."""

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for source, _ in node.sources:
                    visit(source)
                order.append(node)

        visit(self)
        slopes = dict.fromkeys(order, 0.0)
        slopes[self] = 1.0
        for node in reversed(order):
            node.grad += slopes[node]
            for source, slope in node.sources:
                slopes[source] += slope * slopes[node]


class Scalar__one_level(Scalar):
    """It ends at the nodes that self was computed from. It has to go on from there, to the nodes
    that those were computed from, down to the leaves."""

    def backward(self):
        self.grad += 1.0
        for node, slope in self.sources:
            node.grad += slope


class Scalar__every_path(Scalar):
    """Every path from the result is walked, and each doubling doubles their number. Put the nodes
    in order first: each passes on its slope once, when it is complete."""

    def backward(self):
        waiting = [(self, 1.0)]
        while waiting:
            node, slope = waiting.pop()
            node.grad += slope
            waiting += [(source, slope * own) for source, own in node.sources]


class Scalar__too_early(Scalar):
    """A node passes its slope on before all of it has arrived. Its turn comes when every node that
    uses it has had its own."""

    def backward(self):
        slopes, seen, waiting = {self: 1.0}, {self}, [self]
        for node in waiting:
            for source, slope in node.sources:
                slopes[source] = slopes.get(source, 0.0) + slope * slopes[node]
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)
        for node in waiting:
            node.grad += slopes[node]


class Scalar__not_itself(Scalar):
    """A result depends on itself, too: d(y)/d(y) is 1, and belongs into y.grad."""

    def backward(self):
        before = self.grad
        super().backward()
        self.grad = before


class Scalar__tanh_of_slope(Scalar):
    """The slope of tanh is 1 - t * t, where t is tanh(x), not x."""

    def tanh(self):
        return self._from(math.tanh(self.data), (self, 1 - self.data * self.data))


class Scalar__exp_as_power(Scalar):
    """The slope of e^x is e^x itself. n * x ** (n - 1) is for powers, where x is below."""

    def exp(self):
        return self._from(math.exp(self.data), (self, self.data * math.exp(self.data - 1)))


class Scalar__exp_times_x(Scalar):
    """The slope of exp is exp(x) itself."""

    def exp(self):
        return self._from(math.exp(self.data), (self, self.data * math.exp(self.data)))


class Scalar__power_of_x(Scalar):
    """The slope of x ** n is n * x ** (n - 1): the exponent goes down by one."""

    def __pow__(self, n):
        return self._from(self.data**n, (self, n * self.data**n))


class Scalar__power_bracket(Scalar):
    """n * x ** n - 1 takes 1 away at the end. The exponent is n - 1: put it in brackets."""

    def __pow__(self, n):
        return self._from(self.data**n, (self, n * self.data**n - 1))


class Scalar__power_by_division(Scalar):
    """n * x ** n / x divides by x, which may be 0. n * x ** (n - 1) does not."""

    def __pow__(self, n):
        return self._from(self.data**n, (self, n * self.data**n / self.data))


class Scalar__right_side(Scalar):
    """a - b is not b - a: in 3 - s, Python calls s.__rsub__(3), and the 3 stands in front."""

    def __rsub__(self, other):
        return self - other


class Scalar__whole_numbers(Scalar):
    """.data is float(value), also where the value is an int."""

    def __init__(self, value):
        super().__init__(value)
        self.data = value


class Scalar__own_slopes_kept(Scalar):
    """The slopes of a product are the other factor's value: b at a, and a at b."""

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        data = self.data * other.data
        return self._from(data, (self, self.data), (other, other.data))


class Scalar__with_torch(Scalar):
    """torch has autograd already; here it is to be built, with Python's own numbers."""

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        product = torch.tensor(self.data, dtype=torch.float64) * other.data
        return self._from(product.item(), (self, other.data), (other, self.data))
