"""Hidden suite of `tensors`: what a tensor is made of, and whose memory it lies in.

What is expected comes from Python's own numbers and from plain loops. Memory is judged by what
shows in it: a write on one side, and a look at the other.
"""

import random
from functools import partial

import numpy as np
import torch
from torch import Tensor

from grader.suite import (
    assert_form,
    assert_raises,
    assert_same,
    assert_unchanged,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    unpack,
    visible,
)

NAN, INF = float("nan"), float("inf")
BOTH = torch.float32, torch.float64
KEYS = "The keys are shape, dim, numel, dtype, min and max, and no others."


def array_of(rng, dtype, *shape):
    """An array of small whole numbers, all different from 0."""
    return np.array(rng.integers(1, 100, *shape).tolist(), dtype=dtype)


def assert_comes_back(got, x):
    if got is not x:
        fail(
            "what comes back is not x itself",
            expected=x,
            got="None" if got is None else got,
            likely="Write into x, then return x: neither a copy of it nor a part.",
        )


@exercise("summary")
class TestSummary:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_shape_dtype_and_range(self, student, device, rng):
        """shape, dim, numel, dtype, min and max, as plain Python values."""
        for x in (
            rng.integers(-50, 50, *rng.sizes(2)),
            rng.normal(*rng.sizes(3), dtype=torch.float64),
            9 + rng.normal(rng.integer(3, 7)),
            torch.tensor([[[0, rng.integer(130, 250)]]], dtype=torch.uint8, device=device),
            rng.normal(2, 3).T,
            torch.zeros(2, 1, dtype=torch.int64, device=device),
        ):
            check_summary(student, x)

    @points(1)
    def test_none_one_and_very_large(self, student, device, rng):
        """Empty, 0-dim, infinite and very large: min and max are exact."""
        large = 2**53 + 2 * rng.integer(1, 1000) + 1  # no float64 is equal to it
        for x in (
            torch.tensor([[large, -large - 2], [0, 7]], device=device),
            rng.normal(2, 3)[:0],
            torch.empty(2, 0, 3, dtype=torch.int64, device=device),
            rng.normal(dtype=torch.float64),
            rng.integers(1, 9),
            torch.tensor([1.5, INF, -2.0], device=device),
            torch.tensor([[-INF], [-1.0]], dtype=torch.float64, device=device),
        ):
            check_summary(student, x)


def check_summary(student, x):
    before, expected = x.clone(), facts(x)
    got = student.summary(x)
    if not isinstance(got, dict) or got.keys() != expected.keys():
        assert_same(got, expected, likely=KEYS, finite=False)
    for key, value in expected.items():
        name = f"the entry {key!r}"
        known = facts_gone_wrong(key, before)
        assert_same(got[key], value, mistakes=known, what=name, finite=False)
    assert_unchanged(x, before)


@recorded
def facts(x):
    """What there is to say of x."""
    numbers = x.flatten().tolist()
    return {
        "shape": tuple(x.shape),
        "dim": len(x.shape),
        "numel": len(numbers),
        "dtype": x.dtype,
        "min": min(numbers, default=None),
        "max": max(numbers, default=None),
    }


@recorded
def facts_gone_wrong(key, x):
    """What mistakes with summary give."""
    numbers = x.flatten().tolist()
    if key == "dtype":
        yield str(x.dtype), "x.dtype is not a text: leave the quotes, or str(...), away."
        words = "x.type() is the name of an old class; x.dtype is what was asked for."
        yield x.type(), words
    if key == "dim" and x.ndim > 0:
        yield len(x), "This is the size of the first axis. dim is the number of axes: x.dim()."
        yield len(numbers), "This is the number of entries. dim is the number of axes: x.dim()."
    if key == "numel" and x.ndim > 0:
        yield len(x), "This is the size of the first axis. x.numel() counts all entries."
        yield x.ndim, "This is the number of axes. x.numel() counts the entries."
    if key in ("min", "max") and not numbers:
        yield 0, "There is no smallest and no largest of no entries: None says so, 0 does not."
        yield 0.0, "There is no smallest and no largest of no entries: None says so, 0 does not."
        yield INF, "There is no smallest and no largest of no entries: None says so."
        yield -INF, "There is no smallest and no largest of no entries: None says so."
    if key in ("min", "max") and numbers and x.is_floating_point() and x.isfinite().all():
        right = min(numbers) if key == "min" else max(numbers)
        if int(right) != 0:  # a 0 has other reasons
            words = "int(...) cuts the fraction off. .item() gives the number as it is."
            yield int(right), words
    if key == "min" and numbers:
        yield max(numbers), "This is the largest entry."
    if key == "max" and numbers:
        yield min(numbers), "This is the smallest entry."
        yield max(map(abs, numbers)), "This is the largest size: the sign counts as well."
    if key in ("min", "max") and numbers and not x.is_floating_point():
        right = min(numbers) if key == "min" else max(numbers)
        if abs(right) > 2**53:
            words = "float64 rounds whole numbers beyond 2**53. x.min().item() gives an int."
            yield int(float(right)), words
            yield float(right), words


