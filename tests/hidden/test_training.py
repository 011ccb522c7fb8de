"""Hidden suite of `training`: data, a classifier, and the loop, each judged by what comes of it.

rig_training.py and rig_regressor.py are for all tests, rig_training_modules.py and
rig_regressor_modules.py for hidden ones alone. Formulas and loops are `@recorded`: they are the
answers in another dress.
"""

import itertools
import math
import random
import re

import numpy as np
import torch

from grader.suite import (
    as_like,
    assert_form,
    assert_raises,
    assert_same,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    unpack,
    visible,
)

LOOSE = {"rtol": 1e-4, "atol": 1e-5}
REGISTER = (
    "A module registers what is assigned to it in __init__: a layer, an nn.Parameter, an "
    "nn.Sequential. Plain tensors, layers in a plain list, and layers made in forward stay unknown "
    "to it."
)


# --- split ------------------------------------------------------------------------------------


def rows_of(part, whole, name):
    """For each row of a part of y, its number; the rows of `whole` all differ."""
    flat, among = (t.reshape(len(t), -1) for t in (part, whole))
    same = (flat.unsqueeze(1) == among.unsqueeze(0)).all(dim=2)
    if not same.any(dim=1).all():
        likely = "Pick whole rows: y[numbers] takes the rows with these numbers."
        fail(f"{name} holds rows that are not in y", expected=whole, got=part, likely=likely)
    return same.int().argmax(dim=1)


def of_shapes(parts, expected):
    """What is certain of four tensors whose shapes are not as expected."""
    if not all(isinstance(part, torch.Tensor) and part.dim() > 0 for part in parts):
        return None
    shapes = [tuple(part.shape) for part in parts]
    if shapes == expected:
        return None
    if shapes == [expected[k] for k in (0, 2, 1, 3)]:
        return IN_ORDER
    if [s[1:] for s in shapes] != [s[1:] for s in expected]:
        return None
    rows = [s[0] for s in shapes]
    in_all = expected[0][0] + expected[2][0]
    if rows[:2] != rows[2:] and (rows[0], rows[2]) == (rows[1], rows[3]):
        return ROUND if rows[0] + rows[2] == in_all else ONCE
    return None


def check_split(result, x, y, count):
    """All parts are rows of x and y, `count` of them for validation: the numbers of those."""
    parts, found = unpack(result, *PARTS), []
    likes = x[count:], y[count:], x[:count], y[:count]
    likely = of_shapes(parts, [tuple(like.shape) for like in likes])
    parts = [
        assert_form(part, like, what=name, likely=likely)
        for part, like, name in zip(parts, likes, PARTS, strict=True)
    ]
    for xs, ys, part in ((*parts[:2], "train"), (*parts[2:], "val")):
        found.append(rows_of(ys, y, f"y_{part}"))
        assert_same(xs, x[found[-1]], likely=TOGETHER, what=f"x_{part}")
    used = torch.cat(found).sort().values
    assert_same(used, torch.arange(len(x)).to(used), likely=ONCE, what="the rows that are used")
    return sorted(found[1].tolist())


def table(rng, n, dtype=torch.float32, x_axes=(2,), y_axes=()):
    """Rows of x and of y that all differ."""
    x, y = rng.normal(n, *x_axes, dtype=dtype), 10 + rng.permutation(n).to(rng.device)
    return x, y if not y_axes else y.reshape(n, *[1] * len(y_axes)).expand(n, *y_axes).to(dtype)


@exercise("split")
class TestSplit:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_rows_are_dealt_out(self, student, device, rng):
        """Each row goes to one part, with its y; an empty part is a ValueError."""
        for n, fraction, count, options in (
            (5, 0.4, 2, {}),
            (10, 0.25, 2, {"dtype": torch.float64, "y_axes": (1,)}),
            (2, 0.5, 1, {"x_axes": (2, 3), "y_axes": (2, 2), "seed": 3}),
            (8, 0.8, 6, {"x_axes": (1,), "seed": 12}),
            (3, 0.5, 2, {"x_axes": (), "seed": 7}),
        ):
            seed = {"seed": options.pop("seed")} if "seed" in options else {}
            x, y = table(rng, n, **options)
            check_split(student.split(x, y, fraction, **seed), x, y, count)
        x, y = table(rng, 4)
        for fraction in (0.0, 1.0, -0.5, 1.5, 0.1, 0.9, math.nan):
            size = (0,) if fraction in (0.1, 0.9) else ()
            assert_raises(
                ValueError,
                lambda f=fraction: student.split(x, y, f),
                mentions=(fraction, 4, *size),
                likely=CHECK,
            )

    @points(1)
    def test_chance_is_seeded(self, student, device, rng):
        """The seed alone decides, and over many seeds every row is drawn."""
        rig = student.bring("rig_sgd")
        x, y = table(rng, 6)
        untouched = next_numbers(1, device)
        rig.seed(1, device)

        def rows_for_validation(**options):
            return check_split(in_order(student.split(x, y, 0.5, **options)), x, y, 3)

        first = rows_for_validation(seed=3)
        for source, before, after in zip(SOURCES, untouched, rig.draw(device), strict=True):
            if before != after:
                fail(
                    "the global random state was changed",
                    expected=f"the next {source} gives {before:.6g}",
                    got=f"the next {source} gives {after:.6g}",
                    likely=GLOBAL_STATE,
                )
        rig.seed(2, device)
        from_seed = "Take every random number from a generator that starts from seed in each call."
        again = rows_for_validation(seed=3)
        check_rows(again, first, "a second call with the same seed gives another split", from_seed)
        default = rows_for_validation()
        zero = rows_for_validation(seed=0)
        words = "seed is 0 if nothing else is said."
        if default != zero and any(rows_for_validation(seed=0) != zero for _ in range(4)):
            words = "0 is a seed like any other: `seed or None` and `if seed:` take it for none."
            if any(rows_for_validation(seed=3) != first for _ in range(4)):
                words = from_seed
        check_rows(default, zero, "a call without a seed is not one with seed=0", words)
        start, splits = rng.integer(0, 1000), set()
        for seed in range(start, start + 30):
            splits.add(tuple(rows_for_validation(seed=seed)))
        drawn = set().union(*splits)
        if len(drawn) < len(x):
            words = "Shuffle the numbers of the rows, by chance that starts from seed, before you "
            words += "cut them in two."
            if len(splits) > 1:
                words = "Not all rows take part: shuffle the numbers from 0 to N - 1."
            fail(
                "some rows are never drawn for validation",
                expected="each of 6 rows, in some of 30 splits with another seed each",
                got=f"only the rows {sorted(drawn)}",
                likely=words,
            )
        if len(splits) < 8:  # of the 20 that there are; by chance some 16
            fail(
                "the same rows are drawn together again and again",
                expected="any 3 of 6 rows, by chance",
                got=f"in 30 splits with another seed each, only {listed_rows(splits)}",
                likely="Shuffle all rows. A block of neighbours is no chance: tables come sorted.",
            )


def check_rows(got, expected, message, likely):
    if got != expected:
        expected = f"the rows {expected} for validation"
        fail(message, expected=expected, got=f"the rows {got}", likely=likely)


def listed_rows(splits):
    return ", ".join(str(list(rows)) for rows in sorted(splits))


def in_order(result):
    """Both parts of x first, as others return them, cost the first test alone."""
    if isinstance(result, (tuple, list)) and len(result) == 4:
        axes = [t.dim() if isinstance(t, torch.Tensor) else 0 for t in result]
        return (result[0], result[2], result[1], result[3]) if axes == [2, 2, 1, 1] else result
    return result


PARTS = "x_train", "y_train", "x_val", "y_val"
TOGETHER = "The rows of x and of y are picked by the same numbers, in the same order."
ROUND = (
    "round(fraction * N) rows are for validation: those of x_val and y_val. All the others are for "
    "training."
)
ONCE = "Each row is in one part, and in one only."
IN_ORDER = (
    "First both parts for training, then both for validation: x_train, y_train, x_val, y_val."
)
CHECK = (
    "Check the fraction first, and then the number of rows of each part: an empty part is an error "
    "too."
)
GLOBAL_STATE = (
    "Whoever draws random numbers after you must not notice. torch.manual_seed, random.seed and "
    "np.random.seed change the global state, and so does drawing from it, as a plain randperm "
    "does; torch.Generator().manual_seed(seed) keeps to itself."
)
SOURCES = "torch.rand on this device", "torch.rand(())", "random.random()", "np.random.random()"


def next_numbers(seed, device):
    """What every global source gives after `rig.seed`, if nobody draws in between."""
    here = torch.Generator().manual_seed(seed)
    on_device = here if device == "cpu" else torch.Generator(device).manual_seed(seed)
    python, numbers = random.Random(seed), np.random.RandomState(seed)
    for _ in range(2):  # the rig draws once itself
        following = [
            torch.rand((), generator=on_device, device=device).item(),
            torch.rand((), generator=here).item(),
            python.random(),
            numbers.random_sample(),
        ]
    return following


