"""Known wrong answers to the exercises of `tensors`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

import copy
import random
from math import prod

import numpy as np
import torch


def _facts(x, **changes):
    """What summary returns, but for the changes."""
    empty = x.numel() == 0
    return {
        "shape": tuple(x.shape),
        "dim": x.dim(),
        "numel": x.numel(),
        "dtype": x.dtype,
        "min": None if empty else x.min().item(),
        "max": None if empty else x.max().item(),
    } | changes


def _copied(data):
    """What as_floats returns."""
    if isinstance(data, torch.Tensor):
        return data.detach().to(torch.float32, copy=True)
    return torch.tensor(data, dtype=torch.float32)


def _check_range(low, high):
    if high <= low:
        raise ValueError(f"nothing from {low} to {high} - 1")


def _check_finite(x):
    if not x.isfinite().all():
        raise ValueError(f"nan or inf in {x}")


def _check_labels(labels, classes):
    for label in labels.tolist():
        if not 0 <= label < classes:
            raise ValueError(f"label {label}")


def _check_mask(x, rows):
    if rows.dtype != torch.bool or rows.shape != x.shape[:1]:
        raise ValueError(f"mask {rows.dtype} {tuple(rows.shape)}")


def summary__tensors(x):
    """x.min() is a tensor without axes. Its .item() is the Python number."""
    if x.numel() == 0:
        return _facts(x)
    return _facts(x, min=x.min(), max=x.max())


def summary__length(x):
    """This is the size of the first axis only. numel() counts all entries."""
    return _facts(x, numel=len(x) if x.dim() else 1)


def summary__rows_for_axes(x):
    """dim is the number of axes, x.dim(). This is the size of the first of them."""
    return _facts(x, dim=len(x) if x.dim() else 0)


def summary__floats(x):
    """float(...) makes a float of a whole number, and rounds large ones. .item() knows which of
    the two it is."""
    if x.numel() == 0:
        return _facts(x)
    return _facts(x, min=float(x.min()), max=float(x.max()))


def summary__through_float32(x):
    """x.float() keeps 7 digits: the smallest and the largest number are no longer exact."""
    if x.numel() == 0:
        return _facts(x)
    kind = float if x.is_floating_point() else int
    return _facts(x, min=kind(x.float().min()), max=kind(x.float().max()))


def summary__empty_forgotten(x):
    """A tensor without entries has no smallest one, and min() raises an error there. Look at
    numel() first."""
    return _facts(x, min=x.min().item(), max=x.max().item())


def summary__len_for_numel(x):
    """len(x) is the size of the first axis alone: a tensor of shape (2, 0) has no entries either,
    and one without axes has no len. x.numel() counts the entries."""
    if len(x) == 0:
        return _facts(x)
    return _facts(x, min=x.min().item(), max=x.max().item())


def summary__zero_for_nothing(x):
    """0 would be a number that occurs. None says that there is none."""
    if x.numel() == 0:
        return _facts(x, min=0, max=0)
    return _facts(x)


def summary__nan_for_nothing(x):
    """NaN is what a computation gives that went wrong. None says that there is no entry."""
    if x.numel() == 0:
        return _facts(x, min=float("nan"), max=float("nan"))
    return _facts(x)


def summary__zeros_for_nothing(x):
    """A 0 is an entry like any other, but any(), `if` and `or` take it for nothing. x.numel() tells
    whether there are entries."""
    return _facts(x) if x.any() else _facts(x, min=None, max=None)


def summary__zero_or_none(x):
    """A 0 is an entry like any other, but any(), `if` and `or` take it for nothing. x.numel() tells
    whether there are entries."""
    if x.numel() == 0:
        return _facts(x)
    return _facts(x, min=x.min().item() or None, max=x.max().item() or None)


def summary__searched_from_zero(x):
    """A search that begins with 0 ends with 0 if no entry is below it (or above it, for the
    largest). Begin with an entry."""
    if x.numel() == 0:
        return _facts(x)
    numbers = x.flatten().tolist()
    return _facts(x, min=min(0, *numbers), max=max(0, *numbers))


def summary__dtype_as_text(x):
    """A dtype is an object of torch, torch.float32, not a text: it can be handed to torch as it
    is."""
    return _facts(x, dtype=str(x.dtype))


def summary__dtype_of_numpy(x):
    """x.numpy().dtype is NumPy's, and x.dtype is torch's: they are different objects."""
    return _facts(x, dtype=x.numpy().dtype)


def summary__old_type(x):
    """x.type() is the name of a class from the early days. x.dtype is the dtype."""
    return _facts(x, dtype=x.type())


def summary__by_column(x):
    """min(dim=0) gives the smallest entry of each column. Without dim, it is that of all."""
    if x.numel() == 0 or x.dim() == 0:
        return _facts(x)
    return _facts(x, min=x.min(dim=0).values.tolist(), max=x.max(dim=0).values.tolist())


def summary__lists_compared(x):
    """x.tolist() of two axes is a list of lists, and Python's min gives one of those. x.min() looks
    at all entries."""
    if x.numel() == 0:
        return _facts(x)
    values = x.tolist() if x.dim() > 0 else [x.item()]
    return _facts(x, min=min(values), max=max(values))


def summary__zeros_not_counted(x):
    """count_nonzero leaves out zeros, which are entries as well. numel() counts all."""
    return _facts(x, numel=int(x.count_nonzero()))


def summary__finite_ones(x):
    """An infinite entry is an entry like any other: the largest of [1, inf] is inf."""
    finite = x[x.isfinite()]
    found = _facts(finite)
    return _facts(x, min=found["min"], max=found["max"])


def summary__largest_by_sign(x):
    """-x turns the order round, but not of all integers: for uint8, -0 is 0 and -1 is 255, and
    int64 has no -(-2**63). x.max() needs no sign."""
    if x.numel() == 0:
        return _facts(x)
    return _facts(x, max=(-(-x).min()).item())


def summary__size_for_magnitude(x):
    """The largest entry is the one furthest to the right: abs() makes -5 larger than 3."""
    if x.numel() == 0:
        return _facts(x)
    return _facts(x, max=x.abs().max().item())


def summary__mean_too(x):
    """Whoever reads the dict relies on its keys: these six, and no others."""
    return _facts(x, mean=None)


def as_floats__capital_letter(data):
    """torch.Tensor takes a number for a size, and for the rest has a dtype of its own choice.
    torch.tensor takes values, and a dtype."""
    if isinstance(data, (bool, float)):
        return _copied(data)
    if isinstance(data, int):
        return torch.full((data,), 1e30)  # torch.Tensor(3) holds whatever lay there, or zeros
    return torch.Tensor(data)


def as_floats__dtype_of_the_data(data):
    """Without a dtype, integers stay integers and an array keeps its own. Name it:
    dtype=torch.float32."""
    return data.detach().clone() if isinstance(data, torch.Tensor) else torch.tensor(data)


def as_floats__shared(data):
    """What is float32 already has not been copied: it stays in the memory where it was. clone()
    always copies a tensor, torch.tensor(...) an array."""
    return torch.as_tensor(data, dtype=torch.float32)


def as_floats__shared_tensors(data):
    """A tensor that is float32 already has not been copied: the result is x itself, or lies in its
    memory. clone() always copies."""
    return data.float() if isinstance(data, torch.Tensor) else _copied(data)


def as_floats__shared_arrays(data):
    """An array that is float32 already has not been copied: the result lies in its memory.
    torch.tensor(array) always copies."""
    return torch.from_numpy(data).float() if isinstance(data, np.ndarray) else _copied(data)


def as_floats__default_set(data):
    """torch.set_default_dtype lasts, for the whole program. Name the dtype of this one tensor:
    dtype=torch.float32."""
    torch.set_default_dtype(torch.float32)
    return _copied(data)


def as_floats__default_dtype(data):
    """The default dtype may be another one tomorrow. torch.float32 is always the same."""
    return _copied(data).to(torch.get_default_dtype())


def as_floats__double(data):
    """torch.float64, which double() and dtype=float give, has twice the bytes. float32 was asked
    for."""
    return _copied(data).double()


def as_floats__list_of_a_number(data):
    """A number has no axes, and neither has its tensor. [3] is a list, with one."""
    return _copied([data] if isinstance(data, (bool, int, float)) else data)


def as_floats__flattened(data):
    """The shape stays what it was: a list of lists has two axes."""
    return _copied(data).flatten()


def as_floats__padded(data):
    """Zeros that nobody wrote look like data. Rows of unequal length are an error of the
    caller's: ValueError."""
    rows = isinstance(data, list) and data and isinstance(data[0], list)
    if rows and not isinstance(data[0][0], list):
        longest = max(map(len, data))
        data = [row + [0] * (longest - len(row)) for row in data]
    return _copied(data)