@exercise("as_floats")
class TestAsFloats:
    @visible
    @points(1)
    def test_numbers_and_lists(self, student, device, rng):
        """Numbers and nested lists of them; a number is a value, never a size."""
        k, rows = rng.integer(2, 7), rng.integers(-9, 10, 2, 3).tolist()
        for data in (
            k,
            rows,
            [rows, rows],
            rng.normal(2, 2).tolist(),
            -k - 0.5,
            0,
            True,
            [[k], [0.25]],
            [k],
            [[True, False]],
            [k + 0.5, NAN, -INF],
            [],
        ):
            expected = floats(data).cpu()
            got = student.as_floats(data)
            assert_same(got, expected, likely=of_floats(got, data), finite=False)

    @rehearsed(calls=3)
    @points(1)
    def test_arrays_and_tensors_in_memory_of_its_own(self, student, device, rng):
        """A copy of an array or a tensor, even if that is float32 already."""
        rig = student.bring("rig_tensors")
        arrays = [
            (array_of(rng, dtype, *rng.sizes(2)), order)
            for dtype, order in (
                ("float32", "columns"),
                ("float64", "rows"),
                ("float32", "gaps"),
                ("int64", "rows"),
                ("bool", "rows"),
                ("float16", "columns"),
            )
        ]
        tensors = (
            rng.normal(2, 3).T,
            rng.normal(3),
            rng.normal(1, 2, dtype=torch.float64),
            rng.integers(-9, 10, 2, 2, 2),
            rng.integers(0, 2, 3).bool(),
            rng.normal(4, 3)[1:, ::2],
            rng.normal(),
            rng.normal(0, 2),
        )
        for data in [np.array(2.5), *tensors, np.zeros((0, 3)), *(array for array, _ in arrays)]:
            before = data.tolist()
            expected = floats(before).reshape(tuple(data.shape))
            expected = expected.to(device if isinstance(data, Tensor) else "cpu")
            assert_same(student.as_floats(data), expected)
            assert_same(data.tolist(), before, what="what it was given, afterwards,")
        # All are asked before any is judged: whether arrays share, tensors, or both, shows then.
        of_arrays = [rig.floats_of(array, order, (0, 1), 0) for array, order in arrays]
        of_tensors = [(x.tolist(), rig.floats_of_tensor_(x, 1)) for x in tensors]
        for (array, _), got in zip(arrays, of_arrays, strict=True):
            student.as_floats(array)  # the call that a report shows
            expected = floats(array.tolist())
            assert_same(got, expected, likely=SHARES, what="the result after array[0, 1] = 0")
        for x, (numbers, got) in zip(tensors, of_tensors, strict=True):
            expected = floats(numbers).reshape(x.shape).to(device)
            student.as_floats(expected.to(x.dtype))
            assert_same(got, expected, likely=SHARES, what="the result after x.fill_(1)")

    @points(1)
    def test_any_default_dtype(self, student, device, rng):
        """Float32 under any default dtype; unequal rows are a ValueError."""
        rig, k = student.bring("rig_tensors"), rng.integer(2, 7)
        rows = rng.integers(-9, 10, 2, 3).tolist()
        for data in (
            [[0.5, 1.5], [2.5, float(rng.integer(3, 9))]],
            rows,
            rng.integer(2, 7),
            [True, False],
            array_of(rng, "float64", 2, 2),
            array_of(rng, "int64", 3),
            rng.normal(2),
            rng.integers(0, 9, 2, 2),
        ):
            plain = data if isinstance(data, (list, int)) else data.tolist()
            expected = floats(plain).to(device if isinstance(data, Tensor) else "cpu")
            got = student.as_floats(data)
            assert_same(got, expected, likely=of_floats(got, data))
            for default in BOTH:
                got, left = rig.floats_under(default, data)
                assert_same(got, expected, what=f"the result with {default} as the default dtype")
                if left != default:
                    fail(
                        "after the call, torch has another default dtype than before",
                        expected=default,
                        got=left,
                        likely="torch.set_default_dtype(...) lasts, for the whole program: name "
                        "the dtype of this one tensor instead, dtype=torch.float32.",
                    )
        for ragged in ([[1, 2], [k]], [[1.5], [2, k]], [[[1, 2], [3, k]], [[5, 6], [7]]]):
            assert_raises(
                ValueError,
                lambda data=ragged: student.as_floats(data),
                likely="Rows of unequal length make no tensor: torch.tensor(...) says so itself.",
            )


SHARES = (
    "It shows a later write: the memory is shared. What is float32 already is copied only by what "
    "always copies: clone() for a tensor, torch.tensor(...) for an array."
)
SIZE = (
    "With a capital T, torch.Tensor(3) takes the 3 for a size: three numbers, whatever they are. "
    "torch.tensor(3) is a tensor of a 3."
)


def of_floats(got, data):
    """What is certain of a result of another shape."""
    if not isinstance(got, Tensor) or type(data) is not int:
        return None
    if tuple(got.shape) == (data,) and data != 1:
        return SIZE
    return None


@recorded
def floats(data):
    """The numbers as a float32 tensor."""
    return torch.tensor(data, dtype=torch.float32, device="cpu")