# --- Standardize ------------------------------------------------------------------------------


def standardized_by(rows, x, **mistake):
    """The rows, by the columns of x; the options are mistakes."""
    centre, spread = mistake.get("centre", x.mean(dim=0)), mistake.get("spread")
    if spread is None:
        spread = ((x - x.mean(dim=0)) ** 2).mean(dim=0).sqrt()
    return (rows - centre) / torch.where(spread > 0, spread, 1.0)


@recorded
def standardized(rows, x):
    """The rows, shifted and scaled as the columns of x say."""
    return standardized_by(rows, x)


@recorded
def standardized_wrongly(rows, x):
    """What mistakes with Standardize give for these rows."""
    yield (
        standardized_by(rows, rows),
        "These rows are not those that the module was made with: "
        "mean and deviation come from x, in __init__.",
    )
    if len(x) > 1:
        words = "This divides by N - 1: std has correction=1 if nothing else is said."
        yield standardized_by(rows, x, spread=x.std(dim=0)), words
        words = "This divides by the variance: its square root is missing."
        yield standardized_by(rows, x, spread=x.var(dim=0, correction=0)), words
    words = "Each column has a mean and a deviation of its own: dim=0."
    whole = {"centre": x.mean(), "spread": x.std(correction=0)}
    yield standardized_by(rows, x, **whole), words
    spread = x.std(dim=0, correction=0)
    for epsilon in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
        words = f"Something like {epsilon:g} is added to the deviation. 1e-8 is enough against 0."
        yield standardized_by(rows, x, spread=spread + epsilon), words
    yield rows - x.mean(dim=0), "The mean is subtracted; divide by the deviation as well."
    yield rows / x.std(dim=0, correction=0), "Subtract the mean, too."


def with_constant(rng, dtype, n, d):
    """Rows of x and other rows; in one column both repeat one number, whose mean is exact."""
    shift, scale = 3 * rng.normal(d, dtype=dtype), rng.uniform(0.5, 3, d, dtype=dtype)
    apart = torch.stack([rng.permutation(n) for _ in range(d)], dim=1).to(shift)
    x = shift + scale * (apart + rng.uniform(-0.3, 0.3, n, d, dtype=dtype))
    rows = shift + scale * rng.normal(3, d, dtype=dtype)
    if d > 1:
        x[:, -1] = rows[:, -1] = 4.0
    return x, rows


@exercise("Standardize")
class TestStandardize:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_columns_of_x_decide(self, student, device, rng):
        """The columns of x shift and scale all rows; a constant column becomes 0."""
        n, d = rng.sizes(2, 3, 6)
        for dtype, *size in ((torch.float32, 4, 2), (torch.float64, n, d), (torch.float32, 5, 1)):
            x, rows = with_constant(rng, dtype, *size)
            module = student.Standardize(x if dtype == torch.float32 else x.T.contiguous().T)
            for given in (rows, x, rows[:1], rows[:0], rows.T.contiguous().T):
                expected, known = standardized(given, x), standardized_wrongly(given, x)
                got = module(given)
                likely = CONSTANT if is_nan(got) else of_columns(given, x)
                assert_same(got, expected, mistakes=known, likely=likely, **LOOSE)
        x = rng.normal(1, d)
        module = student.Standardize(x)
        assert_same(module(x), 0 * x, likely="One row repeats its numbers: its deviation is 0.")
        x = torch.tensor([[2000.0, 0.0], [2001.0, 1e-6], [2002.0, 2e-6]], device=device)
        expected, known = standardized(x, x), standardized_wrongly(x, x)
        got = student.Standardize(x)(x)
        years = (
            isinstance(got, torch.Tensor)
            and got.dim() == 2
            and close(got[:, 0], expected[:, 0], ROUGH)
        )
        likely = SMALL if years else YEARS
        assert_same(got, expected, mistakes=known, likely=likely, **ROUGH)
        x = x[:, :1].double() + 0.1
        expected = standardized(x, x)
        got = student.Standardize(x)(x)
        assert_same(got, expected, likely=IN_DOUBLE, rtol=1e-6, atol=1e-6)

    @points(1)
    def test_its_numbers_are_saved_and_moved(self, student, device, rng):
        """No parameters; its numbers are in state_dict() and move with .to(...)."""
        modules, rig = student.bring("rig_training_modules"), student.bring("rig_regressor")
        (x, rows), (other, _) = (with_constant(rng, torch.float64, n, 3) for n in (4, 5))
        first, second = student.Standardize(x), student.Standardize(other)
        # The first test has told of another deviation, and of an epsilon.
        sample = standardized_by(rows, x, spread=x.std(dim=0))
        correction = int(close(first(rows), sample, ROUGH))

        def right(given, x, **mistake):
            spread = x.std(dim=0, correction=correction)
            return standardized_by(given, x, **{"spread": spread, **mistake})

        assert_same(first(rows), right(rows, x), **ROUGH)
        assert_same(second(rows), right(rows, other), **ROUGH)
        there = student.Standardize(x.cpu())
        rig.to_device(there, device)
        moved = modules.in_float(there)
        expected = right(rows, x).float()
        likely = "module.float() has made all its numbers float32, and the rows are float32 too."
        got = moved(rows.float())
        if isinstance(got, torch.Tensor) and got.dtype == torch.float64:
            fail(
                "its numbers must move with .to(...)",
                expected="float32 for float32 rows, after module.float()",
                got="float64",
                likely=BUFFERS,
            )
        assert_same(got, expected, likely=likely, **ROUGH)
        modules.load(second, first)
        spread = other.std(dim=0, correction=correction)
        known = (
            (right(rows, other), f"Nothing of it was saved. {SAVED}"),
            (
                right(rows, x, centre=other.mean(dim=0)),
                f"The deviation was saved, the mean was not. {SAVED}",
            ),
            (
                right(rows, x, spread=spread),
                f"The mean was saved, the deviation was not. {SAVED}",
            ),
        )
        likely = "It was made with one x and has loaded the state_dict() of a module of another x."
        assert_same(second(rows), right(rows, x), mistakes=known, likely=likely, **ROUGH)
        names = modules.parameters_of(first)
        changed = not close(first(rows), right(rows, x), ROUGH)
        if names or changed:
            fail(
                "it must have no parameters",
                expected="an empty list(module.parameters())",
                got=f"parameters: {', '.join(names)}" if names else "numbers that training moves",
                likely="An nn.Parameter is counted among the parameters, even a frozen one. "
                "register_buffer makes what is saved and moved, and no parameter.",
            )


YEARS = (
    "Column 0 holds years, which are large beside their deviation: the mean of x², less the square "
    "of the mean, loses the digits that count. Subtract the mean first, and then square."
)
SMALL = (
    "Column 1 has a deviation of 8e-7. That is no 0: divide by it, with an epsilon of at most 1e-8."
)
IN_DOUBLE = (
    "x is float64, and its mean and its deviation have to be so, too: torch.tensor([...]) and "
    "float() make float32."
)
CONSTANT = (
    "A column of x repeats one number: its mean is that number, its deviation 0, and 0 / 0 is NaN."
)
BUFFERS = (
    "Plain attributes are neither saved nor moved: register_buffer(name, tensor) makes what is."
)
SAVED = "state_dict() leaves out plain attributes, and buffers made with persistent=False."


ROUGH = {"rtol": 0.02, "atol": 1e-3}


def is_nan(got):
    return isinstance(got, torch.Tensor) and bool(got.isnan().any())


def close(got, expected, tolerance=LOOSE):
    fits = isinstance(got, torch.Tensor) and got.shape == expected.shape
    return fits and torch.allclose(got.detach().to(expected), expected, **tolerance)


def of_columns(given, x):
    if len(given) == len(x) and torch.equal(given, x):
        return "Subtract the mean of each column, and divide by its deviation, or by 1 if it is 0."
    return "The mean and the deviation of the columns of x, the rows that it was made with, decide."


# --- Classifier -------------------------------------------------------------------------------


SEVEN = 7.0  # no number that a fresh parameter has
RANDOM = (
    "Each call gives something else for the same x: dropout, or a layer that is made anew in "
    "forward. Layers are made once, in __init__."
)
BOTH_MODES = "The logits are to be the same in evaluation mode as in training mode."
LAYERS = "Two linear layers, each with a weight for each input and output, and biases."