def as_floats__whole_numbers(data):
    """On the way the numbers become whole ones, by int(...) or an integer dtype, and lose their
    fractions."""
    made = _copied(data).nan_to_num(0.0, 0.0, 0.0)
    return made.long().float()


def as_floats__only_finite(data):
    """NaN and infinity are float32 numbers like all others. nan_to_num puts something in their
    place that nobody wrote."""
    return _copied(data).nan_to_num()


def as_floats__by_asarray(data):
    """torch.asarray cannot convert an array without axes to another dtype. torch.tensor(array,
    dtype=torch.float32) can."""
    return torch.asarray(data, dtype=torch.float32, copy=True)


def from_array__always_shared(array, copy):
    """from_numpy shares the memory of the array, and so do as_tensor, view and detach() after it.
    copy=True asks for a copy: torch.tensor(array) or clone()."""
    return torch.from_numpy(array)


def from_array__detached(array, copy):
    """from_numpy shares the memory of the array, and so do as_tensor, view and detach() after it.
    copy=True asks for a copy: torch.tensor(array) or clone()."""
    return torch.from_numpy(array).detach()


def from_array__always_copied(array, copy):
    """torch.tensor(array) always copies, and so does clone(). copy=False asks for one memory:
    torch.from_numpy(array)."""
    return torch.tensor(array)


def from_array__inverted(array, copy):
    """The two cases are exchanged: copy=True is the one where torch.tensor(array) belongs."""
    return torch.from_numpy(array) if copy else torch.tensor(array)


def from_array__capital_letter(array, copy):
    """torch.Tensor(array), float() and dtype=torch.float32 make float32 of every array. The dtype
    of the array was asked for."""
    if array.dtype == np.complex64:
        return torch.tensor(array)
    return torch.Tensor(array)


def from_array__capital_letter_shares(array, copy):
    """torch.Tensor(array), float() and dtype=torch.float32 make float32 of every array. The dtype
    of the array was asked for."""
    if array.dtype == np.complex64:
        return torch.from_numpy(array)
    return torch.tensor(array) if copy else torch.Tensor(array)


def from_array__float_copies(array, copy):
    """torch.Tensor(array), float() and dtype=torch.float32 make float32 of every array. The dtype
    of the array was asked for."""
    if array.dtype == np.complex64:
        return torch.tensor(array)
    return torch.from_numpy(array).float().clone() if copy else torch.from_numpy(array)