@exercise("from_array")
class TestFromArray:
    @visible
    @points(1)
    def test_shape_dtype_and_numbers(self, student, device, rng):
        """Shape, dtype and numbers are those of the array, copied or shared."""
        for dtype, shape in (
            ("int64", rng.sizes(2)),
            ("float64", (2, 3)),
            ("float32", (rng.integer(2, 6),)),
            ("bool", (3,)),
            ("uint8", (1, 1, 2)),
            ("int64", (1,)),
            ("complex64", (2, 1)),
        ):
            array = array_of(rng, dtype, *shape)
            if dtype == "float64":
                array = array / 7  # not to be held by float32
            if dtype == "float32":
                array[0] = NAN
            if shape == (1,) and dtype == "int64":
                array = 2 * array + 2**53 + 1  # not to be held by float64
            expected = the_same_numbers(array).cpu()
            for copy in rng.shuffled([True, False]):
                likely = "The dtype stays that of the array, and so do the shape and the numbers."
                got = student.from_array(array, copy)
                assert_same(got, expected, likely=likely, finite=False)

    @points(1)
    def test_memory_is_shared_or_not(self, student, device, rng):
        """A write into one shows in the other exactly if copy is False."""
        rig = student.bring("rig_tensors")
        for dtype, order in (
            ("float64", "rows"),
            ("int64", "columns"),
            ("float32", "gaps"),
            ("int16", "rows"),
        ):
            array = array_of(rng, dtype, *((1, 1) if dtype == "int16" else rng.sizes(2)))
            place = rng.integer(0, len(array)), rng.integer(0, array.shape[1])
            expected = the_same_numbers(array).cpu()
            seen = {}
            for copy in rng.shuffled([True, False]):
                assert_same(student.from_array(array, copy=copy), expected)
                seen[copy] = rig.tensor_of(array, copy, order, place, (555, 777))
            for copy in (False, True):
                student.from_array(array, copy=copy)  # the call that a report shows
                tensor, written = unpack(seen[copy], "tensor", "array")
                check_memory(array, copy, place, tensor, written)


def check_memory(array, copy, place, tensor, written):
    """What is seen of a write of 555 into the array, and then of 777 into the tensor."""
    there, here = array.copy(), array.copy()
    here[place] = 555
    if not copy:
        there[place], here[place] = 555, 777
    likely = (
        "copy=True asks for memory of its own. from_numpy, as_tensor and detach() share theirs; "
        "torch.tensor(array) and clone() do not."
        if copy
        else "copy=False asks for one memory. torch.tensor(...), clone() and a conversion to "
        "another dtype copy; from_numpy does not."
    )
    at = ", ".join(map(str, place))
    what = f"the tensor after array[{at}] = 555"
    assert_same(tensor, the_same_numbers(there).cpu(), likely=likely, what=what)
    assert_same(written, here, likely=likely, what=f"the array after tensor[{at}] = 777")


@recorded
def the_same_numbers(array):
    """A tensor of the shape, dtype and numbers of an array."""
    dtype = getattr(torch, array.dtype.name)
    return torch.tensor(array.tolist(), dtype=dtype, device="cpu")


@exercise("to_numpy")
class TestToNumpy:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_shape_dtype_and_numbers(self, student, device, rng):
        """Any shape and dtype, also of a tensor that requires a gradient."""
        rig, leaf = student.bring("rig_tensors"), rng.normal(2, 2).requires_grad_()
        for x in (
            rng.normal(2, 3),
            rng.normal(*rng.sizes(2), dtype=torch.float64),
            rng.integers(-9, 10, 3),
            rng.normal(),
            rng.integers(0, 2, 2, 2).bool(),
            rng.integers(0, 99, 1, 2).to(torch.uint8),
            rng.normal(0, 3),
            rng.normal(dtype=torch.float64).requires_grad_(),
            leaf,
        ):
            before, expected = x.detach().clone(), as_array(x)
            got = student.to_numpy(x)
            if x.is_leaf and student.rebound(x):
                fail(
                    "the input was changed: it no longer requires a gradient",
                    expected="x.requires_grad = True, as before",
                    got="x.requires_grad = False",
                    likely="detach_() and x.requires_grad = False change x itself. x.detach() is "
                    "another tensor.",
                )
            assert_same(got, expected)
            assert_unchanged(x.detach(), before)
        got = rig.array_of_result(leaf.detach())
        assert_same(got, expected, what="the array of 1 * x, where x requires a gradient,")

    @points(1)
    def test_memory_of_its_own(self, student, device, rng):
        """A later write into x does not show, whatever its order in memory."""
        rig = student.bring("rig_tensors")
        for x in (
            rng.normal(*rng.sizes(2)).T,
            rng.normal(2, 3),
            rng.integers(1, 99, 4, 3)[1:, ::2],
            rng.normal(2, 2, dtype=torch.float64),
            rng.normal(1, 1),
        ):
            assert_same(student.to_numpy(x), as_array(x))
            check_own(rig.array_of_, x, (0, 0))
        check_own(rig.array_of_, rng.normal(), ())
        x = rng.normal(2, 2)
        student.to_numpy(x)  # the call that a report shows
        check_own(rig.array_of_leaf_, x, (0, 1), ", where x requires a gradient")