def fill(rig, model, number, device, inputs, hidden, classes):
    """Make each number of a model this one; so many are to be trained."""
    expected = (inputs + 1) * hidden + (hidden + 1) * classes
    filled = rig.fill(model, torch.tensor([number], device=device))
    count, total = int(filled.sum()), len(filled)
    if count != expected:
        if 0 < count < total == expected:
            fail(
                "every number must be trained",
                expected=f"{expected} numbers with requires_grad = True",
                got=f"requires_grad = False for {expected - count} of {expected} numbers",
                likely="requires_grad_(False) freezes a parameter: here, all of them learn.",
            )
        sizes = f"Here they lead from {inputs} to {hidden} to {classes} features."
        fail(
            "the registered, trainable numbers do not add up",
            expected=f"{expected} numbers in model.parameters()",
            got=f"{count} numbers in model.parameters()",
            likely=f"{LAYERS} {sizes}" if count else REGISTER,
        )


def check_logits(model, x, classes):
    """What the model makes of `x`: a tensor of shape (N, classes)."""
    logits = model(x)
    likely = "A logit for each row and class: (N, classes)."
    likely = "forward ends with `return`, or it gives None." if logits is None else likely
    like = x.new_zeros(len(x), classes)
    return assert_form(logits, like, likely=likely, what="the output").detach()


def by_hand_with(x, c, hidden, classes, *, relus=(1,)):
    """The logits if each weight and bias is `c`, with a ReLU after the layers of these numbers."""
    for layer, width in enumerate((hidden, classes), start=1):
        x = (c * (x.sum(dim=1, keepdim=True) + 1)).expand(-1, width)
        x = x.clamp(min=0) if layer in relus else x
    return x


@recorded
def logits_of_equal_weights(x, c, hidden, classes):
    """The logits of a classifier if each of its weights and biases is `c`."""
    return by_hand_with(x, c, hidden, classes)


@recorded
def logits_gone_wrong(x, c, hidden, classes):
    """What mistakes with Classifier give for such weights."""
    logits = by_hand_with(x, c, hidden, classes)
    words = "There is no ReLU between the layers, or its result is not used: together they are one "
    words += "linear layer."
    yield by_hand_with(x, c, hidden, classes, relus=()), words
    words = "There is a ReLU after the last layer: logits may be negative."
    yield by_hand_with(x, c, hidden, classes, relus=(1, 2)), words
    yield (
        logits.softmax(dim=1),
        "These are probabilities: cross_entropy wants logits, "
        "without a softmax after the last layer.",
    )
    yield logits.log_softmax(dim=1), "There is a log_softmax at the end: logits come without."
    yield logits.sigmoid(), "There is a sigmoid at the end: logits come without."
    for name in ("tanh", "sigmoid"):
        bent = getattr((c * (x.sum(dim=1, keepdim=True) + 1)), name)()
        words = f"Between the layers stands {name}: it should be ReLU."
        yield (c * (hidden * bent + 1)).expand(-1, classes), words


@exercise("Classifier")
class TestClassifier:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_two_layers_and_a_relu(self, student, device, rng):
        """Affine, ReLU, affine: a logit for each row and class, nothing after."""
        rig = student.bring("rig_regressor")
        for inputs, hidden, classes in ((*rng.sizes(2, 2, 5), 3), (1, 1, 2), (2, 3, 1)):
            model = student.Classifier(inputs, hidden, classes)
            # Rows with sums above -1 and below: the first layer is on one side of 0, or the other.
            x = torch.cat([rng.uniform(0, 2, 2, inputs), rng.uniform(-3, -1.5, 2, inputs)])
            x[0] += 30  # ReLU has no upper end
            for c in (0.5, -0.5):
                fill(rig, model, c, device, inputs, hidden, classes)
                expected = logits_of_equal_weights(x, c, hidden, classes)
                known = logits_gone_wrong(x, c, hidden, classes)
                got = check_logits(model, x, classes)
                likely = "A linear layer, a ReLU, a linear layer, and nothing else."
                for _ in range(0 if close(got, expected) else 3):
                    again = check_logits(model, x, classes)
                    likely = likely if close(again, got) else RANDOM
                assert_same(got, expected, mistakes=known, likely=likely)
            got = check_logits(model, x[:1], classes)
            assert_same(got, expected[:1], likely="Each row is worked on by itself.")
        check_logits(model, x[:0], classes)
        model.eval()
        got = check_logits(model, x, classes)
        assert_same(got, expected, likely=BOTH_MODES)
        model.double()
        likely = "model.double() makes all parameters float64, and x is float64 as well here."
        got = check_logits(model, x.double(), classes)
        assert_same(got, expected.double(), likely=likely, **LOOSE)

    @points(1)
    def test_registered_parameters(self, student, device, rng):
        """All its numbers are registered and trained, and each takes part."""
        rig = student.bring("rig_regressor")
        for inputs, hidden, classes in (rng.sizes(3, 2, 5), (1, 3, 2), (3, 1, 4)):
            model = student.Classifier(inputs, hidden, classes)
            fill(rig, model, SEVEN, device, inputs, hidden, classes)
            # Small enough that no function at the end, a sigmoid say, is flat here.
            x = rng.uniform(0.1, 0.3, 2, inputs)
            count = (inputs + 1) * hidden + (hidden + 1) * classes
            check_logits(model, x, classes)
            if not student.bring("rig_regressor_modules").records_gradients(model, x):
                fail(
                    "gradients must flow through the model",
                    expected="an output with requires_grad = True",
                    got="an output with requires_grad = False",
                    likely="detach(), .data, no_grad() and a new torch.tensor(...) in forward cut "
                    "the graph.",
                )
            start = rng.uniform(0.05, 0.15, count)
            nudged = start + 0.5 * torch.eye(count, device=device)
            modules = student.bring("rig_training_modules")
            y, *others = modules.answers(model, x, torch.cat([start.unsqueeze(0), nudged]))
            idle = sum(torch.allclose(y, other, **LOOSE) for other in others)
            if idle:
                fail(
                    "every parameter must take part in the output",
                    expected="an effect of each parameter",
                    got=f"{idle} numbers without effect",
                    likely="A change of these parameters does not change the output.",
                )


# --- cross_entropy ----------------------------------------------------------------------------


BORROWED = re.compile(r"cross_entropy|nll_loss|softmax|softmin")
CUT = "detach(), .data, item(), numpy() and torch.tensor(...) cut the graph."
FROM_ROW = (
    "For each row: p is e^z of its target divided by the sum of e^z over its classes, and the loss "
    "is -log(p)."
)
PARTLY_CUT = f"The loss is right, its slope is not: was a part of the way cut? {CUT}"
OVERFLOWS = (
    "exp(1000) is infinite in float32, and log(0) is too. logsumexp, or subtracting the largest "
    "logit of each row first, keeps every exponent at or below 0."
)
NEARLY = (
    "This is nearly right: something small is added or cut off, such as an epsilon beside the "
    "probability. z - log(sum of e^z) needs none."
)
FAR = (
    "Small logits come out right, and these do not: something is cut off or added on the way, as "
    "by clamp or an epsilon."
)
LABELS = (
    "Compare targets.dtype with torch.int64, and the whole of targets.shape with (N,), before "
    "anything else."
)


def entropy_by_hand(student, logits, targets):
    """What a call returns, made without torch's own; the logits ask for gradients."""
    seen = student.cross_entropy.observe(logits, targets)
    for name in seen.operations:
        if BORROWED.search(name):
            fail(
                f"torch's own function ran: {name.strip('_')}",
                expected="exp, log, logsumexp, sums, indexing ...",
                likely="By hand means that you write the formula yourself.",
            )
    return seen.value


def entropy_and_slope(logits, targets):
    """What torch's own gives, in float64: the loss, and the gradient of the logits."""
    z = logits.detach().double().requires_grad_()
    loss = torch.nn.functional.cross_entropy(z, targets)
    loss.backward()
    return loss.detach().to(logits.dtype), z.grad.to(logits.dtype)


@recorded
def entropies_gone_wrong(logits, targets):
    """What mistakes with cross_entropy give."""
    z, rows = logits.detach(), torch.arange(len(logits), device=logits.device)
    logs = z.log_softmax(dim=1)
    own = logs[rows, targets]
    if len(z) > 1:
        yield -own.sum(), "This is the sum over the rows: take their mean."
        yield -own, "This is one number for each row: take their mean."
        yield (
            -logs[:, targets].mean(),
            "logits[:, targets] picks N numbers of every row. Each "
            "row has one target: pick by (row, target).",
        )
    yield own.mean(), "The sign: -log of a probability is 0 or more."
    yield -own.exp().mean(), "This is the probability, not its log."
    yield own.exp().mean(), "This is the probability of the target: take -log of it."
    yield (1 - own.exp()).mean(), "This is 1 - p: -log(p) is asked for."
    yield -logs.exp().log_softmax(dim=1)[rows, targets].mean(), "Softmax is applied twice."
    yield (
        -z[rows, targets].mean(),
        "This is -z of the target: the log of the sum of e^z is missing.",
    )
    yield -own.mean() / z.shape[1], "The mean goes over the N rows, not over N * C numbers."
    yield -own.mean() / math.log(2), "This is log2. The natural logarithm is asked for."
    yield -own.mean() / math.log(10), "This is log10. The natural logarithm is asked for."
    along_rows = -z.log_softmax(dim=0)[rows, targets].mean()
    yield along_rows, "The classes of a row are along dim=1. This sums over the rows."