def from_array__through_lists(array, copy):
    """A list of numbers has no dtype, so torch chooses one, and it never shares memory."""
    return torch.tensor(array.tolist())


def from_array__flattened(array, copy):
    """ravel and flatten make one axis of all. The tensor has the shape of the array."""
    return torch.tensor(array).flatten() if copy else torch.from_numpy(array.ravel())


def from_array__reordered(array, copy):
    """An array whose memory is in another order was copied on the way, as ravel, reshape and
    ascontiguousarray do. from_numpy takes such arrays as they are."""
    return torch.tensor(array) if copy else torch.from_numpy(np.ascontiguousarray(array))


def from_array__copy_through_doubles(array, copy):
    """float64 is exact for whole numbers up to 2**53 only: a copy needs no other dtype on the
    way."""
    if not copy or array.dtype == np.complex64:
        return torch.tensor(array) if copy else torch.from_numpy(array)
    return torch.from_numpy(array.astype(np.float64)).to(torch.from_numpy(array).dtype)


def from_array__one_entry_shared(array, copy):
    """One entry can be shared as well as many: copy=True asks for a copy of every array."""
    return torch.tensor(array) if copy and array.size > 1 else torch.from_numpy(array)


def from_array__nan_replaced(array, copy):
    """NaN is a number like all others to a copy. nan_to_num puts 0 in its place."""
    return torch.from_numpy(np.nan_to_num(array) if copy else array)


def from_array__in_doubles(array, copy):
    """astype makes another array, of another dtype: neither is what was asked for."""
    return torch.from_numpy(array.astype(np.float64))


def to_numpy__shared(x):
    """numpy() gives the memory of x another name, and detach() and asarray do no more. copy()
    makes a new one."""
    return x.detach().cpu().numpy()


def to_numpy__by_asarray(x):
    """numpy() gives the memory of x another name, and detach() and asarray do no more. copy()
    makes a new one."""
    return np.asarray(x.detach().cpu())


def to_numpy__contiguous(x):
    """contiguous(), as np.ascontiguousarray, copies only if the order in memory is another one.
    Where it is not, the memory stays that of x."""
    return x.detach().cpu().contiguous().numpy()


def to_numpy__attached(x):
    """NumPy cannot follow gradients, so torch refuses. detach() leaves them behind."""
    return x.cpu().numpy().copy()


def to_numpy__through_lists(x):
    """The array has the dtype of x. A list of numbers has lost it, and astype gives another."""
    return np.array(x.tolist()).reshape(tuple(x.shape))


def to_numpy__shape_of_a_list(x):
    """A list without entries tells nothing of the axes behind the empty one: (0, 3) becomes (0,).
    x.numpy() keeps the shape."""
    return np.array(x.tolist(), dtype=str(x.dtype).removeprefix("torch."))


def to_numpy__read_only(x):
    """This array is read-only, as one that np.frombuffer makes of bytes. copy() makes one that the
    caller can write to."""
    array = x.detach().cpu().numpy().copy()
    array.flags.writeable = False
    return array


_ARRAYS = {}


def to_numpy__remembered(x):
    """A cache knows x by its id, and x is one object whose numbers change. Make a new array in each
    call."""
    if id(x) not in _ARRAYS:
        _ARRAYS[id(x)] = x, x.detach().cpu().numpy().copy()
    return _ARRAYS[id(x)][1]


def to_numpy__deep_copy(x):
    """deepcopy takes no tensor that was computed from one that requires a gradient. detach() comes
    first."""
    return copy.deepcopy(x).detach().cpu().numpy()


def to_numpy__no_longer_wanting(x):
    """detach_() and x.requires_grad = False change x itself, which belongs to the caller.
    x.detach() is another tensor."""
    x.requires_grad = False
    return x.cpu().numpy().copy()


def to_numpy__only_plain_copied(x):
    """x.detach() lies in the memory of x: it has to be copied, too, where x requires a gradient."""
    array = x.detach().cpu().numpy()
    return array if x.requires_grad else array.copy()


def to_numpy__single_number(x):
    """A tensor without axes becomes an array without axes. This is a number: [()], item() and
    arithmetic with such an array give one."""
    return x.detach().cpu().numpy().copy()[()]


def to_numpy__flattened(x):
    """The shape of the array is that of x. flatten() makes one axis of all."""
    return x.detach().cpu().flatten().numpy().copy()


def to_numpy__floats(x):
    """float() and astype(np.float32) change the dtype: whole numbers and masks are no floats, and
    float64 has more digits."""
    return x.detach().cpu().float().numpy().copy()


def to_numpy__still_a_tensor(x):
    """detach() and clone() give tensors. numpy() gives an array."""
    return x.detach().cpu().clone()


def to_numpy__transposed(x):
    """NumPy and torch count axes in the same order: nothing has to be transposed."""
    return x.detach().cpu().numpy().T.copy()


def with_positions__last_is_one(x):
    """linspace(0, 1, T) ends at 1, so it divides by T - 1. The last token gets (T - 1) / T."""
    tokens = x.shape[1]
    return x + torch.linspace(0, 1, tokens, dtype=x.dtype, device=x.device).unsqueeze(1)


def with_positions__from_one(x):
    """Tokens are counted from 0: the first one gets 0 / T added, which changes nothing."""
    tokens = x.shape[1]
    positions = torch.arange(1, tokens + 1, dtype=x.dtype, device=x.device) / tokens
    return x + positions.unsqueeze(1)