def check_own(array_of_, x, place, where=""):
    later = x.clone()
    later[place] = 555
    expected, anew = as_array(x), as_array(later)
    got, again, writeable = unpack(array_of_(x, place, 555), "array", "again", "writeable")
    likely = (
        "The array shows a later write into x: they share memory, as x.detach().numpy() and "
        "np.asarray(x) do. .copy() makes an array of its own."
    )
    at = ", ".join(map(str, place)) or "()"
    assert_same(got, expected, likely=likely, what=f"the array after x[{at}] = 555{where}")
    likely = "x is one object, and its numbers change: make a new array in each call."
    assert_same(again, anew, likely=likely, what=f"a second array, after x[{at}] = 555{where},")
    if not writeable:
        fail(
            "the array cannot be written to",
            expected="array.flags.writeable = True",
            got="array.flags.writeable = False",
            likely="An array of its own belongs to the caller, who may write into it, as the "
            "example does: .copy() makes one.",
        )


@recorded
def as_array(x):
    """The numbers of x as an array."""
    name = str(x.dtype).removeprefix("torch.")
    return np.array(x.tolist(), dtype=name).reshape(tuple(x.shape))


@exercise("with_positions")
class TestWithPositions:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_each_token_is_told_its_place(self, student, device, rng):
        """Each entry grows by t / T, in the dtype of x and to its precision."""
        n, t, d = rng.sizes(3, 2, 6)
        for x in (
            torch.ones(2, 5, 3, device=device),
            rng.normal(n, t, d),
            rng.normal(2, 49, 3, dtype=torch.float64),  # 1 / (1 / 49) is not 49
            rng.normal(3, 3, 3),
            rng.normal(2, 1, 2),
            rng.normal(0, 3, 2),
            rng.normal(3, 2, 4).transpose(0, 1),
            rng.normal(1, 2, 1, dtype=torch.float64),
        ):
            before, expected, known = x.clone(), told(x), told_wrongly(x.clone())
            got = student.with_positions(x)
            assert_same(got, expected, mistakes=known)
            assert_unchanged(x, before)
            x.fill_(555)
            likely = "The result is x itself: with T = 1, too, a new tensor was asked for."
            assert_same(got, expected, likely=likely, what="the result after x.fill_(555)")


@recorded
def told(x):
    """x with the place of each token added to it."""
    place = [t / x.shape[1] for t in range(x.shape[1])]
    return torch.stack([x[:, t] + place[t] for t in range(x.shape[1])], dim=1)


@recorded
def told_wrongly(x):
    """What mistakes with with_positions give."""
    n, t, d = x.shape
    along = torch.arange(t, dtype=x.dtype, device=x.device).reshape(-1, 1)
    if n > 0 and t > 1:
        yield x, "Nothing was added. Of integers, t // T is 0; t / T is not."
        yield x + along, "This adds t: divide it by T."
        yield x + along / (t - 1), "The last token gets (T - 1) / T, not 1: divide by T."
        if n != t:
            yield x + along / n, "This divides by N: T, the number of tokens, is x.shape[1]."
        if d != t:
            yield x + along / d, "This divides by D: T, the number of tokens, is x.shape[1]."
        yield x + (along + 1) / t, "Tokens are counted from 0: the first one gets 0 added."
        if d > 1:
            words = "The numbers run along the features. A shape of (T, 1) puts them on the tokens."
            yield x + torch.arange(d, dtype=x.dtype, device=x.device) / d, words
        words = "The numbers run along the batch. A shape of (T, 1) puts them on the tokens."
        if n > 1:
            items = torch.arange(n, dtype=x.dtype, device=x.device).reshape(-1, 1, 1)
            yield x + items / n, words
            yield x + items / t, words
        if t == n:
            yield x + along.unsqueeze(1) / t, words


@exercise("round_to_int")
class TestRoundToInt:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_nearest_whole_number(self, student, device, rng):
        """The nearest whole number; halves to the even one; large ones exact."""
        k = 2 * rng.integer(1, 20)
        for numbers in (
            [k + 0.5, -k - 0.5, k + 0.25, -k - 0.25, k + 0.75, -k - 0.75],
            [k + 1.5, -k - 1.5, 0.5, -0.5, 4000000.0 + k + 1.5, 0.5 - 2.0**-25],
            [3.0 * 2**33, -(2.0**40), 2.0**62],
        ):
            for dtype in BOTH:
                check_rounded(student, torch.tensor(numbers, dtype=dtype, device=device))
        # too long for float32
        exact = [2.0**53 - k - 1, 2.0**40 + k + 1.5, -(2.0**45) - k - 0.5, 0.5 - 2.0**-54]
        check_rounded(student, torch.tensor(exact, dtype=torch.float64, device=device))
        for x in (3 * rng.normal(*rng.sizes(3)), 9 * rng.normal(), rng.normal(0, 2)):
            check_rounded(student, x)
        check_rounded(student, 5 * rng.normal(2, 3, dtype=torch.float64).T)

    @points(1)
    def test_nan_and_infinity_are_refused(self, student, device, rng):
        """NaN or an infinite entry is a ValueError that names it."""
        for dtype in BOTH:
            x = rng.integers(0, 10, *rng.sizes(2)).to(dtype)
            assert_same(student.round_to_int(x), x.long())
            for wrong, name in ((NAN, "nan"), (INF, "inf"), (-INF, "inf")):
                one = x.clone()
                one[-1, rng.integer(0, x.shape[1])] = wrong
                for bad in (one, torch.tensor(wrong, dtype=dtype, device=device)):
                    assert_raises(
                        ValueError,
                        partial(student.round_to_int, bad),
                        mentions=(name,),
                        likely="int64 has no NaN and no infinity, and converting them gives some "
                        "number without a word. x.isfinite() tells of both.",
                    )