@exercise("cross_entropy")
class TestCrossEntropy:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_mean_over_the_rows(self, student, device, rng):
        """It is the mean of -log softmax(logits)[target], 0-dim, by hand."""
        n, c = rng.sizes(2, 3, 6)
        for logits in (
            rng.integers(-2, 3, 2, 3).float(),
            rng.normal(n, c, dtype=torch.float64),
            rng.normal(c, n).T,
            rng.normal(1, c),
            rng.normal(n, 1),
        ):
            targets = rng.integers(0, logits.shape[1], len(logits))
            expected, _ = entropy_and_slope(logits, targets)
            for given in (logits, logits.detach().requires_grad_()):
                known = entropies_gone_wrong(logits, targets)
                got = entropy_by_hand(student, given, targets)
                likely = NEARLY if close(got, expected) else FROM_ROW
                assert_same(got, expected, mistakes=known, likely=likely)

    @points(1)
    def test_large_logits_and_gradients(self, student, device, rng):
        """Loss and gradient are right, and finite for logits up to 1000 either way."""
        n, c = rng.sizes(2, 3, 6)
        large = [
            torch.tensor([[1000.0, 999.0, 998.5], [0.5, 30.0, 29.0], [-1000.0, -999.0, -1000.0]]),
            torch.tensor([[1000.0, -1000.0], [300.0, -0.5]]),
        ]
        for logits in (rng.normal(n, c, dtype=torch.float64), *(t.to(device) for t in large)):
            targets = rng.integers(0, logits.shape[1], len(logits))
            if logits.shape[1] == 2:
                targets = targets.new_tensor([1, 0])  # far behind, and far ahead
            expected, slope = entropy_and_slope(logits, targets)
            known = entropies_gone_wrong(logits, targets)
            z = logits.requires_grad_()
            loss = entropy_by_hand(student, z, targets)
            small = z.dtype == torch.float64
            room = {} if small else {"rtol": 2e-4, "atol": 2e-4}
            likely = OVERFLOWS if not_finite(loss) else FAR
            if small:
                likely = NEARLY if close(loss, expected) else FROM_ROW
            loss = assert_same(loss, expected, mistakes=known, likely=likely, **room)
            grad = None
            if loss.requires_grad:
                (grad,) = torch.autograd.grad(loss, z, allow_unused=True)
            if grad is None:
                fail(
                    "no gradient flows from the loss to the logits",
                    expected="a loss that is connected to the logits",
                    got="a loss without a graph",
                    likely=CUT,
                )
            likely = OVERFLOWS if not_finite(grad) else PARTLY_CUT
            assert_same(grad, slope, likely=likely, what="the gradient of the logits", **room)

    @visible
    @points(1)
    def test_targets_are_numbers_of_classes(self, student, device, rng):
        """Targets that are not int64, (N,), are a ValueError, with dtype or shape."""
        n, c = rng.sizes(2, 3, 6)
        logits, targets = rng.normal(n, c), rng.integers(0, c, n)
        assert_same(student.cross_entropy(logits, targets), entropy_and_slope(logits, targets)[0])
        for wrong in (
            targets.unsqueeze(1),
            targets[:1],
            targets[0],
            torch.nn.functional.one_hot(targets, c),
            targets.float(),
            targets.int(),
            targets.bool(),
        ):
            names = str(wrong.dtype).removeprefix("torch."), wrong.type().rpartition(".")[2]
            kinds = () if wrong.dtype == torch.int64 else names
            assert_raises(
                ValueError,
                lambda t=wrong: student.cross_entropy(logits, t),
                mentions=(tuple(wrong.shape), *kinds),
                likely=LABELS,
            )
        one = rng.normal(1, c), rng.integers(0, c, 1)
        assert_same(student.cross_entropy(*one), entropy_and_slope(*one)[0])


def not_finite(value):
    return isinstance(value, torch.Tensor) and not bool(value.isfinite().all())


# --- accuracy ---------------------------------------------------------------------------------


@recorded
def shares_gone_wrong(logits, targets):
    """What mistakes with accuracy give, where only one of them gives it."""
    hits = logits.argmax(dim=1) == targets
    right = hits.double().mean().item()
    pairs = (logits.argmax(dim=1, keepdim=True) == targets).double().mean().item()
    all_pairs = "(N, 1) == (N,) is (N, N): every row is compared with every target."
    known = (
        (hits.sum().item(), "This is how many are right: divide by the number of rows."),
        (100 * right, "This is a percentage: a share goes from 0 to 1."),
        (1 - right, "This is the share of rows that are wrong."),
        *((round(right, places), "Nothing is to be rounded.") for places in (2, 3)),
        (hits.sum().item() / logits.shape[1], "Divide by the number of rows, not of classes."),
        (pairs, all_pairs),
        (hits.sum().item() / logits.numel(), "Divide by the number of rows, not of all logits."),
    )
    numbers = [round(value, 6) for value, _ in known]
    for value, words in known:
        if value and numbers.count(round(value, 6)) == 1:
            yield float(value), words


@exercise("accuracy")
class TestAccuracy:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_share_of_right_rows(self, student, device, rng):
        """It is the share of rows whose largest logit is that of the target."""
        n = rng.integer(5, 9)
        for rows, right, c, dtype, shift in (
            (n, n, 4, torch.float32, 0.0),
            (7, rng.integer(1, 7), 3, torch.float32, 0.0),
            (4, rng.integer(1, 4), 6, torch.float64, -5.0),
            *rng.shuffled(
                (
                    (1, 1, 3, torch.float32, -2.0),
                    (1, 0, 3, torch.float32, 2.0),
                    (3, 0, 2, torch.float32, 0.0),
                    (2, 2, 1, torch.float32, -1.0),
                )
            ),
        ):
            logits, targets = answered(rng, rows, right, c, dtype, shift)
            known = shares_gone_wrong(logits, targets)
            likely = "A row is right if its largest logit stands where the target says."
            got = student.accuracy(logits, targets)
            if isinstance(got, float) and abs(got - right / rows) < 1e-3:
                likely = "Nothing is to be rounded."
            assert_same(got, right / rows, mistakes=known, likely=likely, rtol=1e-6, atol=1e-6)
        logits = [
            [30.0, 40.0, 0.0],
            [100.0, 200.0, 0.0],
            [4.0, 4.001, 0.0],
            [-200.0, -110.0, -150.0],
        ]
        got = student.accuracy(
            torch.tensor(logits, device=device), torch.ones(4, dtype=torch.int64, device=device)
        )
        assert_same(got, 1.0, likely=MADE_EQUAL)
        logits, targets = answered(rng, 4, 3, 4, torch.float32, 0.0)
        for z, t in (
            (logits, targets.unsqueeze(1)),
            (logits, targets[:1]),
            (logits, targets[:3]),
            (logits[:0], targets[:0]),
        ):
            likely = ONE_FOR_EACH_ROW if len(z) else NO_ROWS
            mentions = tuple(t.shape), tuple(z.shape), len(z)
            call = lambda z=z, t=t: student.accuracy(z, t)  # noqa: E731
            assert_raises(ValueError, call, mentions=mentions, likely=likely)


ONE_FOR_EACH_ROW = "targets are (N,), one for each row of logits: compare the whole shapes first."
NO_ROWS = "Of no rows there is no share: that is a ValueError, not 0 and not NaN."
MADE_EQUAL = (
    "sigmoid(30) and sigmoid(40) are both 1 in float32, exp(100) and exp(200) both infinite, and "
    "in float16, or rounded, 4 and 4.001 are equal. Compare the logits as they are."
)


def answered(rng, rows, right, classes, dtype, shift):
    """Logits and targets of which `right` rows agree, in any order."""
    logits = rng.uniform(-1, 0, rows, classes, dtype=dtype)
    best = rng.integers(0, classes, rows)
    other = (best + rng.integers(1, max(classes, 2), rows)) % classes
    logits[torch.arange(rows), best] += 1.5
    wrong = rng.permutation(rows).to(best) >= right
    return logits + shift, torch.where(wrong, other, best)


# --- Momentum ---------------------------------------------------------------------------------


CARRIED = "In each step v = beta * v + grad, and then p -= lr * v; every p has a v of its own."
STUCK = (
    "p has not moved in this step. First v = beta * v + grad, and then move p itself: `p -= ...` "
    "under torch.no_grad(): `p = p - ...`, p.clone() and p.detach() are new tensors."
)