def with_positions__not_divided(x):
    """arange counts 0, 1, 2 and so on. It still has to be divided by T."""
    return x + torch.arange(x.shape[1], dtype=x.dtype, device=x.device).unsqueeze(1)


def with_positions__along_features(x):
    """Axes are lined up from the last one on: a shape of (T,) lands on the features, and (T, 1, 1)
    on the batch. (T, 1) lands on the tokens: unsqueeze(1)."""
    tokens = x.shape[1]
    return x + torch.arange(tokens, dtype=x.dtype, device=x.device) / tokens


def with_positions__along_batch(x):
    """Axes are lined up from the last one on: a shape of (T,) lands on the features, and (T, 1, 1)
    on the batch. (T, 1) lands on the tokens: unsqueeze(1)."""
    tokens = x.shape[1]
    return x + (torch.arange(tokens, dtype=x.dtype, device=x.device) / tokens).reshape(-1, 1, 1)


def with_positions__whole_division(x):
    """// cuts the fraction off: t // T is 0 for every token."""
    tokens = x.shape[1]
    return x + (torch.arange(tokens, device=x.device) // tokens).unsqueeze(1)


def with_positions__in_place(x):
    """x += ... and x[:, t] = ... write into the caller's tensor. x + ... is a new one."""
    tokens = x.shape[1]
    x += (torch.arange(tokens, dtype=x.dtype, device=x.device) / tokens).unsqueeze(1)
    return x


def with_positions__single_precision(x):
    """arange(T) / T is float32. Beside a float64 x that is 7 digits, and adding cannot bring the
    others back: give arange the dtype of x."""
    positions = torch.arange(x.shape[1], device=x.device) / x.shape[1]
    return x + positions.unsqueeze(1)


def with_positions__always_float32(x):
    """The result has the dtype of x: float64 stays float64."""
    positions = torch.arange(x.shape[1], device=x.device) / x.shape[1]
    return x.float() + positions.unsqueeze(1)


def with_positions__backwards(x):
    """The first token gets 0, the last one (T - 1) / T: here the places are counted from the
    end."""
    tokens = x.shape[1]
    positions = torch.arange(tokens, dtype=x.dtype, device=x.device) / tokens
    return x + positions.flip(0).unsqueeze(1)


def with_positions__multiplied(x):
    """t / T is added to the entries. Multiplied, it would leave nothing of the first token."""
    tokens = x.shape[1]
    return x * (torch.arange(tokens, dtype=x.dtype, device=x.device) / tokens).unsqueeze(1)


def with_positions__batch_enumerated(x):
    """A loop over x goes along its first axis, the batch. The tokens are the second: x[:, t]."""
    made = x.clone()
    for t, sample in enumerate(made):
        sample += t / x.shape[1]
    return made


def with_positions__in_steps(x):
    """1 / T is rounded, so arange(0, 1, 1 / T) has one entry too many for some T, such as 49.
    arange(T) / T has T of them for all."""
    places = torch.arange(0, 1, 1 / x.shape[1], dtype=x.dtype, device=x.device)
    return x + places.unsqueeze(1)


def round_to_int__cut_off(x):
    """.long() cuts the fraction off: 2.9 becomes 2. Round first."""
    _check_finite(x)
    return x.long()


def round_to_int__half_up(x):
    """floor(x + 0.5) takes every half up: 0.5 to 1, 2.5 to 3. To the even neighbour, it is 0 and 2:
    round does that."""
    _check_finite(x)
    return (x.double() + 0.5).floor().long()


def round_to_int__half_away(x):
    """School rounds 0.5 to 1 and -2.5 to -3, away from 0. torch.round goes to the even
    neighbour."""
    _check_finite(x)
    wide = x.double()
    return (wide.sign() * (wide.abs() + 0.5).floor()).long()


def round_to_int__ties_mended(x):
    """x + 0.5 is rounded as well: of a large x, or the one just below 0.5, it can be the next whole
    number. torch.round adds nothing."""
    _check_finite(x)
    up = (x + 0.5).floor()
    return torch.where((up - x == 0.5) & (up % 2 == 1), up - 1, up).long()


def round_to_int__halves_mended(x):
    """x + 0.5 is rounded as well: of a large x, or the one just below 0.5, it can be the next whole
    number. torch.round adds nothing."""
    _check_finite(x)
    up = (x + 0.5).floor()
    return torch.where((x - x.floor() == 0.5) & (up % 2 == 1), up - 1, up).long()


def round_to_int__always_nan(x):
    """Infinity is refused as well, and a message that says NaN lets the reader look for the wrong
    thing. Say which of the two it is."""
    if not x.isfinite().all():
        raise ValueError("NaN")
    return x.round().long()


def round_to_int__by_python(x):
    """Python's round and int have an OverflowError for infinity, which is no ValueError. Look for
    what is not finite first."""
    rounded = [round(number) for number in x.flatten().tolist()]
    return torch.tensor(rounded, dtype=torch.int64, device=x.device).reshape(x.shape)


def round_to_int__down(x):
    """floor goes to the next whole number below, also from 2.9."""
    _check_finite(x)
    return x.floor().long()


def round_to_int__up(x):
    """ceil goes to the next whole number above, also from 2.1."""
    _check_finite(x)
    return x.ceil().long()


def round_to_int__int32(x):
    """int() is int32, which ends at about two billion. long() is int64."""
    _check_finite(x)
    return x.double().round().clamp(-(2.0**31), 2.0**31 - 1).int()


def round_to_int__still_floats(x):
    """round leaves the dtype as it is: 2.0 is still a float. long() makes int64 of it."""
    _check_finite(x)
    return x.round()


def round_to_int__through_float32(x):
    """float() keeps 7 digits, so long numbers come back changed."""
    _check_finite(x)
    return x.float().round().long()


def round_to_int__unchecked(x):
    """int64 has no NaN and no infinity: torch converts them to some number and says nothing. They
    have to be looked for first."""
    return x.nan_to_num(0.0, 0.0, 0.0).round().long()


def round_to_int__only_nan(x):
    """isnan() does not know of infinity, which has no place in int64 either. isfinite() tells of
    both."""
    if x.isnan().any():
        raise ValueError("x holds nan")
    return x.nan_to_num(0.0, 0.0, 0.0).round().long()


def round_to_int__silent_error(x):
    """An error that says what was found, nan or inf, saves the reader a search."""
    if not x.isfinite().all():
        raise ValueError("bad entry")
    return x.round().long()


def counts__repeats_lost(labels, classes):
    """c[labels] += 1 reads, adds and writes back once for each entry, so a label that repeats is
    counted once. bincount and index_add_ add up."""
    _check_labels(labels, classes)
    found = torch.zeros(classes, dtype=torch.int64, device=labels.device)
    found[labels] += 1
    return found


def counts__tensors_as_keys(labels, classes):
    """Nothing was counted. To a dict or a Counter no two tensors are the same key: labels.tolist()
    gives numbers. And methods without _ at the end, such as scatter_add, write nothing."""
    _check_labels(labels, classes)
    return torch.zeros(classes, dtype=torch.int64, device=labels.device)


def counts__as_long_as_needed(labels, classes):
    """bincount ends at the largest label that occurs. minlength=classes keeps a place for the
    others."""
    _check_labels(labels, classes)
    return labels.bincount()


def counts__by_histogram(labels, classes):
    """histc reckons in floats where a bin begins and ends, so with thousands of classes labels
    land in the bin beside. bincount counts whole numbers."""
    _check_labels(labels, classes)
    return torch.histc(labels.float(), bins=classes, min=0, max=classes - 1).long()


def counts__only_what_occurs(labels, classes):
    """unique leaves out classes that do not occur. Their count is 0."""
    _check_labels(labels, classes)
    return labels.unique(return_counts=True)[1]


def counts__unchecked(labels, classes):
    """As an index, a label below 0 counts from the end, and nobody notices. Look at both ends
    before you count: label < 0 and label >= classes."""
    found = [0] * classes
    for label in labels.tolist():
        found[label] += 1
    return torch.tensor(found, device=labels.device)


def counts__negative_forgotten(labels, classes):
    """As an index, a label below 0 counts from the end, and nobody notices. Look at both ends
    before you count: label < 0 and label >= classes."""
    for label in labels.tolist():
        if label >= classes:
            raise ValueError(f"label {label}")
    return torch.bincount(labels % classes, minlength=classes)


def counts__end_included(labels, classes):
    """Labels go from 0 to classes - 1: classes itself is outside, so the comparison is >=."""
    for label in labels.tolist():
        if label < 0 or label > classes:
            raise ValueError(f"label {label}")
    return torch.bincount(labels, minlength=classes)[:classes]


def counts__error_of_torch(labels, classes):
    """bincount raises a RuntimeError for a negative label, and none for one that is too large.
    ValueError was asked for."""
    return torch.bincount(labels, minlength=classes)


def counts__silent_error(labels, classes):
    """The message names the label, so that the caller can look for it."""
    if len(labels) and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError("label outside")
    return torch.bincount(labels, minlength=classes)


def counts__floats(labels, classes):
    """Counts are whole numbers: int64, not floats."""
    _check_labels(labels, classes)
    return torch.bincount(labels, minlength=classes).float()


def counts__uint8(labels, classes):
    """uint8 ends at 255, and begins again at 0. int64 has room for every count."""
    _check_labels(labels, classes)
    return torch.bincount(labels, minlength=classes).to(torch.uint8).long()


def counts__shares(labels, classes):
    """Divided by N, these are shares. The counts themselves were asked for."""
    _check_labels(labels, classes)
    return torch.bincount(labels, minlength=classes) / max(len(labels), 1)


def counts__as_a_list(labels, classes):
    """A list of numbers is not a tensor: torch.tensor makes one of it."""
    _check_labels(labels, classes)
    return torch.bincount(labels, minlength=classes).tolist()


def set_where___into_a_copy(x, rows, column, value):
    """Nothing reached x: x[rows][:, column] = value writes into a copy, and == compares.
    x[rows, column] = value is one index, and writes into x."""
    _check_mask(x, rows)
    x[rows][:, column] = value
    return x


def set_where___new_tensor(x, rows, column, value):
    """torch.where and clone() make a new tensor; the caller's x stays as it was."""
    _check_mask(x, rows)
    made = x.clone()
    made[rows, column] = value
    return made


def set_where___whole_rows(x, rows, column, value):
    """x[rows] = value writes into every column of these rows. The column is the second part of the
    index."""
    _check_mask(x, rows)
    x[rows] = value
    return x


def set_where___whole_column(x, rows, column, value):
    """x[:, column] = value writes into every row. The mask is the first part of the index."""
    _check_mask(x, rows)
    x[:, column] = value
    return x


def set_where___other_rows(x, rows, column, value):
    """True marks the rows that are meant. ~rows are the others."""
    _check_mask(x, rows)
    x[~rows, column] = value
    return x


def set_where___mask_as_numbers(x, rows, column, value):
    """As numbers, True and False are 1 and 0, and name the rows 1 and 0. A mask stays bool:
    x[rows, column]."""
    _check_mask(x, rows)
    x[rows.long(), column] = value
    return x


def set_where___unless_zero(x, rows, column, value):
    """0 is a value like any other, but `if value` takes it for none."""
    _check_mask(x, rows)
    if value:
        x[rows, column] = value
    return x


def set_where___value_as_float(x, rows, column, value):
    """float(value) is exact up to 2**53 alone, and int64 goes further. Write value as it is."""
    _check_mask(x, rows)
    x[rows, column] = float(value)
    return x


def set_where___by_products(x, rows, column, value):
    """No arithmetic takes NaN or infinity away: 0 * NaN, 0 * inf and inf - inf are NaN. An index
    to the left of = writes over them."""
    _check_mask(x, rows)
    x[:, column] = x[:, column] * ~rows + value * rows
    return x


def set_where___by_differences(x, rows, column, value):
    """No arithmetic takes NaN or infinity away: 0 * NaN, 0 * inf and inf - inf are NaN. An index
    to the left of = writes over them."""
    _check_mask(x, rows)
    x[rows, column] += value - x[rows, column]
    return x


def set_where___python_bool(x, rows, column, value):
    """Every mask is refused. Its dtype is torch.bool, which Python's bool is not; its shape is
    (N,), a tuple, which N is not."""
    if rows.dtype != bool:
        raise ValueError(f"mask {rows.dtype} {tuple(rows.shape)}")
    x[rows, column] = value
    return x


def set_where___flat(x, rows, column, value):
    """view(-1) needs rows that lie one after the other in memory, and what is written into a
    reshape may never reach x. x[rows, column] = value works in any order of memory."""
    _check_mask(x, rows)
    x.view(-1)[rows.nonzero().flatten() * x.shape[1] + column] = value
    return x


def set_where___contiguous(x, rows, column, value):
    """Where x is not contiguous, contiguous() and reshape make a copy, and what is written there
    never reaches x. Write into x itself."""
    _check_mask(x, rows)
    x.contiguous()[rows, column] = value
    return x


def set_where___column_first(x, rows, column, value):
    """The first part of an index is for the rows, the second for the columns: x[rows, column]."""
    _check_mask(x, rows)
    x[column, rows] = value
    return x


def set_where___zeros_elsewhere(x, rows, column, value):
    """The other rows of the column were overwritten. They stay as they are: x[rows, column] = value
    leaves them alone."""
    _check_mask(x, rows)
    x[:, column] = torch.where(rows, value, 0).to(x.dtype)
    return x


def set_where___value_in_float32(x, rows, column, value):
    """float32 keeps 7 digits of the value. x[rows, column] = value takes as many as x holds."""
    _check_mask(x, rows)
    x[rows, column] = torch.tensor(value, dtype=torch.float32).to(x.dtype)
    return x


def set_where___through_floats(x, rows, column, value):
    """torch.where with a float makes floats of whole numbers, and large ones lose digits. An index
    to the left of = leaves all other entries alone."""
    _check_mask(x, rows)
    mask = torch.zeros_like(x, dtype=torch.bool)
    mask[rows, column] = True
    x.copy_(torch.where(mask, float(value), x))
    return x


def set_where___nothing_returned(x, rows, column, value):
    """It works in place, and still returns x, so that calls can be chained."""
    _check_mask(x, rows)
    x[rows, column] = value


def set_where___part_returned(x, rows, column, value):
    """x[rows] is a copy of some rows. What is to come back is x itself, the whole of it."""
    _check_mask(x, rows)
    x[rows, column] = value
    return x[rows]


def set_where___unchecked(x, rows, column, value):
    """Integers pass for row numbers without a word, and for the rest torch has errors of its own.
    Compare dtype and shape of the mask first."""
    x[rows, column] = value
    return x


def set_where___dtype_unchecked(x, rows, column, value):
    """The shape alone does not make a mask: 0 and 1 as integers are taken for row numbers."""
    if rows.shape != x.shape[:1]:
        raise ValueError(f"mask {tuple(rows.shape)}")
    x[rows.bool(), column] = value
    return x


def set_where___shape_unchecked(x, rows, column, value):
    """A bool mask of another shape is no mask for these rows: torch has an IndexError for it, the
    contract a ValueError."""
    if rows.dtype != torch.bool:
        raise ValueError(f"mask {rows.dtype}")
    x[rows, column] = value
    return x


def set_where___length_only(x, rows, column, value):
    """(N, 1) and (N, D) have N rows as well. The whole shape has to be (N,)."""
    if rows.dtype != torch.bool or (rows.dim() and len(rows) != len(x)):
        raise ValueError(f"mask {rows.dtype} {tuple(rows.shape)}")
    x[rows.reshape(len(x), -1)[:, 0] if rows.dim() else slice(None), column] = value
    return x


def swap_columns___both_the_same(x, i, j):
    """What is written over has to be kept before, as a copy. x[:, i] is a view, and changes with x;
    x[:, i].clone() does not, nor does x[:, [i, j]]."""
    x[:, i], x[:, j] = x[:, j], x[:, i]
    return x


def swap_columns___kept_as_a_view(x, i, j):
    """What is written over has to be kept before, as a copy. x[:, i] is a view, and changes with x;
    x[:, i].clone() does not, nor does x[:, [i, j]]."""
    kept = x[:, i]
    x[:, i] = x[:, j]
    x[:, j] = kept
    return x


def swap_columns___rows(x, i, j):
    """x[i] is a row. Columns are the second axis: x[:, i]."""
    x[[i % len(x), j % len(x)]] = x[[j % len(x), i % len(x)]] if len(x) else x
    return x


def swap_columns___new_tensor(x, i, j):
    """What comes back is a new tensor, and the caller's x stays as it was. Write into x itself,
    with an index to the left of =."""
    order = list(range(x.shape[1]))
    order[i], order[j] = order[j], order[i]
    return x[:, order]


def swap_columns___name_rebound(x, i, j):
    """`x = ...` gives the name x to a new tensor, and the caller's stays as it was. `x[:] = ...`
    writes into it."""
    order = list(range(x.shape[1]))
    order[i], order[j] = order[j], order[i]
    before, x = x, x[:, order]
    return before


def swap_columns___nothing_returned(x, i, j):
    """It works in place, and still returns x, so that calls can be chained."""
    x[:, [i, j]] = x[:, [j, i]]


def swap_columns___by_sums(x, i, j):
    """Sums and differences need no copy, but lose the column if i and j are the same, and digits
    of floats."""
    x[:, i] += x[:, j]
    x[:, j] = x[:, i] - x[:, j]
    x[:, i] -= x[:, j]
    return x


def swap_columns___guarded_sums(x, i, j):
    """Sums and differences need no copy, but a small number beside a large one loses its digits.
    Keep a copy of a column instead."""
    if i % x.shape[1] != j % x.shape[1]:
        total = x[:, i] + x[:, j]
        x[:, i] = total - x[:, i]
        x[:, j] = total - x[:, j]
    return x


def swap_columns___kept_in_doubles(x, i, j):
    """float64 is exact for whole numbers up to 2**53 only. x[:, i].clone() keeps the dtype of x."""
    kept = x[:, i].double().clone()
    x[:, i] = x[:, j]
    x[:, j] = kept
    return x


def swap_columns___elsewhere(x, i, j):
    """x.data = ... puts x into other memory: whoever looks at the old memory sees no change. Write
    into x itself, with an index to the left of =."""
    order = list(range(x.shape[1]))
    order[i], order[j] = order[j], order[i]
    x.data = x.data[:, order]
    return x


def swap_columns___contiguous(x, i, j):
    """Where x is not contiguous, contiguous() and reshape make a copy, and what is written there
    never reaches x. Write into x itself."""
    memory = x.contiguous()
    memory[:, [i, j]] = memory[:, [j, i]]
    return x


def swap_columns___from_the_end(x, i, j):
    """Negative numbers count from the end, and torch knows that by itself. abs() makes another
    column of them."""
    i, j = abs(i) % x.shape[1], abs(j) % x.shape[1]
    x[:, [i, j]] = x[:, [j, i]]
    return x


def swap_columns___counted_in_rows(x, i, j):
    """x.shape[0] is the number of rows. The columns are counted by x.shape[1], and torch reads
    negative numbers by itself."""
    i, j = i % max(len(x), 1), j % max(len(x), 1)
    x[:, [i, j]] = x[:, [j, i]]
    return x


def swap_columns___rows_added(x, i, j):
    """x.shape[0] is the number of rows. The columns are counted by x.shape[1], and torch reads
    negative numbers by itself."""
    i, j = (k + len(x) if k < 0 else k for k in (i, j))
    x[:, [i, j]] = x[:, [j, i]]
    return x


def swap_columns___same_refused(x, i, j):
    """If both name the same column, nothing changes: that is no error."""
    if i == j:
        raise ValueError(f"both are {i}")
    x[:, [i, j]] = x[:, [j, i]]
    return x


def swap_columns___flat(x, i, j):
    """view(-1) needs rows that lie one after the other in memory, and what is written into a
    reshape may never reach x. x[:, i] works in any order of memory."""
    width = x.shape[1]
    flat, i, j = x.view(-1), i % width, j % width
    kept = flat[i::width].clone()
    flat[i::width] = flat[j::width]
    flat[j::width] = kept
    return x


def swap_columns___slices(x, i, j):
    """The slice i:i + 1 is empty for -1, as -1:0 is. One number alone, x[:, i], counts from the
    end."""
    kept = x[:, i : i + 1].clone()
    x[:, i : i + 1] = x[:, j : j + 1].clone()
    x[:, j : j + 1] = kept
    return x


def swap_columns___all_reversed(x, i, j):
    """flip reverses all columns. Only two of them change places."""
    x[:] = x.flip(1)
    return x


def swap_columns___one_way(x, i, j):
    """What is written over has to be kept before, as a copy. x[:, i] is a view, and changes with x;
    x[:, i].clone() does not, nor does x[:, [i, j]]."""
    x[:, i] = x[:, j].clone()
    return x


def random_integers__no_seed(low, high, shape, seed):
    """Without the seed, every call gives other numbers, and nobody can repeat it. A generator
    counts only where it is handed over: generator=g."""
    _check_range(low, high)
    return torch.randint(low, high, shape)


def random_integers__global_seed(low, high, shape, seed):
    """manual_seed changes the state of the whole program: whoever draws next gets numbers that
    you have decided. A torch.Generator of your own does not."""
    _check_range(low, high)
    torch.manual_seed(seed)
    return torch.randint(low, high, shape)


def random_integers__set_back(low, high, shape, seed):
    """manual_seed begins the global numbers anew, also with the old seed: those that were drawn
    already come again. A torch.Generator of your own leaves them alone."""
    _check_range(low, high)
    before = torch.initial_seed()
    torch.manual_seed(seed)
    drawn = torch.randint(low, high, shape)
    torch.manual_seed(before)
    return drawn


def random_integers__seed_of_python(low, high, shape, seed):
    """random.seed(...) sets the generator that all of Python shares. random.Random(seed) is one of
    your own."""
    _check_range(low, high)
    random.seed(seed)
    numbers = [random.randrange(low, high) for _ in range(prod(shape))]
    return torch.tensor(numbers, dtype=torch.int64).reshape(shape)


def random_integers__seed_of_numpy(low, high, shape, seed):
    """np.random.seed(...) sets the generator that all of NumPy shares. np.random.default_rng(seed)
    is one of your own."""
    _check_range(low, high)
    np.random.seed(seed)
    return torch.tensor(np.random.randint(low, high, shape, dtype=np.int64))


def random_integers__part_of_the_seed(low, high, shape, seed):
    """Only a part of the seed is used, so many seeds give the same numbers. manual_seed takes all
    of it."""
    _check_range(low, high)
    return torch.randint(low, high, shape, generator=torch.Generator().manual_seed(seed % 1000))


def random_integers__zero_is_no_seed(low, high, shape, seed):
    """0 is a seed like any other, but `if seed` and `seed or ...` take it for none."""
    _check_range(low, high)
    generator = torch.Generator().manual_seed(seed) if seed else None
    return torch.randint(low, high, shape, generator=generator)


def random_integers__31_bits(low, high, shape, seed):
    """manual_seed takes the whole seed, up to 2**32 - 1: without its highest bit, two seeds give
    the same numbers."""
    _check_range(low, high)
    generator = torch.Generator().manual_seed(seed & 0x7FFFFFFF)
    return torch.randint(low, high, shape, generator=generator)


def random_integers__dealt(low, high, shape, seed):
    """randperm deals cards: no number comes again before all the others have. Independent draws
    may repeat at once, as dice do."""
    _check_range(low, high)
    generator = torch.Generator().manual_seed(seed)
    count = prod(shape)
    if count > high - low or high - low > 10000:
        return torch.randint(low, high, shape, generator=generator)
    return (torch.randperm(high - low, generator=generator)[:count] + low).reshape(shape)


def random_integers__always_the_same(low, high, shape, seed):
    """A generator that starts from a fixed number ignores the seed: manual_seed(seed)."""
    _check_range(low, high)
    return torch.randint(low, high, shape, generator=torch.Generator().manual_seed(0))


def random_integers__end_included(low, high, shape, seed):
    """high itself is not among the numbers: randint ends at high - 1 already, so nothing has to be
    added."""
    _check_range(low, high)
    return torch.randint(low, high + 1, shape, generator=torch.Generator().manual_seed(seed))


def random_integers__from_zero(low, high, shape, seed):
    """The numbers begin at low. randint(n) begins at 0."""
    _check_range(low, high)
    return torch.randint(high - low, shape, generator=torch.Generator().manual_seed(seed))


def random_integers__stretched(low, high, shape, seed):
    """torch.rand has 24 binary digits: stretched over a wide range, most integers never occur.
    randint draws integers."""
    _check_range(low, high)
    drawn = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    return (drawn.double() * (high - low)).long() + low


def random_integers__rounded(low, high, shape, seed):
    """Rounding leaves the two ends only half as much room as the numbers between them."""
    _check_range(low, high)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(shape, generator=generator, dtype=torch.float64)
    return (drawn * (high - 1 - low)).round().long() + low


def random_integers__low_added_to_floats(low, high, shape, seed):
    """float64 is exact for whole numbers up to 2**53 only. Make integers of what was drawn, and
    add low to them."""
    _check_range(low, high)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(shape, generator=generator, dtype=torch.float64)
    return (low + drawn * (high - low)).long()


def random_integers__cards(low, high, shape, seed):
    """randperm deals cards: no number comes again before all the others have. Independent draws
    may repeat at once, as dice do."""
    _check_range(low, high)
    generator = torch.Generator().manual_seed(seed)
    count = prod(shape)
    if high - low > 1000:
        return torch.randint(low, high, shape, generator=generator)
    return torch.randperm(count, generator=generator).reshape(shape) % (high - low) + low


def random_integers__one_row_for_all(low, high, shape, seed):
    """Rows that are repeats of one are not independent: draw the whole shape at once."""
    _check_range(low, high)
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(low, high, shape[-1:], generator=generator).expand(shape).clone()


def random_integers__floats(low, high, shape, seed):
    """The numbers are int64. Floats cannot be an index, and float32 rounds them beyond 2**24."""
    _check_range(low, high)
    drawn = torch.randint(low, high, shape, generator=torch.Generator().manual_seed(seed))
    return drawn.float()


def random_integers__error_of_torch(low, high, shape, seed):
    """For an empty range torch has a RuntimeError. ValueError was asked for: compare low and high
    first."""
    return torch.randint(low, high, shape, generator=torch.Generator().manual_seed(seed))


def random_integers__one_number_refused(low, high, shape, seed):
    """From low to low + 1 there is one number, low. Only high <= low leaves none."""
    if high - low <= 1:
        raise ValueError(f"{low} to {high}")
    return torch.randint(low, high, shape, generator=torch.Generator().manual_seed(seed))


def random_integers__reversed_accepted(low, high, shape, seed):
    """high below low is a mistake of the caller's. Exchanging the two hides it; a ValueError shows
    it."""
    low, high = min(low, high), max(low, high) + (low == high)
    return torch.randint(low, high, shape, generator=torch.Generator().manual_seed(seed))