def check_rounded(student, x):
    before, expected, known = x.clone(), whole_numbers(x), rounded_wrongly(x.clone())
    assert_same(student.round_to_int(x), expected, mistakes=known)
    assert_unchanged(x, before)


@recorded
def whole_numbers(x):
    """Each entry rounded as Python does."""
    numbers = [round(number) for number in x.flatten().tolist()]
    return torch.tensor(numbers, dtype=torch.int64, device=x.device).reshape(x.shape)


@recorded
def rounded_wrongly(x):
    """What mistakes with round_to_int give."""
    wide = x.double()
    up = "Halves go to the even neighbour: 0.5 to 0, 1.5 to 2. torch.round does that."
    halves = wide.frac().abs() == 0.5
    yield torch.where(halves, wide.trunc(), wide.round()).long(), up
    yield wide.trunc().long(), "The fraction is cut off, as .long() does: round first."
    yield (wide + 0.5).floor().long(), up
    yield (wide.abs() + 0.5).floor().copysign(wide).long(), up
    words = "Adding 0.5 and cutting off fails below 0 and at halves. torch.round rounds."
    yield (wide + 0.5).trunc().long(), words
    yield wide.floor().long(), "This is the next number below: the nearest one was asked for."
    yield wide.ceil().long(), "This is the next number above: the nearest one was asked for."
    small = "int32 ends at 2**31 - 1, about two billion. int64 holds these numbers."
    yield wide.round().to(torch.int32).long(), small
    words = "float32 has 7 digits, and the last ones of these are lost: keep the dtype of x."
    yield x.float().round().long(), words


@exercise("counts")
class TestCounts:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_how_often_each_label_occurs(self, student, device, rng):
        """Each class has its count, those that do not occur as well."""
        for high, classes, n in (
            (3, 8, 11),
            (3, 5, 7),
            (1, 1, 300),
            (2, 9, 1),
            (5, 9, 0),
            (1, 1, 0),
        ):
            labels = 2 * rng.integers(0, high, n)  # so that there are gaps
            check_counted(student, labels, classes)
        many = torch.tensor([4998, 300, 4998], device=device)  # float32 cannot sort them into bins
        check_counted(student, many, 5000)

    @points(1)
    def test_labels_outside_are_refused(self, student, device, rng):
        """A label outside, at either end, is a ValueError that names it."""
        classes = rng.integer(5, 9)
        labels = rng.permutation(classes)[1:].to(device)
        what = "the result for labels that are all in range, which comes first,"
        assert_same(student.counts(labels, classes), tally(labels, classes), what=what)
        for wrong in (-1, classes, -rng.integer(2, 50), classes + rng.integer(1, 50)):
            bad = labels.clone()
            bad[rng.integer(0, len(bad))] = wrong
            assert_raises(
                ValueError,
                lambda bad=bad: student.counts(bad, classes),
                mentions=(wrong,),
                likely=f"The labels are 0 to {classes - 1}: look at both ends before you count.",
            )


def check_counted(student, labels, classes):
    before, expected, known = labels.clone(), tally(labels, classes), miscounts(labels)
    got = student.counts(labels, classes)
    assert_same(got, expected, mistakes=known, likely=TALLY)
    assert_unchanged(labels, before)


TALLY = "Entry k of the result says how many labels are k, also where that is 0."


@recorded
def tally(labels, classes):
    """How often each label occurs."""
    given = labels.tolist()
    found = [given.count(k) for k in range(classes)]
    return torch.tensor(found, dtype=torch.int64, device=labels.device)


@recorded
def miscounts(labels):
    """What mistakes with counts give."""
    given = labels.tolist()
    if given:
        found = [given.count(k) for k in range(max(given) + 1)]
        words = "The result ends at the largest label there is. It has `classes` entries."
        yield torch.tensor(found, device=labels.device), words