def made_by_hand(call, *args, **kwargs):
    """What a call returns, made without torch.optim."""
    seen = call.observe(*args, **kwargs)
    modules = [m for m in sorted(seen.modules) if m.startswith("torch.optim")]
    fused = [name.strip("_") for name in seen.operations if "fused_" in name]
    if modules or fused:
        fail(
            "it must be written by hand",
            expected="tensor operations of your own",
            got=f"{(modules + fused)[0]} ran",
            likely="No torch.optim here: write step and zero_grad yourself.",
        )
    return seen.value


def path_of(start, slopes, lr, beta, *, damped=False, nesterov=False, forgets=False):
    """Where a parameter is after each step; a slope of None is a step that is skipped."""
    there, v, path = start, torch.zeros_like(start), []
    for slope in slopes:
        if slope is not None:
            v = (0 if forgets else beta) * v + (1 - beta if damped else 1) * slope
            there = there - lr * (slope + beta * v if nesterov else v)
        path.append(there)
    return path


@recorded
def path(start, slopes, lr, beta):
    """Where the parameter is after each step."""
    return path_of(start, slopes, lr, beta)


@recorded
def steps_gone_wrong(start, slopes, lr, beta):
    """Where mistakes with Momentum lead by these steps."""
    yield start, STUCK
    if len(slopes) > 1:
        words = "This step is lr * grad: the v of the step before is missing in it."
        yield path_of(start, slopes, lr, beta, forgets=True)[-1], words
    words = "grad counts in full: v = beta * v + grad, without a factor 1 - beta."
    yield path_of(start, slopes, lr, beta, damped=True)[-1], words
    yield path_of(start, slopes, -lr, beta)[-1], "The gradient points uphill: subtract lr * v."
    words = "This looks ahead, as Nesterov does: p -= lr * v is all."
    yield path_of(start, slopes, lr, beta, nesterov=True)[-1], words
    yield path_of(start, slopes, 1.0, beta)[-1], "lr is missing: the step is lr * v."
    words = "beta is 0.9 if nothing else is said." if beta == 0.9 else "beta is not used."
    for other in (0.0, 0.1, 0.5, 0.9, 0.99):
        yield path_of(start, slopes, lr, other)[-1], words


def walk(student, optimizer, parameters, starts, slopes, lr, beta):
    """Step with one row of `slopes` after the other, and compare where each parameter is."""
    for t in range(len(slopes)):
        for k, p in enumerate(parameters):
            p.grad = slopes[t][k]
        made_by_hand(optimizer.step)
        for k, p in enumerate(parameters):
            so_far = [row[k] for row in slopes[: t + 1]]
            expected = path(starts[k], so_far, lr, beta)[-1]
            known = steps_gone_wrong(starts[k], so_far, lr, beta)
            what = f"p {told(starts[k], so_far, lr, beta)}"
            assert_same(p.value, expected, mistakes=known, likely=CARRIED, what=what)


def told(start, slopes, lr, beta):
    """How p came to where it is: its start and its gradients, for a report."""
    numbers = [[round(n, 3) for n in t.flatten().tolist()] for t in (start, *slopes)]
    first, *rest = [f"[{', '.join(f'{n:g}' for n in row)}]" for row in numbers]
    return f"(from {first} by the gradients {', '.join(rest)}; lr = {lr:.3g}, beta = {beta:g})"


def whole(rng, *shape, dtype=torch.float32):
    """Whole numbers, easy to read and to work with on paper."""
    return rng.integers(1, 10, *shape).to(dtype)


@exercise("Momentum")
class TestMomentum:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_steps_with_momentum(self, student, device, rng):
        """v = beta v + grad, p = p - lr v, with a v for each p; beta is 0.9."""
        shapes = (2,), (2,), (), (3, 1)
        for dtype, options, steps in (
            (torch.float32, {"lr": 0.5, "beta": 0.25}, 3),
            (torch.float32, {"lr": 0.5, "beta": 0.25}, 2),
            (torch.float32, {"lr": 0.5, "beta": 0.0}, 2),
            (torch.float64, {"lr": rng.uniform(0.1, 0.9).item()}, 3),
        ):
            lr, beta = options["lr"], options.get("beta", 0.9)
            if steps == 3:
                starts = [whole(rng, *s, dtype=dtype) for s in shapes]
                parameters = [student.parameter(x) for x in starts]
            slopes = [[whole(rng, *s, dtype=dtype) for s in shapes] for _ in range(steps)]
            optimizer = made_by_hand(student.Momentum, parameters, **options)
            walk(student, optimizer, parameters, starts, slopes, lr, beta)
            # The next optimizer moves the same parameters on, with a v that begins at 0.
            columns = zip(starts, zip(*slopes, strict=True), strict=True)
            starts = [path(start, list(column), lr, beta)[-1] for start, column in columns]

    @points(1)
    def test_no_gradient_no_step(self, student, device, rng):
        """No gradient, no step; step leaves gradients, zero_grad clears them."""
        starts = [whole(rng, 2) for _ in range(4)]
        parameters = [student.parameter(x) for x in starts]
        optimizer = made_by_hand(student.Momentum, parameters, lr=0.5, beta=0.25)
        first, second, third = ([whole(rng, 2) for _ in range(4)] for _ in range(3))
        first[3], third[2] = None, torch.zeros_like(third[2])
        # In the second step, one parameter has the same gradient still, and one has none.
        rows = [first, [second[0], None, first[2], second[3]], third]
        for t, row in enumerate(rows):
            for k, p in enumerate(parameters):
                if row[k] is not rows[t - 1][k] or t == 0:
                    p.grad = row[k]
            made_by_hand(optimizer.step)
            for k, p in enumerate(parameters):
                slopes = [r[k] for r in rows[: t + 1]]
                check_skipping(p.value, starts[k], slopes, k)
                if row[k] is not None:
                    check_left_alone(p.grad, row[k])
        parameters[1].grad = torch.full_like(starts[1], torch.nan)
        parameters[2].grad = None
        made_by_hand(optimizer.zero_grad)
        for p, x in zip(parameters, starts, strict=True):
            got, zeros = p.grad, torch.zeros_like(x)
            known = [(torch.full_like(x, torch.nan), STAYS_NAN)]
            likely = "zero_grad sets the gradient of every parameter to None, or to zero."
            got = zeros if got is None else got
            assert_same(got, zeros, mistakes=known, likely=likely, what="p.grad after zero_grad()")

    @points(1)
    def test_in_place(self, student, device, rng):
        """It moves the tensors in place, also if they come from a generator."""
        modules = student.bring("rig_training_modules")
        memory = [whole(rng, 5) for _ in range(2)]
        slopes = [[whole(rng, 3) for _ in range(2)] for _ in range(2)]
        owners = [modules.shared(numbers) for numbers in memory]
        optimizer = made_by_hand(student.Momentum, modules.leaves_of(owners), 0.5, 0.25)
        for t in range(2):
            for k, owner in enumerate(owners):
                got = modules.slope(owner, slopes[t][k])
                known = [(sum(row[k] for row in slopes[: t + 1]), LEFT_BY_ZERO_GRAD)]
                what = "p.grad after zero_grad() and the next backward"
                assert_same(got, slopes[t][k], mistakes=known if t else (), what=what)
            made_by_hand(optimizer.step)
            for k, owner in enumerate(owners):
                so_far = [row[k] for row in slopes[: t + 1]]
                check_memory(owner, memory[k], so_far, modules.place(owner))
            made_by_hand(optimizer.zero_grad)


LEFT_BY_ZERO_GRAD = (
    "The gradient is still there after zero_grad(). It sets p.grad itself, for every parameter: "
    "params came from a generator, which can be walked through once."
)
STAYS_NAN = (
    "Arithmetic does not clear NaN: 0 * NaN and NaN - NaN are NaN. Set the gradient to None, or "
    "fill it with zeros."
)


def check_skipping(got, start, slopes, k):
    expected = path_of(start, slopes, 0.5, 0.25)[-1]
    zeros = [0 * start if s is None else s for s in slopes]
    known = [(path_of(start, zeros, 0.5, 0.25)[-1], SKIPPED)]
    words = "v begins anew after a step without a gradient: it should stay as it was."
    if None in slopes[-2:]:
        known.append((expected if slopes[-1] is None else anew(start, slopes), words))
    if slopes[-1] is not None and not slopes[-1].any():
        stuck = path_of(start, slopes[:-1], 0.5, 0.25)[-1]
        known.append((stuck, "A gradient of 0 is a gradient: p moves on by lr * beta * v."))
    if k == 2:
        stuck = path_of(start, slopes[:-1], 0.5, 0.25)[-1] if len(slopes) > 1 else start
        known.append((stuck, "It comes after one without a gradient: skip that one, and go on."))
    rows = ", ".join("None" if s is None else str(s.int().tolist()) for s in slopes)
    what = f"parameter {k} (from {start.int().tolist()} by the gradients {rows})"
    assert_same(got, expected, mistakes=known, likely=CARRIED, what=what)