@exercise("set_where_")
class TestSetWhere:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_rows_of_the_mask(self, student, device, rng):
        """In the mask's rows, the column is written in place; x comes back."""
        large = 2**53 + 2 * rng.integer(1, 1000) + 1  # no float64 is equal to it
        for memory, view, value in (
            (rng.integers(1, 100, 4, 3), as_it_is, 555),
            (2 * rng.integers(1, 100, 3, 4) + large, transposed, -large),
            (odd_numbers(rng, 4, 3), as_it_is, 5.5),
            (odd_numbers(rng, 5, 6, dtype=torch.float64), every_other, 0.1),
            (rng.normal(3, 5), transposed, 7),
            (rng.normal(3, 1), as_it_is, 0),
        ):
            x = view(memory)
            mask = torch.cat([half_of(rng, 2), half_of(rng, len(x) - 2)]).to(device)
            check_written(student, memory, view, mask, rng.integer(0, x.shape[1]), value)
        for rows, mask in ((3, True), (3, False), (1, True), (1, False), (0, True)):
            masks = torch.full((rows,), mask, device=device)
            check_written(student, rng.normal(rows, 2), as_it_is, masks, 1, 9.5)

    @points(1)
    def test_masks_that_are_none(self, student, device, rng):
        """A mask that is not bool, or not (N,), is a ValueError."""
        n = rng.integer(4, 7)
        good = torch.arange(n, device=device) % 2 == 1
        x, value = rng.integers(1, 9, n, 2), rng.integer(10, 99)
        expected, known = written(x, good, 1, value), written_wrongly(x.clone(), good, 1, value)
        student.set_where_(x, good, 1, value)
        what = "x, after a call with a good mask, which comes first,"
        assert_same(x, expected, mistakes=known, what=what)
        for bad, why in (
            (good.long(), TAKEN_FOR_NUMBERS),
            (good.to(torch.uint8), "uint8 is what masks were made of once: bool is asked for."),
            (good.float(), "rows.dtype tells whether it is torch.bool."),
            (good[1:], LENGTH),
            (good[:1], LENGTH),
            (torch.cat([good, good]), LENGTH),
            (good.unsqueeze(1), ONE_AXIS),
            (good[0], ONE_AXIS),
            (torch.stack([good] * 3, dim=1), ONE_AXIS),
        ):
            offending = (n,) if bad.ndim == 1 else (bad.ndim,)
            if bad.dtype != torch.bool:
                offending = str(bad.dtype).removeprefix("torch."), 1
            assert_raises(
                ValueError,
                lambda bad=bad: student.set_where_(rng.integers(1, 9, n, 2), bad, 1, value),
                mentions=(*offending, tuple(bad.shape)),
                likely=why,
            )


TAKEN_FOR_NUMBERS = "Integers would be taken for row numbers: look at rows.dtype first."
LENGTH = "The mask has one entry for each row of x: compare its shape with (N,)."
ONE_AXIS = "The mask has exactly one axis: compare its whole shape with (N,)."


def half_of(rng, rows):
    """Of two rows it marks one: taken for numbers, a mask names rows 0 and 1."""
    return rng.permutation(rows) < rows // 2


def as_it_is(memory):
    return memory.view(memory.shape)


def transposed(memory):
    return memory.T


def every_other(memory):
    return memory[1:, ::2]


def odd_numbers(rng, *shape, dtype=torch.float32):
    """With NaN in the first row, infinity from the third on: no half of the rows is without."""
    made = rng.normal(*shape, dtype=dtype)
    made[0], made[2:] = NAN, -INF
    return made


def check_written(student, memory, view, mask, column, value):
    x, right, there = view(memory), memory.clone(), memory.clone()
    before, expected = x.clone(), written(x, mask, column, value)
    view(right).copy_(expected)
    known = written_wrongly(before, mask, column, value)
    got = student.set_where_(x, mask, column, value)
    assert_same(x, expected, mistakes=known, what="x", finite=False)
    known = [(there, MOVED)]
    assert_same(memory, right, mistakes=known, what="the memory of x", finite=False)
    assert_comes_back(got, x)


MOVED = "x lies in other memory now: `x.data = ...` and x.set_(...) move it, they do not write."


@recorded
def written(x, mask, column, value):
    """x with the value in one column of the rows of the mask."""
    made = x.clone()
    for n, meant in enumerate(mask.tolist()):
        if meant:
            made[n, column] = value
    return made


@recorded
def written_wrongly(x, mask, column, value):
    """What mistakes with set_where_ make of x."""
    chained = (
        "x is as it was. x[mask] is a copy, and so is what torch.where returns. An index with two "
        "parts, left of =, writes into x."
    )
    yield x, chained
    rows = x.clone()
    rows[mask] = value
    yield rows, "The whole rows were written: only one column of them is meant."
    whole = x.clone()
    whole[:, column] = value
    yield whole, "The whole column was written: only the rows of the mask are meant."
    other = x.clone()
    other[~mask, column] = value
    yield other, "The other rows were written, those where the mask is False."
    if column < len(x):
        row = x.clone()
        row[column] = value
        words = (
            "A loop over a mask gives True and False, no row numbers. A mask is an index itself."
        )
        yield row, words
    zeros = x.clone()
    zeros[:, column] = value * mask
    yield zeros, "The other rows of the column were overwritten: they stay as they are."
    kept = x.clone()
    kept[:, column] = x[:, column] * ~mask + value * mask
    yield kept, "0 * NaN, 0 * inf and inf - inf are NaN: no arithmetic takes such entries away."