def anew(start, slopes):
    """Where a v that is forgotten at the gap leads."""
    before = path_of(start, slopes[:-1], 0.5, 0.25)[-1]
    return before - 0.5 * slopes[-1]


SKIPPED = (
    "In one step this parameter had no gradient. Then it stays where it is, and its v as it was: "
    "neither moves."
)


def check_left_alone(grad, before):
    likely = "step() only reads p.grad, and here it has changed it."
    if grad is None:
        words = "step() only reads p.grad: clearing it is for zero_grad()."
        fail("p.grad must stay", expected=before, got="p.grad is None", likely=words)
    cleared = (0 * before, "step() only reads p.grad: clearing it is for zero_grad().")
    assert_same(grad, before, mistakes=[cleared], likely=likely, what="p.grad after step()")


def check_memory(owner, before, slopes, place):
    """The numbers between the first and the last have moved, in the memory that they share."""
    now, leaf, is_leaf = place

    def around(**mistake):
        path = path_of(before[1:-1], slopes, 0.5, 0.25, **mistake)
        return torch.cat([before[:1], path[-1], before[-1:]])

    expected = around()
    if not torch.equal(now[1:-1], leaf):
        fail(
            "p must be changed in its own memory",
            expected=expected,
            got=now,
            likely="p.data = p.data - ... puts p into new memory, and whoever shares the old one "
            "misses the step. Use p -= ..., under torch.no_grad().",
        )
    words = "v begins anew after zero_grad(), which clears the gradients alone."
    known = [(before, STUCK), (around(forgets=True), words)]
    assert_same(now, expected, mistakes=known, likely=CARRIED, what="the memory around p")
    if not is_leaf:
        fail(
            "p must stay a leaf that requires a gradient",
            expected="is_leaf and requires_grad are True",
            got="a tensor that no longer learns",
            likely="With p -= ... under torch.no_grad(), nothing else is needed.",
        )


# --- run_epoch --------------------------------------------------------------------------------


BY_ROWS = (
    "A batch counts by its rows: its loss times its number of rows, summed over the batches, and "
    "divided by the number of all rows."
)
ALONE = "There is one batch: the result is its loss, that before its step."
ACCUMULATES = "backward() adds to the gradients: clear them in every batch, before it."
NOTHING_MOVED = (
    "The model does not change. Call backward(), on a loss that hangs on the model, then step(), "
    "and clear no gradients between them."
)


def descend(batches, weight, bias, lr, *, accumulate=False, left_over=0.0):
    """Gradient descent on a line, batch by batch: each batch's loss before its step, weight, bias.

    The options are mistakes: gradients that are never cleared, ones that were there before.
    """
    dw, db, losses = torch.full_like(weight, left_over), torch.full_like(bias, left_over), []
    for k, (x, y) in enumerate(batches):
        error = x @ weight.T + bias - y
        losses.append((error**2).mean().item())
        if k > 0 and not accumulate:
            dw, db = torch.zeros_like(weight), torch.zeros_like(bias)
        slope = 2 * error / error.numel()
        dw, db = dw + slope.T @ x, db + slope.sum(dim=0)
        weight, bias = weight - lr * dw, bias - lr * db
    return losses, weight, bias


def over_rows(losses, batches):
    return sum(loss * len(x) for loss, (x, _) in zip(losses, batches, strict=True)) / count(batches)


def count(batches):
    return sum(len(x) for x, _ in batches)


@recorded
def epoch(batches, weight, bias, lr):
    """The mean loss over the rows, and where the weight and the bias end."""
    losses, *there = descend(batches, weight, bias, lr)
    return [over_rows(losses, batches), *there]


@recorded
def epochs_gone_wrong(part, batches, weight, bias, lr):
    """What mistakes with run_epoch make of the loss, the weight or the bias: part 0, 1 or 2."""
    run = batches, weight, bias, lr
    losses, *there = descend(*run)
    kept, *kept_there = descend(*run, accumulate=True)
    if part > 0:
        yield (weight, bias)[part - 1], NOTHING_MOVED
        yield kept_there[part - 1], ACCUMULATES
        yield descend(batches, weight, bias, -lr)[part], "The steps lead uphill."
        yield descend(batches[:1], weight, bias, lr)[part], "Only the first batch was used."
        yield descend(batches[:-1], weight, bias, lr)[part], "The last batch is missing."
        return
    still = [descend([batch], weight, bias, 0.0)[0][0] for batch in batches]
    rows = count(batches)
    yield sum(losses) / len(losses), f"This is the mean of the batch losses. {BY_ROWS}"
    yield sum(losses), f"This is the sum of the batch losses. {BY_ROWS}"
    yield over_rows(losses, batches) * rows, "Divide by the number of all rows."
    words = "The losses were multiplied by their rows: divide by the number of rows, not batches."
    yield over_rows(losses, batches) * rows / len(batches), words
    yield sum(losses) / rows, "Each batch loss is a mean: times its rows, before you divide by all."
    yield losses[-1], "This is the loss of the last batch: take the mean over all rows."
    yield losses[0], "This is the loss of the first batch: take the mean over all rows."
    yield over_rows(kept, batches), ACCUMULATES
    words = "These are losses of the model as it came: each batch takes its step before the next."
    yield over_rows(still, batches), words
    for order in list(itertools.permutations(batches))[1:]:
        turned = descend(order, weight, bias, lr)[0]
        yield over_rows(turned, order), "The batches come in another order than they were given."
    x, y = batches[0]
    if len(batches) == 1 and y.shape[1] == 1:
        words = "A prediction (N,) and a y (N, 1) broadcast to (N, N): criterion gets what the "
        words += "model gives, without squeeze()."
        yield ((x @ weight.T + bias - y.T) ** 2).mean().item(), words
    after = descend(batches, *there, 0.0)[0]
    yield over_rows(after, batches), "These are losses after the epoch: note each before its step."


def in_batches(rng, sizes, inputs, outputs, dtype=torch.float32):
    return [
        (rng.normal(n, inputs, dtype=dtype), rng.normal(n, outputs, dtype=dtype)) for n in sizes
    ]


def line(rng, inputs, outputs, dtype=torch.float32):
    """A weight and a bias to begin with."""
    return rng.normal(outputs, inputs, dtype=dtype), rng.normal(outputs, dtype=dtype)


def check_parameters(rig, model, expected, mistakes, likely):
    for k, ((name, got), there) in enumerate(zip(rig.parameters(model), expected, strict=True)):
        what = f"the parameter {name}"
        tolerance = {} if there.dtype == torch.float64 else LOOSE
        assert_same(got, there, mistakes=mistakes(k + 1), likely=likely, what=what, **tolerance)


@exercise("run_epoch")
class TestRunEpoch:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_one_step_for_each_batch(self, student, device, rng):
        """Each batch takes one step; the result is the mean loss over all rows."""
        rig, training = student.bring("rig_regressor"), student.bring("rig_training")
        criterion = training.squared_error()
        for sizes, outputs, dtype in (
            ((2,), 1, torch.float32),
            ((4, 2, 1), 1, torch.float32),
            ((1, 4), 2, torch.float64),
        ):
            batches, start = in_batches(rng, sizes, 2, outputs, dtype), line(rng, 2, outputs, dtype)
            run = batches, *start, 0.1
            loss, *there = epoch(*run)
            known, model = epochs_gone_wrong(0, *run), rig.linear(*start)
            got = student.run_epoch(model, batches, criterion, training.descent(model, 0.1))
            likely = BY_ROWS if len(sizes) > 1 else ALONE
            assert_same(got, loss, mistakes=known, likely=likely, **LOOSE)
            mistakes = lambda k, run=run: epochs_gone_wrong(k, *run)  # noqa: E731
            check_parameters(rig, model, there, mistakes, IN_TURN)

    @points(1)
    def test_mode_and_old_gradients(self, student, device, rng):
        """It trains in training mode, and gradients from before do not count."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        training = student.bring("rig_training")
        batches, start = in_batches(rng, (2, 1), 2, 1), line(rng, 2, 1)
        run, criterion = (batches, *start, 0.1), training.squared_error()
        for old in (100.0, torch.nan):
            model = modules.with_gradients(*start, old)
            student.run_epoch(model, batches, criterion, training.descent(model, 0.1))
            _, *there = descend(*run)
            check_parameters(rig, model, there, old_gradients(run, old), IN_TURN)
        model = rig.two_faced(*start, training=False)
        student.run_epoch(model, batches, criterion, training.descent(model, 0.1))
        # This model gives the sine of its linear output while it is trained.
        there = by_autograd(batches, start, lambda x, a, b, k: (x @ a.T + b).sin())
        _, *evaluated = descend(*run)
        words = "The model ran in evaluation mode: call model.train() before the first batch."
        mixed = by_autograd(batches, start, lambda x, a, b, k: sine_at_first(x @ a.T + b, k))
        later = "From the second batch on, the model ran in evaluation mode."
        mistakes = lambda k: [(evaluated[k - 1], words), (mixed[k - 1], later)]  # noqa: E731
        check_parameters(rig, model, there, mistakes, IN_TURN)

    @points(1)
    def test_any_batches_and_criterion(self, student, device, rng):
        """Batches may come from a generator; each runs model and criterion once."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_training_modules")
        training = student.bring("rig_training")
        start = [0.3 * p for p in line(rng, 2, 1)]
        # Rows of other lengths in each batch: what goes by entries is not what goes by rows.
        sizes = (2, 3), (3, 1), (1, 2)
        batches = [(rng.normal(*size, 2), rng.normal(*size, 1)) for size in sizes]
        model = modules.passes(rig.linear(*start))
        given = modules.one_after_the_other(batches)
        got = student.run_epoch(model, given, modules.weighted(), training.descent(model, 0.1))

        def gone_wrong(part):
            twice = "ran twice for each batch: keep what came of it, and use that."
            for passes, calls, words in (
                (2, 1, f"The model {twice}"),
                (1, 2, f"criterion {twice}"),
                (2, 2, f"The model and criterion {twice}"),
            ):
                yield with_memory(batches, start, passes, calls)[part - 1], words
            words = "criterion(prediction, target): the prediction comes first."
            yield with_memory(batches, start, 1, 1, swapped=True)[part - 1], words
            words = "Use the criterion that is given, not one of your own."
            yield with_memory(batches, start, 1, 1, squared=True)[part - 1], words

        check_parameters(rig, model, with_memory(batches, start, 1, 1), gone_wrong, IN_TURN)
        if isinstance(got, float) and got > 0:
            likely = "A loss may be below 0, and counts as it is."
            fail("every loss was negative", expected="a negative mean", got=got, likely=likely)
        by_rows, by_entries = (about(batches, count) for count in (len, torch.numel))
        if isinstance(got, float) and abs(got / by_entries - 1) < 0.01:
            message = "the losses are weighed by the entries of x, not by its rows"
            fail(message, expected=f"about {by_rows:.4g}", got=got, likely=BY_ROWS)


def about(batches, count):
    """The mean of what `weighted` gives, nearly all of it 1e4s, if `count` weighs the batches."""
    counts = [count(x) for x, _ in batches]
    losses = [-1e4 * (k + 1) * y[0].numel() for k, (_, y) in enumerate(batches)]
    return sum(n * loss for n, loss in zip(counts, losses, strict=True)) / sum(counts)


IN_TURN = "For each batch: predict, measure, clear the gradients, backward, one step."


def mean_square(prediction, target, k):
    return ((prediction - target) ** 2).mean()


def sine_at_first(straight, k):
    return straight if k else straight.sin()


def by_autograd(batches, parameters, forward, criterion=mean_square):
    """The parameters after a step with lr = 0.1 for each batch; k is its number."""
    for k, (x, y) in enumerate(batches):
        leaves = [p.detach().requires_grad_() for p in parameters]
        slopes = torch.autograd.grad(criterion(forward(x, *leaves, k), y, k), leaves)
        parameters = [(p - 0.1 * s).detach() for p, s in zip(leaves, slopes, strict=True)]
    return parameters


def with_memory(batches, start, passes, calls, *, swapped=False, squared=False):
    """The same for `passes` and the criterion `weighted`, each called so many times a batch."""

    def forward(x, a, b, k):
        return x @ a.T + b + 0.5 * (passes * k + 1)

    def criterion(p, t, k):
        if squared:
            return mean_square(p, t, k)
        p, t = (t, p) if swapped else (p, t)
        return (calls * k + 1) * (p.exp() - p * t).flatten(1).sum(dim=1).mean()

    return by_autograd(batches, start, forward, criterion)


def old_gradients(run, old):
    def mistakes(part):
        if math.isnan(old):
            words = "The model came with gradients that are NaN, and 0 * NaN is NaN: set them to "
            words += "None, or fill them with zeros, before backward()."
            yield torch.full_like(run[part], torch.nan), words
            return
        words = "The model came with gradients: clear them before the first backward() too."
        yield descend(*run, left_over=old)[part], words
        yield descend(*run, left_over=old, accumulate=True)[part], ACCUMULATES
        yield from epochs_gone_wrong(part, *run)

    return mistakes


# --- fit_best ---------------------------------------------------------------------------------


LOOKED_AT = "losses holds what validate(model) gave in each epoch, after its run(model)."
FIRST_LOWEST = "best is the number of the epoch with the lowest loss, from 0; the first of equals."
ALIASED = (
    "Keep a copy of the state after each epoch that is the best so far, as "
    "copy.deepcopy(model.state_dict()): the tensors in state_dict() are those of the model."
)


@recorded
def heights(rows, x):
    """The line of each of these rows of numbers, at x."""
    return [x @ row[:-1].unsqueeze(1) + row[-1] for row in rows]


def check_best(result, best, losses, **tolerance):
    got_best, got_losses = unpack(result, "best", "losses")
    likely = of_losses(as_like(got_losses, losses), losses)
    assert_same(got_losses, losses, likely=likely, what="losses", finite=False, **tolerance)
    said = {}
    for number, words in others_than(best, losses):
        said.setdefault(number, set()).add(words)
    known = [(number, words.pop()) for number, words in said.items() if len(words) == 1]
    number = as_like(got_best, best)
    among = type(number) is int and 0 <= number < len(losses)
    likely = FIRST_LOWEST
    if among and math.isnan(losses[number]):
        likely = ALL_NAN if math.isnan(losses[best]) else NAN
    what = f"best, for the losses {listed(losses)},"
    assert_same(got_best, best, mistakes=known, likely=likely, what=what)


def listed(losses):
    return ", ".join(f"{loss:.9g}" for loss in losses)


def others_than(best, losses):
    """What mistakes make of the number of the best epoch."""
    yield best + 1, "Epochs are counted from 0."
    yield losses[best], "best is the number of the epoch, not its loss."
    yield len(losses) - 1, "This is the last epoch; the best has the lowest loss."
    numbers = [loss for loss in losses if not math.isnan(loss)]
    if numbers:
        if highest := losses.index(max(numbers)):  # the first is what is left where none is kept
            yield highest, "The best epoch has the lowest loss, not the highest."
        last = max(k for k, loss in enumerate(losses) if loss == losses[best])
        yield last, "Of equal losses the first counts: compare with <, not with <=."


NAN = (
    "Any comparison with NaN is False. A number is lower than a NaN all the same: ask for it with "
    "math.isnan."
)


ALL_NAN = (
    "A NaN is not lower than a NaN: where all losses are NaN, the first epoch stays the best. A "
    "number takes the place of a NaN, and nothing else does."
)


def of_losses(got, losses):
    if not isinstance(got, list) or not all(isinstance(loss, float) for loss in got):
        return None
    if len(got) != len(losses):
        return f"One loss for each epoch, and there are {len(losses)} here."
    return LOOKED_AT