@exercise("swap_columns_")
class TestSwapColumns:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_columns_change_places(self, student, device, rng):
        """Columns i and j change places in the memory of x, and x comes back."""
        for shape in ((3, 3), (2, 3), rng.sizes(2, 3, 6), (1, 2), (0, 2)):
            i, j = rng.permutation(shape[1])[:2].tolist()
            x = rng.integers(1, 100, *shape)
            assert_comes_back(*check_swapped(student, x, as_it_is, i, j))
        check_swapped(student, rng.normal(3, 4, dtype=torch.float64), as_it_is, 0, 3)

    @points(1)
    def test_views_and_numbers_from_the_end(self, student, device, rng):
        """Views and numbers from the end work; if i is j, nothing changes."""
        sizes = torch.tensor([1.0, 1e20, 1e-20], dtype=torch.float64, device=device)
        for memory, view in (
            (rng.normal(3, 4), transposed),
            (2 * rng.integers(1, 100, 4, 6) + 2**53 + 1, every_other),
            (rng.normal(4, 3, dtype=torch.float64) * sizes, as_it_is),
        ):
            last = view(memory).shape[1] - 1
            for i, j in ((0, 1), (-1, 0), (1, -1), (-2, -3), (1, 1), (last, -1), (-1, -1)):
                check_swapped(student, memory, view, i, j)
        check_swapped(student, rng.normal(3, 1), as_it_is, 0, 0)


def check_swapped(student, memory, view, i, j):
    x, right, there = view(memory), memory.clone(), memory.clone()
    before, expected = x.clone(), swapped(x, i, j)
    view(right).copy_(expected)
    got = student.swap_columns_(x, i, j)
    likely = FROM_THE_END if i < 0 or j < 0 else None
    assert_same(x, expected, mistakes=swapped_wrongly(before, i, j), likely=likely, what="x")
    assert_same(memory, right, mistakes=[(there, MOVED)], what="the memory of x")
    return got, x


FROM_THE_END = (
    "Negative numbers count from the end: torch knows that of an index, a comparison such as "
    "k == i does not."
)


@recorded
def swapped(x, i, j):
    """x with two columns exchanged."""
    columns = [x[:, d].clone() for d in range(x.shape[1])]
    columns[i], columns[j] = columns[j], columns[i]
    return torch.stack(columns, dim=1)


@recorded
def swapped_wrongly(x, i, j):
    """What mistakes with swap_columns_ make of x."""
    yield x, "x is as it was: no two columns have changed places."
    first, second = x.clone(), x.clone()
    first[:, i], second[:, j] = x[:, j], x[:, i]
    words = (
        "Both columns hold the same now. What is written over has to be kept before, as a copy: "
        "x[:, i] alone is a view, and changes with x. x[:, i].clone() does not."
    )
    if min(i, j) >= 0:
        yield first, words
        yield second, words
    if max(i, j) < len(x):
        words = "Rows were exchanged: columns are the second axis, x[:, i]."
        rows = x.clone()
        rows[i] = x[j]
        yield rows, words
        rows[j] = x[i]
        yield rows, words
    if i == j:
        gone = x.clone()
        gone[:, i] = 0
        yield gone, "Sums and differences lose the column where i and j are the same."