@exercise("fit_best")
class TestFitBest:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_the_best_model_is_left(self, student, device, rng):
        """The model is left as the best epoch made it; best is its number."""
        rig, training = student.bring("rig_regressor"), student.bring("rig_training")
        zero, x, size = torch.zeros(1, 2, device=device), rng.normal(3, 2), rng.uniform(1, 2).item()
        for offsets in rng.shuffled(([3, 1, 2, 4], [1, 2], [4, 2, 3, 1], [5], [2, 3, 1, 1.5])):
            target = rng.normal(1, 1)
            rows = rng.normal(len(offsets), 3)
            for row, offset in zip(rows, offsets, strict=True):
                row[-1] = target.item() + size * offset
            losses = [size * offset for offset in offsets]
            best = losses.index(min(losses))
            lines = heights(rows, x)
            model = rig.linear(*line(rng, 2, 1))
            result = student.fit_best(
                model, training.story(rows), training.distance(zero, target), epochs=len(offsets)
            )
            check_best(result, best, losses, **LOOSE)
            known = [(lines[-1], f"The model is as the last epoch left it. {ALIASED}")]
            if best + 1 < len(rows):
                words = "The model is as it was an epoch later: keep a copy before the next run."
                known.append((lines[best + 1], words))
            likely = "At the end the model itself takes back what it held after the best epoch."
            assert_same(
                model(x).detach(),
                lines[best],
                mistakes=known,
                likely=likely,
                what=f"model(x), for the losses {', '.join(f'{loss:.3g}' for loss in losses)},",
                **LOOSE,
            )
        measure = training.distance(zero, target)
        for epochs in (0, -1):
            assert_raises(
                ValueError,
                lambda n=epochs: student.fit_best(model, training.story(rows), measure, n),
                mentions=(epochs,),
                likely="Without an epoch there is no best one: check epochs first.",
            )

    @points(1)
    def test_buffers_ties_and_nan(self, student, device, rng):
        """Buffers come back too; the first of equals is best, and NaN is not."""
        modules = student.bring("rig_training_modules")
        nan, inf, x = math.nan, math.inf, rng.normal(3, dtype=torch.float64)
        for losses, best in rng.shuffled(
            (
                ([1.0, 0.9999, 0.0, -1.0, -1.0000001, *[-1.00000011] * 2, -0.5], 5),
                ([2.0] + [3.0] * 11 + [1.0], 12),
                ([nan, 2.0, nan, 1.0, 1.0], 3),
                ([0.0, nan, 2.0], 0),
                ([nan, nan], 0),
                ([inf, inf, 5.0], 2),
                ([inf, inf], 0),
            )
        ):
            n = len(losses)
            columns = *rng.normal(2, n, dtype=x.dtype), 1 + rng.permutation(n).to(x)
            rows = torch.stack(columns, dim=1)
            calls = []

            def validate(model, calls=calls, losses=losses):
                calls.append(len(calls))
                return losses[(len(calls) - 1) % len(losses)]

            model = modules.buffered()
            modules.to(model, device)
            run = modules.buffered_story(rows)
            result = student.fit_best(model, run, validate, n)
            if len(calls) != n:
                fail(
                    "validate must be called once for each epoch",
                    expected=f"{n} calls of validate for {n} epochs",
                    got=f"{len(calls)} calls of validate",
                    likely=ALL_RUN if len(calls) < n else ONCE_EACH,
                )
            if (runs := run.get("epoch")) != n:
                fail(
                    "run must be called once for each epoch",
                    expected=f"{n} calls of run for {n} epochs",
                    got=f"{runs} calls of run",
                    likely=ONE_RUN_EACH,
                )
            check_best(result, best, losses)
            weight, shift, number = rows[best]
            expected = x * weight + shift + number
            likely = "state_dict() holds parameters and buffers: both come back."
            got = model(x).detach()
            below = any(loss < inf for loss in losses)
            known = [
                (0 * x, AS_IT_CAME if below else NONE_BELOW),
                (
                    x * weight + rows[-1][1] + rows[-1][2],
                    "The parameters came back, the buffers "
                    "did not: use model.state_dict() and model.load_state_dict(...).",
                ),
                (
                    x * rows[-1][0] + rows[-1][1] + rows[-1][2],
                    f"The model is as the last epoch left it. {ALIASED}",
                ),
            ]
            what = f"model(x), for the losses {listed(losses)},"
            assert_same(got, expected, mistakes=known, likely=likely, what=what)


ALL_RUN = "All epochs are run: a loss that rises, or is 0, may still become lower."
ONE_RUN_EACH = "An epoch is one run(model), and then one validate(model): no run before or after."
ONCE_EACH = "Call it once in each epoch, and keep what it gave."
AS_IT_CAME = "The model is as it came: the first epoch that counts has to be kept, too."
NONE_BELOW = (
    "If all losses are NaN or infinite, none is below infinity: the first epoch is the best, and "
    "the model is as it left it."
)


# --- curve ------------------------------------------------------------------------------------


SORTED = "Bring x into increasing order, and each prediction to the place of its x."
LAST_AXIS = "sort() of (N, 1) goes along the last axis, of size 1: say dim=0."
FLAT = "xs and ys have the shape (N,): take column 0. squeeze() takes an axis too many if N = 1."


@recorded
def parabola(x, a):
    """x in order, and a x² + x there."""
    xs = x[:, 0].sort().values
    return xs, a * xs * xs + xs


@recorded
def curves_gone_wrong(part, x, a):
    """What mistakes with curve give for xs or ys: part 0 or 1."""
    xs = x[:, 0]
    ys = a * xs * xs + xs
    if part == 0:
        yield xs, f"x comes as it was given: a plot would zigzag. {SORTED} {LAST_AXIS}"
        yield (
            a * xs.sort().values ** 2 + xs.sort().values,
            "These are the predictions: xs come first.",
        )
        yield xs.sort(descending=True).values, "x comes in decreasing order."
    else:
        words = (
            "The predictions are in the order of x as it was given: they no longer belong to xs."
        )
        yield ys, words
        yield ys.sort().values, "ys is sorted by itself: each prediction stays with its x."


def check_curve(result, expected, x, a):
    xs, ys = unpack(result, "xs", "ys")
    for part, (name, got) in enumerate((("xs", xs), ("ys", ys))):
        known = ((np.asarray(y.cpu()), words) for y, words in curves_gone_wrong(part, x, a))
        there = np.asarray(expected[part].cpu())
        likely = of_shape(got, there) or SORTED
        assert_same(got, there, mistakes=known, likely=likely, what=name)


def of_shape(got, there):
    if not isinstance(got, np.ndarray) or got.shape == there.shape:
        return None
    if got.ndim == 1:
        return "There is a point for each row, also where an x comes twice."
    return FLAT


@exercise("curve")
class TestCurve:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_in_order_of_x(self, student, device, rng):
        """xs is x in increasing order, ys the predictions there: arrays (N,)."""
        training = student.bring("rig_training")
        for n, dtype in (
            (6, torch.float32),
            (1, torch.float32),
            (5, torch.float64),
            (0, torch.float32),
        ):
            a, x = rng.uniform(1, 2, dtype=dtype), 2 * rng.normal(n, 1, dtype=dtype)
            if n > 1:  # out of order, and so are the predictions; one comes twice
                x[:3] = torch.tensor([[1.0], [-1.5], [1.0]])
            expected = parabola(x, a)
            check_curve(student.curve(training.parabola(a), x), expected, x, a)

    @points(1)
    def test_leaves_no_trace(self, student, device, rng):
        """Evaluation mode, no graph, and every module's mode as it was."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        within = student.bring("rig_training_modules")
        for training in rng.shuffled((True, False)):
            weight, bias = rng.uniform(0.5, 2, 1, 1), rng.normal(1)
            x = rng.normal(4, 1)
            model = rig.two_faced(weight, bias, training)
            within.freeze_bias(model)
            before = modules.frozen(model)
            xs = x.sort(dim=0).values
            straight = xs @ weight.T + bias
            result = student.curve(model, x.requires_grad_())
            got_xs, got_ys = unpack(result, "xs", "ys")
            assert_same(got_xs, as_array(xs), likely=SORTED, what="xs")
            known = [(as_array(straight.sin()), EVAL)]
            assert_same(got_ys, as_array(straight), mistakes=known, likely=SORTED, what="ys")
            check_no_graph(modules, model)
            check_modes(modules, model, training, xs.detach(), straight)
            if (frozen := modules.frozen(model)) != before:
                fail(
                    "the model must be as trainable afterwards as before",
                    expected=f"frozen, as before: {', '.join(before)}",
                    got=f"frozen: {', '.join(frozen) or 'none'}",
                    likely="torch.no_grad() stops the recording inside its block. What is done to "
                    "requires_grad stays.",
                )


EVAL = "The model ran in training mode: call model.eval() first."
RESTORE = (
    "Remember model.training before you call model.eval(), and set that mode again afterwards: "
    "model.train(was_training)."
)
INSIDE = (
    "model.training = ... sets the mode of one module. model.train(was_training) sets it in all "
    "modules inside as well, as model.eval() does."
)


def as_array(column):
    return column.detach()[:, 0].cpu().numpy()


def check_no_graph(modules, model):
    graphs = modules.graphs(model)
    if graphs == [] or any(graphs):
        fail(
            "no graph must be recorded",
            expected="a prediction that requires no gradient",
            got="a prediction that requires a gradient" if graphs else "a model that never ran",
            likely="model.eval() does not stop autograd, and detach() comes too late: run the "
            "model under torch.no_grad().",
        )


def check_modes(modules, model, training, x, straight):
    """All of it is in the mode in which it came: it has two faces to tell."""
    name = {True: "training mode", False: "evaluation mode"}
    modes, _, y = modules.modes(model, x)
    face = torch.allclose(y.detach(), straight.sin() if training else straight, **LOOSE)
    if not face or modes != [training] * len(modes):
        outside = modes[:1] == [training]
        fail(
            f"a model that comes in {name[training]} must leave in it",
            expected=name[training],
            got=name[not training] + (", in a module inside" if outside else ""),
            likely=INSIDE if outside else RESTORE,
        )