@exercise("random_integers")
class TestRandomIntegers:
    @visible
    @points(1)
    def test_seed_decides_alone(self, student, device, rng):
        """The seed decides the numbers, and the global random state stays."""
        rig = student.bring("rig_tensors")
        seed, low = rng.integer(1, 2**32 - 1), rng.integer(-9, 9)
        untouched = next_numbers()
        rig.seed(1)
        wide = drawn(student, low, low + 2**40, (2, 4, 5), seed)
        for source, before, after in zip(SOURCES, untouched, rig.draw(), strict=True):
            if before != after:
                fail(
                    "the global random state was changed",
                    expected=f"the next {source} gives {before:.6g}",
                    got=f"the next {source} gives {after:.6g}",
                    likely=STATE,
                )
        if len(set(wide.flatten().tolist())) < 40:
            fail(
                "numbers are repeated",
                expected="40 numbers of 2**40, each drawn for itself: hardly ever two alike",
                got=wide,
            )
        rig.seed(2)
        again = rig.drawn_anew(low, low + 2**40, (2, 4, 5), seed)
        known = [(torch.full_like(wide, low), KEPT)]
        what = "a second call with the same seed"
        assert_same(again, wide, mistakes=known, likely=FROM_SEED, what=what)
        for other in (seed ^ 2**31, (seed + 1000) % 2**32, 2**32 - 1, 0):
            got = drawn(student, low, low + 2**40, (2, 4, 5), other)
            if other != seed and torch.equal(got, wide):
                fail(
                    "another seed must give other numbers",
                    expected=f"other numbers for seed = {other} than for seed = {seed}",
                    got="the same 40 numbers for both",
                    likely="Start the generator from seed, all of it.",
                )
        again = drawn(student, low, low + 2**40, (2, 4, 5), 0)
        assert_same(again, got, likely=ZERO, what="a second call with the seed 0")
        for shape in ((), (0,), (3, 0), (1,), (2, 1, 3)):
            drawn(student, low, low + 1, shape, seed)
        cards = drawn(student, low, low + 100, (100,), seed).tolist()
        if len(set(cards)) == 100:
            fail(
                "no number occurs twice",
                expected="100 throws of 100 numbers, each of them independent of the others",
                got="each of the 100 numbers once",
                likely=CARDS,
            )
        far = 2**60 + 100 + low  # the nearest float64 is 2**60
        few = set(drawn(student, far, far + 3, (9, 10), seed).flatten().tolist())
        if len(few) < 3:
            fail(
                "not every number occurs",
                expected=f"{far}, {far + 1} and {far + 2} among 90 of them",
                got=f"only {sorted(few)}",
                likely=f"Each number from low to high - 1 = {far + 2} is equally likely.",
            )
        for high in (low, low - 1, low - 20):
            assert_raises(
                ValueError,
                lambda high=high: student.random_integers(low, high, (2,), seed),
                mentions=(low, high, high - 1),
                likely="Compare low and high first: there is no number from low to high - 1.",
            )

    @points(1)
    def test_equally_likely_and_independent(self, student, device, rng):
        """All numbers are equally likely and independent, in wide ranges too."""
        low, seed = rng.integer(-90, 90), rng.integer(0, 2**32)
        dice = drawn(student, low, low + 6, (3, 2000), seed) - low
        check_shares(dice, 6, f"each number from {low} to {low + 5}")
        for part in (dice[0, 1:], dice[1, 1:]):
            if torch.equal(part, dice[2, 1:]):
                fail("two rows are alike", expected="numbers of its own in each row", got=dice)
        flat = dice.flatten()
        pairs = flat[1:] * 6 + flat[:-1]
        check_shares(pairs, 36, "each pair of neighbours")
        if len(set(flat.bincount(minlength=6).tolist())) == 1:
            fail(
                "all numbers occur equally often, to the very last",
                expected="6000 throws, each of them independent of the others",
                got="1000 of each number",
                likely=CARDS,
            )
        large = drawn(student, low, low + 2**50, (2000,), seed) - low
        likely = (
            "torch.rand in float32 has 24 binary digits: most numbers of this range never occur. "
            "Draw integers, as torch.randint does."
        )
        check_shares(large % 8, 8, "each rest of a division by 8", likely)
        check_shares(large >> 47, 8, "each eighth of a range of 2**50")


SOURCES = "torch.rand(())", "random.random()", "np.random.random()"
STATE = (
    "Whoever draws random numbers after you must not notice. torch.manual_seed changes the state "
    "of the whole program; a torch.Generator of your own, which starts from seed, does not."
)
CARDS = (
    "Where no number can occur again before all the others have, the draws are not independent: "
    "randperm deals cards, randint throws dice."
)
KEPT = (
    "The result of the call before was written to, and comes back: make a new tensor in each call."
)
ZERO = "0 is a seed like any other, but `if seed` and `seed or ...` take it for none."
FLOATS = (
    "float64 is exact for whole numbers up to 2**53 only. Make integers of what was drawn, and add "
    "low to them."
)
FROM_SEED = "Take every random number from a generator that starts from seed."


def drawn(student, low, high, shape, seed):
    """Integers of the right form, none of them outside."""
    raw = student.random_integers(low, high, shape, seed)
    got = assert_form(raw, torch.zeros(shape, dtype=torch.int64))
    if got.numel() == 0:
        return got
    smallest, largest = int(got.min()), int(got.max())
    if smallest < low or largest >= high:
        wrong = smallest if smallest < low else largest
        likely = "high itself does not occur." if (smallest, largest) == (low, high) else None
        if wrong == float(low):
            likely = FLOATS
        if isinstance(raw, Tensor) and raw.dtype == torch.int32:
            likely = "int32 ends at 2**31 - 1, about two billion. int64 holds these numbers."
        fail(
            f"{wrong} is not among the numbers from {low} to {high - 1}",
            expected=f"numbers from {low} to {high - 1}",
            got=f"numbers from {smallest} to {largest}",
            likely=likely,
        )
    return got


def check_shares(got, count, what, likely=None):
    """None of the numbers from 0 to count - 1 is more or less frequent than chance allows."""
    found = got.flatten().bincount(minlength=count)
    total, p = got.numel(), 1 / count
    room = 8 * (total * p * (1 - p)) ** 0.5
    far = (found - total * p).abs()
    if far.max() > room:
        fail(
            "not all numbers are equally likely",
            expected=f"among {total} numbers, {what} about {total * p:.0f} times",
            got=f"one of them {found[far.argmax()]} times",
            likely=likely,
        )


@recorded
def next_numbers():
    """What every global source gives second after the seed 1, if nobody draws in between."""
    generator, python, array = torch.Generator(), random.Random(1), np.random.RandomState(1)
    return [
        torch.rand(2, generator=generator.manual_seed(1))[1].item(),
        [python.random(), python.random()][1],
        array.random_sample(2)[1],
    ]
