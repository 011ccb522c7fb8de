"""Hidden suite of `regressor`: train, evaluate and predict are judged on models of the rigs.

rig_regressor.py is for all tests, rig_regressor_modules.py for hidden ones alone. Formulas and
loops are `@recorded`: they are the answers in another dress.
"""

from itertools import pairwise

import numpy as np
import torch

from grader.suite import (
    as_like,
    assert_form,
    assert_same,
    defaults_of,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    visible,
)

LOOSE = {"rtol": 1e-4, "atol": 1e-5}
SINGLE_PRECISION = {"rtol": 1e-6, "atol": 1e-7}  # of losses in float64, wherever they were kept
REGISTER = (
    "A module registers what is assigned to it directly: a parameter, a layer, an nn.Sequential, "
    "an nn.ModuleList. Plain tensors, and layers in a plain Python list, stay unknown to it."
)
LAYER = "A linear layer has a weight for each input and output, and a bias for each output."
RELU = (
    "A ReLU stands between each two layers, and none after the last: negative numbers must be "
    "able to come out."
)
ACCUMULATES = "backward() adds to the gradients: clear them before it, in every epoch."
GROWING = "The losses grow from epoch to epoch: the steps are too long, or lead uphill."
FIRST_LOSS = "The first loss is the mean squared error of the model as it comes, before any update."
BROADCAST = (
    "A prediction of shape (N,) and a y of shape (N, 1) broadcast to (N, N): every row is compared "
    "with every other. Keep both (N, 1), without squeeze()."
)
STUCK = (
    "The model is as it came. Is optimizer.step() missing, or are the gradients cleared between "
    "backward() and the step? Does `p = p - ...` make new tensors, where `-=` would change p? Or "
    "was a copy trained, or something put back at the end?"
)
LEFT_OUT = "The parameters before this one have moved: every one of them takes the step."
BEFORE = "Note loss.item() before the update, not after it."
DEFAULT_RATE = "lr is 0.01 if nothing else is said."
DEFAULT_EPOCHS = "epochs is 100 if nothing else is said."
RESTORE = (
    "Remember model.training before you call model.eval(), and set that mode again afterwards: "
    "model.train(was_training)."
)
INSIDE = (
    "model.training = ... sets the mode of one module. model.train(was_training) sets it in all "
    "modules inside as well, as model.eval() does."
)
CUT = "detach(), .data, no_grad() and a new torch.tensor(...) in forward cut the graph."
EVAL = "Call model.eval() first: it changes the mode of the model and of all modules inside."


SEVEN = 7.0  # no number that a fresh parameter has


def fill(rig, model, number, device, *widths):
    """Make each number of a model this one, where linear layers lead from each of `widths` to the
    next."""
    check_count(rig.fill(model, torch.tensor([number], device=device)), widths)


def check_count(filled, widths):
    """All numbers of a model were filled: they are trained, and as many as such layers have."""
    expected = numbers_in(widths)
    count = int(filled.sum())
    if count < len(filled) == expected:
        fail(
            "every number must be trained",
            expected=f"{expected} numbers with requires_grad = True",
            got=f"requires_grad = False for {expected - count} of them",
            likely="requires_grad = False freezes a parameter: here, all of them learn.",
        )
    if count != expected:
        path = " to ".join(map(str, widths))
        fail(
            "the registered, trainable numbers do not add up",
            expected=f"{expected} numbers in model.parameters()",
            got=f"{count} numbers in model.parameters()",
            likely=f"{LAYER} Here they lead from {path} features." if count else REGISTER,
        )


def numbers_in(widths):
    return sum((a + 1) * b for a, b in pairwise(widths))


def check_output(model, x, outputs):
    """What the model makes of `x`: a tensor of shape (N, outputs)."""
    y = model(x)
    likely = "forward ends with `return`, or it gives None." if y is None else ROWS
    return assert_form(y, x.new_zeros(len(x), outputs), likely=likely, what="the output").detach()


ROWS = (
    "A row for each row of the input and a column for each output, even where there is only one: "
    "(N, out)."
)


def effects(rig, model, x, widths, start):
    """What a nudge to each number of the model does to its output: one row for each number. They
    are all trained, and gradients flow back to them."""
    seven = torch.tensor([SEVEN], device=x.device)
    filled, reached, rows = rig.examined(model, seven, start, x)
    check_count(filled, widths)
    form = None if rows is None else (*rows.shape[1:], rows.dtype)
    if form != (len(x), widths[-1], x.dtype) or not all(reached):
        check_output(model, x, widths[-1])  # the report shows this call
    check_gradients_flow(reached)
    if rows is None:
        fail(
            "the shape of the output must be the same in every call",
            likely="What forward uses up in one call, such as an iterator, is missing in the next.",
        )
    rows = rows.double().cpu().flatten(1)
    return rows[1:] - rows[0]


def check_gradients_flow(reached):
    if not any(reached):
        fail(
            "gradients must flow through the model",
            expected="an output with requires_grad = True",
            got="an output with requires_grad = False",
            likely=CUT,
        )
    if not all(reached):
        fail(
            "gradients must flow back to every parameter",
            expected=f"a gradient for each of the {len(reached)} parameters",
            got=f"a gradient for {sum(reached)} of them",
            likely=f"{CUT} What stands before the cut never learns.",
        )


def descend_line(
    x, y, weight, bias, lr, epochs, *, accumulate=False, left_over=0.0, scale=1.0, all_pairs=False
):
    """Gradient descent for x weight.T + bias, by formula: weight, bias, loss before each step.

    The options are mistakes: gradients that are never cleared, ones that the first epoch finds
    and does not clear, another scale of the loss, each prediction compared with every target.
    """
    losses = []
    dw, db = torch.full_like(weight, left_over), torch.full_like(bias, left_over)
    for epoch in range(epochs):
        there = x @ weight.T + bias
        error = there - (y.mean() if all_pairs else y)
        squares = (there - y.T if all_pairs else error) ** 2
        losses.append(scale * squares.mean().item())
        slope = scale * 2 * error / error.numel()
        if epoch > 0 and not accumulate:
            dw, db = torch.zeros_like(weight), torch.zeros_like(bias)
        dw, db = dw + slope.T @ x, db + slope.sum(dim=0)
        weight, bias = weight - lr * dw, bias - lr * db
    return weight, bias, losses


@recorded
def descent(x, y, weight, bias, lr, epochs):
    """The weight and the bias that training leads to, and the loss before each step."""
    return descend_line(x, y, weight, bias, lr, epochs)


@recorded
def descents_gone_wrong(part, x, y, weight, bias, lr, epochs):
    """What mistakes with train make of the weight, the bias or the losses: part 0, 1 or 2."""
    start, run = (weight, bias), (x, y, weight, bias, lr, epochs)
    if part < 2:
        yield from still(part, start)
    else:
        yield descend_line(*run)[part][:1] * epochs, STUCK
    yield descend_line(*run, accumulate=True)[part], ACCUMULATES
    words = "The gradient points uphill: subtract it."
    yield descend_line(x, y, *start, -lr, epochs)[part], words
    words = "This follows the sum of the squared errors: take their mean."
    yield descend_line(*run, scale=y.numel())[part], words
    if y.shape[1] > 1:
        words = "The squares are added up over the outputs: the mean goes over those too."
        yield descend_line(*run, scale=y.shape[1])[part], words
    else:
        yield descend_line(*run, all_pairs=True)[part], BROADCAST
    words = "The loss is halved: nothing is to be divided by 2."
    yield descend_line(*run, scale=0.5)[part], words
    if part == 2:
        yield descend_line(x, y, *start, lr, epochs + 1)[part][1:], BEFORE


def check_losses(losses, expected, *, mistakes=(), likely=None, tolerance=LOOSE):
    """Those of a training; what is said of wrong ones is certain."""
    floats = as_like(losses, expected)
    if not isinstance(floats, list) or not all(isinstance(loss, float) for loss in floats):
        likely = None
    elif len(floats) != len(expected):
        likely = likely or f"One loss for each epoch, and there are {len(expected)} here."
    elif floats[-1] > 10 * abs(floats[0]):
        likely = GROWING
    else:
        wrong = ~np.isclose(floats, expected, tolerance["rtol"], tolerance["atol"])
        k = int(wrong.argmax())
        later = f"The losses are right up to number {k - 1}: the update after it leads elsewhere."
        likely = later if k else FIRST_LOSS
    assert_same(losses, expected, mistakes=mistakes, likely=likely, what="losses", **tolerance)


def still(part, start):
    """A parameter that has not moved."""
    yield start[part], LEFT_OUT if part else STUCK


def descend(forward, parameters, x, y, lr, epochs):
    """The parameters after the same for any model, by autograd."""
    for _ in range(epochs):
        leaves = [p.detach().requires_grad_() for p in parameters]
        slopes = torch.autograd.grad(((forward(x, *leaves) - y) ** 2).mean(), leaves)
        parameters = [(p - lr * s).detach() for p, s in zip(leaves, slopes, strict=True)]
    return parameters


def check_parameters(parameters, start, expected, mistakes=None, likely=None):
    """All parameters of a model are as expected; `mistakes` gives those of each by its number."""
    for k, (name, got) in enumerate(parameters):
        known = mistakes(k) if mistakes else still(k, start)
        tolerance = {} if expected[k].dtype == torch.float64 else LOOSE
        what = f"the parameter {name}"
        assert_same(got, expected[k], mistakes=known, likely=likely, what=what, **tolerance)


def check_no_graph(graphs):
    """No pass through a model has recorded one; there was a pass."""
    if graphs == [] or any(graphs):
        fail(
            "no graph must be recorded",
            expected="an output that requires no gradient",
            got="an output that requires a gradient" if graphs else "a model that never ran",
            likely="model.eval() does not stop autograd, and detach() comes too late: run the "
            "model under torch.no_grad().",
        )


def check_modes(modules, model, training, x, line):
    """The model ran, and all of it is in the mode in which it came: it has two faces to tell."""
    name = {True: "training mode", False: "evaluation mode"}
    modes, ran, y = modules.modes(model, x)
    face = torch.allclose(y.detach(), line.sin() if training else line, **LOOSE)
    if not ran or not face or modes != [training] * len(modes):
        outside = modes[:1] == [training]
        got = name[not training] + (", in a module inside" if outside else "")
        fail(
            f"a model that comes in {name[training]} must leave in it",
            expected=name[training],
            got=got if ran else "a model that never ran",
            likely=INSIDE if outside else RESTORE,
        )


def line(rng, dtype=torch.float32, outputs=None):
    """Data of a regression with one or several outputs, and a weight and a bias to begin with."""
    n, inputs, several = rng.sizes(3, 2, 5)
    outputs = outputs or several
    shapes = (n, inputs), (n, outputs), (outputs, inputs), (outputs,)
    return [rng.normal(*shape, dtype=dtype) for shape in shapes]


def linears(rig, *lines):
    """A linear model for each line, with the weight and the bias to begin with."""
    return rig.together(*[("linear", weight, bias) for _, _, weight, bias in lines])


@recorded
def equal_weights(x, c, widths):
    """The output of an MLP if each of its weights and biases is `c`."""
    return by_hand(x, c, widths, range(1, len(widths) - 1))


def by_hand(x, c, widths, relus):
    """The same with a ReLU after the layers with the numbers `relus`; 0 stands for the input."""
    for k, width in enumerate(widths):
        if k > 0:
            x = (c * (x.sum(dim=1, keepdim=True) + 1)).expand(-1, width)
        x = x.clamp(min=0) if k in relus else x
    return x


@recorded
def relus_gone_wrong(x, c, widths):
    """The output of an MLP with its ReLUs in wrong places."""
    last = len(widths) - 1
    words = "There is no ReLU between the layers: together they are one linear layer."
    yield by_hand(x, c, widths, ()), words
    words = "There is a ReLU after the last layer: negative numbers must be able to come out."
    yield by_hand(x, c, widths, range(1, last + 1)), words
    words = "There is a ReLU before the first layer: it cuts the negative inputs."
    yield by_hand(x, c, widths, range(last)), words
    words = "There is a ReLU after the first layer only: one stands between each two layers."
    yield by_hand(x, c, widths, (1,)), words


def check_equal_weights(model, x, c, widths):
    """What a model gives whose numbers all are `c`."""
    expected, mistakes = equal_weights(x, c, widths), relus_gone_wrong(x, c, widths)
    got = check_output(model, x, widths[-1])
    for _ in range(0 if same(got, expected) else 5):
        again = check_output(model, x, widths[-1])
        if not same(got, again):
            fail_random(got, again)
    assert_same(got, expected, mistakes=mistakes, likely=RELU)


def same(one, other):
    return torch.allclose(one, other, **LOOSE)


def fail_random(got, again):
    fail(
        "a second call with the same input gives another output",
        expected=got,
        got=again,
        likely="Something in forward is random: dropout, or a layer that is made anew in each "
        "call. Layers are made once, in __init__.",
    )


def two_sided(rng, n, inputs):
    """Rows for which positive weights make negative numbers, then positive ones, in turn."""
    sign = torch.tensor([[-3.0], [1.0]], device=rng.device).repeat(n, 1)[:n]
    return sign * rng.uniform(1, 1.5, n, inputs)


def check_affine(model, x, outputs):
    """Affine: f(a) + f(b) = f(a + b) + f(0), and f depends on every input. Returns f(x)."""
    y = check_output(model, x, outputs)
    corners = torch.eye(x.shape[1], device=x.device)
    parts = x, x.flip(0), x + x.flip(0), 0 * x, corners
    both = check_output(model, torch.cat(parts), outputs)
    fa, fb, fab, f0, fc = both.split([len(part) for part in parts])
    if not same(y, fa):
        again = model(x).detach()
        if not same(y, again):
            fail_random(y, again)
        assert_same(y, fa, likely="Each row is worked on by itself, whatever rows come with it.")
    for _ in range(0 if same(fa + fb, fab + f0) else 5):
        again = check_output(model, torch.cat(parts), outputs)
        if not same(both, again):
            fail_random(both, again)
    likely = "x A + b is all there is to it: then f(a) + f(b) = f(a + b) + f(0)."
    assert_same(fa + fb, fab + f0, likely=likely, what="f(a) + f(b)")
    if not (fc - f0[:1]).abs().min() > 1e-3:
        fail(
            "every output must depend on every input",
            expected="another output for another input",
            got=y,
        )
    return y


def check_in_double(model, x, y):
    """A model in float64 takes float64 and gives float64, and the same numbers."""
    model.double()
    got = check_output(model, x.double(), y.shape[1])
    likely = "model.double() makes all parameters float64, and x is float64 as well here."
    return assert_same(got, y.double(), likely=likely, **LOOSE)


def check_dependence(rig, model, x, before, numbers):
    """With other parameters something else comes out."""
    after = rig.output_with(model, numbers, x).detach()
    if torch.allclose(before, after, **LOOSE):
        fail(
            "the output must depend on the parameters",
            expected="another output for other parameters",
            got=after,
            likely="All numbers of model.parameters() were changed, and the output stayed as it "
            "was: forward works with others.",
        )


@exercise("LinearRegressor")
class TestLinearRegressor:
    @visible
    @rehearsed(calls=4)
    @points(1)
    def test_affine_map(self, student, device, rng):
        """It maps (N, in) to (N, out) by x A + b, for any N, and out is 1 by default."""
        rig = student.bring("rig_regressor")
        inputs, outputs = rng.sizes(2, 2, 5)
        cases = (
            (inputs, 2, outputs, {"out_features": outputs}),
            (inputs, 3, 1, {}),
            (1, 1, 1, {}),
        )
        models = [student.LinearRegressor(columns, **options) for columns, _, _, options in cases]
        numbers = rng.uniform(0.5, 1.5, 31)
        rig.together(*[("set_parameters", model, numbers) for model in models])
        for model, (columns, n, out, _) in zip(models, cases, strict=True):
            x = two_sided(rng, n, columns)
            y = check_affine(model, x, out)
        check_output(model, x[:0], out)
        y = check_in_double(model, x, y)
        check_dependence(rig, model, x.double(), y, rng.uniform(-1.5, -0.5, 31))

    @points(1)
    def test_registered_parameters(self, student, device, rng):
        """It has (in + 1) * out registered, trainable numbers, and each has its own effect."""
        rig = student.bring("rig_regressor")
        for inputs, outputs in (rng.sizes(2, 2, 5), (rng.integer(1, 4), 1)):
            model = student.LinearRegressor(inputs, outputs)
            # The zero and the unit vectors show A and b whole: each number must matter there.
            corners = torch.cat([torch.zeros(1, inputs), torch.eye(inputs)]).to(device)
            start = rng.uniform(0.5, 1.5, (inputs + 1) * outputs)
            found = effects(rig, model, corners, (inputs, outputs), start)
            rank = int(torch.linalg.matrix_rank(found, atol=1e-4))
            if rank != len(start):
                again = effects(rig, model, corners, (inputs, outputs), start)
                if not same(found, again):
                    fail_random(found, again)
                fail(
                    "each parameter must have an effect of its own",
                    expected=f"{len(start)} independent effects",
                    got=f"{rank} independent effects",
                    likely=f"forward must use all parameters. {LAYER}",
                )


@exercise("MLPRegressor")
class TestMLPRegressor:
    @points(1)
    def test_registered_parameters(self, student, device, rng):
        """All layers are registered, (fan_in + 1) * fan_out numbers each, and all take part."""
        rig = student.bring("rig_regressor")
        for widths in (
            [*rng.sizes(3, 2, 5), rng.integer(1, 4)],
            [1, rng.integer(1, 4), 1],
            [2, 2, 2, 2],
        ):
            model = student.MLPRegressor(widths[0], widths[1:-1], widths[-1])
            # Small enough that no function at the end, a sigmoid say, is flat here.
            x = rng.uniform(0.1, 0.3, 2, widths[0])
            start = rng.uniform(0.05, 0.15, numbers_in(widths))
            effect = effects(rig, model, x, widths, start).abs().sum(dim=1)
            idle = int((effect == 0).sum())
            if idle:
                fail(
                    "every parameter must take part in the output",
                    expected="an effect of each parameter",
                    got=f"{idle} numbers without effect",
                    likely="A change of these parameters does not change the output.",
                )

    @visible
    @rehearsed(calls=4)
    @points(2)
    def test_relu_between_layers(self, student, device, rng):
        """There is a ReLU between each two layers, and none after the last."""
        rig = student.bring("rig_regressor")
        inputs, *hidden = rng.sizes(3, 2, 5)
        # Rows with sums below -1 and above it: the first layer is on one side of 0, or the other.
        # One is so large that no other bound, as of relu6, is out of reach.
        sides = rng.uniform(0, 2, 1, inputs), rng.uniform(9, 11, 1, inputs)
        x = torch.cat([*sides, rng.uniform(-3, -1, 2, inputs)])
        cases = []
        for widths in ([inputs, hidden[0], 1], [inputs, *[hidden[1]] * 3]):
            model = student.MLPRegressor(inputs, widths[1:-1], out_features=widths[-1])
            fill(rig, model, 0.5, device, *widths)
            check_equal_weights(model, x, 0.5, widths)
            cases.append((model, widths))
        numbers = torch.tensor([-0.5], device=device)
        found = rig.together(*[("fill", model, numbers) for model, _ in cases])
        for filled, (model, widths) in zip(found, cases, strict=True):
            check_count(filled, widths)
            check_equal_weights(model, x, -0.5, widths)
        check_output(model, x[:0], widths[-1])

    @visible
    @points(1)
    def test_hidden_may_be_empty_or_a_tuple(self, student, device, rng):
        """Without hidden layers it is a single linear layer; a tuple of widths works too."""
        rig = student.bring("rig_regressor")
        inputs, outputs = rng.sizes(2, 2, 5)
        model = student.MLPRegressor(inputs, [], out_features=outputs)
        x = two_sided(rng, 3, inputs)
        fill(rig, model, 0.5, device, inputs, outputs)
        check_equal_weights(model, x, 0.5, [inputs, outputs])
        rig.set_parameters(model, rng.uniform(0.5, 1.5, 31))
        check_affine(model, x, outputs)
        model = student.MLPRegressor(inputs, (3,))
        fill(rig, model, -0.5, device, inputs, 3, 1)
        check_equal_weights(model, x, -0.5, [inputs, 3, 1])


@exercise("train")
class TestTrain:
    @visible
    @points(1)
    def test_losses_before_each_update(self, student, device, rng):
        """It returns a float for each epoch, the loss before its update; lr is 0.01, epochs 100."""
        rig = student.bring("rig_regressor")
        lines = line(rng), line(rng, torch.float64), line(rng, outputs=1)
        *models, model, untrained = linears(rig, *lines, lines[-1], lines[-1])
        tolerances = LOOSE, SINGLE_PRECISION, LOOSE
        for first, drawn, tolerance in zip(models, lines, tolerances, strict=True):
            x, y, weight, bias = drawn
            run = *drawn, 0.1, 3
            (_, _, expected), mistakes = descent(*run), descents_gone_wrong(2, *run)
            losses = student.train(first, x, y, lr=0.1, epochs=3)
            check_losses(losses, expected, mistakes=mistakes, tolerance=tolerance)
        # The model is right from the start, and every epoch is run all the same.
        losses = student.train(model, x, line_at(x, weight, bias), epochs=30)
        likely = "The model fits y from the start. There are 30 epochs still, and 30 losses."
        assert_same(losses, [0.0] * 30, likely=likely, what="losses", **LOOSE)
        losses = as_like(student.train(model, x, y, 1e4, 15), [])
        likely = "All epochs are run, also where the losses become infinite."
        assert_same(len(losses), 15, likely=likely, what="the number of losses")
        expected, known = losses_by_default(x, y, weight, bias), other_rates(x, y, weight, bias)
        # 100 epochs take long: they are run only where the definition does not tell of them.
        options = {"epochs": 33} if defaults_of(student.train) == (0.01, 100) else {}
        losses = student.train(untrained, x, y, **options)
        likely = None if options else DEFAULT_EPOCHS
        check_losses(losses, expected[: options.get("epochs")], mistakes=known, likely=likely)

    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_plain_gradient_descent(self, student, device, rng):
        """Each epoch is one step of plain SGD on the mean over all rows and outputs."""
        rig = student.bring("rig_regressor")
        lines = line(rng), line(rng), line(rng, torch.float64, outputs=1)
        # The last steps are so long that the losses grow, and all of them are taken as they are.
        steps = (0.1, 1), (0.1, rng.integer(3, 6)), (1.2, 9)
        for model, drawn, (lr, epochs) in zip(linears(rig, *lines), lines, steps, strict=True):
            x, y, *start = drawn
            run = *drawn, lr, epochs
            expected = descent(*run)
            student.train(model, x, y, lr=lr, epochs=epochs)
            check_parameters(
                rig.parameters(model),
                start,
                expected,
                lambda k, run=run: descents_gone_wrong(k, *run),
                likely="The losses grow here, and each step is taken whole."
                if epochs == 9
                else None,
            )

    @points(1)
    def test_any_model(self, student, device, rng):
        """It trains any model in float64, with shared layers and parameters of its own too."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        # So many rows that whoever takes them in batches takes more than one step.
        x, y = rng.normal(130, 3, dtype=torch.float64), rng.normal(130, 3, dtype=torch.float64)
        shapes = (4, 3), (4,), (3, 4), (3,)
        two = [rng.normal(*shape, dtype=torch.float64) for shape in shapes]
        one = [rng.normal(*shape, dtype=torch.float64) for shape in ((3, 3), (3,))]
        scale, other_bias = (
            rng.uniform(0.5, 2, dtype=torch.float64),
            rng.normal(3, dtype=torch.float64),
        )
        twice = [*one, other_bias]
        kinds = (
            ("network", two, lambda x, a, b, c, d: (x @ a.T + b).relu() @ c.T + d),
            ("tied", one, lambda x, a, b: (x @ a.T + b).relu() @ a.T + b),
            ("one_weight_twice", twice, lambda x, a, b, c: (x @ a.T + b).relu() @ a.T + c),
            ("scaled", [scale, *one], lambda x, s, a, b: s * (x @ a.T + b)),
        )
        models = modules.together(*[(kind, *start) for kind, start, _ in kinds])
        for model, (_, start, forward) in zip(models, kinds, strict=True):
            student.train(model, x, y, lr=0.02, epochs=2)
            start = descend(forward, start, x, y, 0.02, 2)
            check_parameters(rig.parameters(model), start, start)
        student.train(model, x, y, lr=0.02, epochs=1)  # a second training goes on from the first
        start = descend(forward, start, x, y, 0.02, 1)
        check_parameters(rig.parameters(model), start, start)

    @points(1)
    def test_training_mode(self, student, device, rng):
        """It trains in training mode, even a model that comes in evaluation mode."""
        rig = student.bring("rig_regressor")
        x, y, *start = line(rng)
        model = rig.two_faced(*start, training=False)
        # So many epochs that whoever measures after every tenth one does so here.
        student.train(model, x, y, lr=0.1, epochs=12)
        # This model gives the sine of its linear output while it is trained.
        expected = descend(lambda x, a, b: (x @ a.T + b).sin(), start, x, y, 0.1, 12)

        def mistakes(part):
            yield from still(part, start)
            words = "The model ran in evaluation mode: call model.train() before the first epoch."
            yield descend_line(x, y, *start, 0.1, 12)[part], words

        check_parameters(rig.parameters(model), start, expected, mistakes)

    @points(1)
    def test_old_gradients_and_frozen_parameters(self, student, device, rng):
        """Gradients that were there before do not count, and frozen parameters stay."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        x, y, *start = line(rng)
        model, second, third = modules.together(
            ("with_gradients", *start, 100.0),
            ("with_gradients", *start, torch.nan),
            ("with_gradients", *start, 5.0, False),
        )
        run = x, y, *start, 0.1, 2
        student.train(model, x, y, lr=0.1, epochs=2)

        def mistakes(part):
            words = "The model came with gradients: clear them before the first backward() too."
            yield descend_line(*run, left_over=100.0)[part], words
            yield descend_line(*run, left_over=100.0, accumulate=True)[part], ACCUMULATES
            yield from descents_gone_wrong(part, *run)

        check_parameters(rig.parameters(model), start, descend_line(*run), mistakes)
        student.train(second, x, y, lr=0.1, epochs=2)
        still_nan = (
            "The model came with gradients that are NaN, and 0 * NaN is NaN: set them to 0, "
        )
        still_nan += "or to None."
        known = [(torch.full_like(t, torch.nan), still_nan) for t in start]
        check_parameters(
            rig.parameters(second), start, descend_line(*run), lambda part: known[part : part + 1]
        )
        weight, bias = start
        student.train(third, x, y, lr=0.1, epochs=3)
        likely = "The bias came with requires_grad = False: leave both as they are."
        parameters, learning = rig.together(("parameters", third), ("trained", third))
        after = parameters[1][1]
        assert_same(after, bias, likely=likely, what="the frozen bias")
        trained = descend(lambda x, a: x @ a.T + bias, [weight], x, y, 0.1, 3)
        check_parameters(parameters, start, [*trained, bias])
        if len(learning) != 1:
            fail(
                "the model must be as trainable afterwards as before",
                expected="the bias frozen, as it came, and the weight not",
                got="the bias thawed" if learning else "the weight frozen",
                likely="What is done to requires_grad stays: the frozen ones came frozen.",
            )


@recorded
def other_rates(x, y, weight, bias):
    """The losses of 100 epochs where lr is another one."""
    for lr in (0.1, 0.001, 0.05, 0.02):
        yield descend_line(x, y, weight, bias, lr, 100)[2], DEFAULT_RATE


@recorded
def losses_by_default(x, y, weight, bias):
    """The losses of 100 epochs with lr = 0.01."""
    # Each step multiplies the matrix of errors by the same matrix.
    inputs = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    shrink = torch.eye(len(x), device=x.device) - 0.01 * 2 / y.numel() * inputs @ inputs.T
    errors = [x @ weight.T + bias - y]
    for _ in range(99):
        errors.append(shrink @ errors[-1])
    return torch.stack(errors).square().mean(dim=(1, 2)).tolist()


@exercise("evaluate")
class TestEvaluate:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_mean_squared_error(self, student, device, rng):
        """It is the mean squared error over all rows and outputs, as a plain float."""
        rig = student.bring("rig_regressor")
        lines = line(rng), line(rng, torch.float64), line(rng, outputs=1)
        for model, (x, y, *start) in zip(linears(rig, *lines), lines, strict=True):
            tolerance = LOOSE if x.dtype is torch.float32 else {}
            for rows in (slice(None), slice(1)) if x is lines[0][0] else (slice(None),):
                run = x[rows], y[rows], *start
                expected, mistakes = mean_squared_error(*run), errors_gone_wrong(*run)
                got = student.evaluate(model, x[rows], y[rows])
                assert_same(got, expected, mistakes=mistakes, likely=SQUARES, **tolerance)

    @points(1)
    def test_evaluation_mode_without_graph(self, student, device, rng):
        """The model runs in evaluation mode, and no graph is recorded."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        x, _, weight, bias = line(rng)
        two_faced = "two_faced", weight, bias, True, "0.bias"
        model, other = rig.together(two_faced, ("without_parameters",))
        check_no_error(student.evaluate, model, x, x @ weight.T + bias)
        graphs, frozen = modules.together(("graphs", model), ("frozen", model))
        check_no_graph(graphs)
        check_trainable(frozen)
        # Errors of one size would be the roots of their mean square. There are so many rows that
        # whoever takes them in batches has a short one at the end.
        x = rng.normal(131, 2)
        error = torch.ones_like(x)
        error[-2:] = 3
        right = (error**2).mean().item()
        words = "The squares are added up over the outputs: the mean goes over those too."
        known = [
            (right * x.shape[1], words),
            (right * x.numel(), "This is the sum of the squares."),
            *means_of_batches(error),
        ]
        got = student.evaluate(other, x, x + error)
        likely = "In evaluation mode this model gives x as it is. It has no parameters."
        assert_same(got, right, mistakes=known, likely=likely, **LOOSE)

    @points(1)
    def test_mode_is_restored(self, student, device, rng):
        """Afterwards the model is in the mode it was in before, whichever it was."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        x, _, weight, bias = line(rng)
        line_there, modes = x @ weight.T + bias, (True, False)
        models = rig.together(*[("two_faced", weight, bias, training) for training in modes])
        for model, training in zip(models, modes, strict=True):
            check_no_error(student.evaluate, model, x, line_there)
            check_modes(modules, model, training, x, line_there)


def means_of_batches(error):
    """What the means of batches of equal rows, the last one shorter, make of the error."""
    words = (
        "The last batch may have fewer rows: in a mean of the means of the batches they count for "
        "more than the others. Take the mean over all rows."
    )
    for rows in (4, 8, 10, 16, 20, 32, 50, 64, 100, 128):
        means = [(part**2).mean() for part in error.split(rows)]
        yield torch.stack(means).mean().item(), words


SQUARES = "Square the errors, and take the mean over all of them."


@recorded
def mean_squared_error(x, y, weight, bias):
    """The mean of the squared errors of the line, over all rows and outputs."""
    return ((x @ weight.T + bias - y) ** 2).mean().item()


@recorded
def errors_gone_wrong(x, y, weight, bias):
    """What mistakes with evaluate give."""
    error = x @ weight.T + bias - y
    squares = error**2
    yield squares.mean().sqrt().item(), "This is the square root of the mean: leave the root out."
    yield squares.sum().item(), "This is the sum of the squares: take their mean."
    if y.shape[1] > 1:
        words = "The squares are added up over the outputs: the mean goes over those too."
        yield squares.sum(dim=1).mean().item(), words
    elif len(y) > 1:
        yield ((x @ weight.T + bias - y.T) ** 2).mean().item(), BROADCAST
    yield squares.mean().item() / 2, "This is half of the mean: nothing is to be halved."
    yield error.abs().mean().item(), "These are the absolute errors: square them instead."


def check_no_error(evaluate, model, x, y):
    """In evaluation mode a `two_faced` model makes no error on these targets; the sine does."""
    mistakes = [((y.sin() - y).square().mean().item(), EVAL)]
    assert_same(evaluate(model, x, y), 0.0, mistakes=mistakes, **LOOSE)


def check_trainable(frozen):
    """Whoever measures halfway through training goes on with it: the parameters still learn."""
    if frozen != ["0.bias"]:
        fail(
            "the model must be as trainable afterwards as before",
            expected="0.bias frozen, as before, and nothing else",
            got=f"frozen: {', '.join(frozen) or 'nothing'}",
            likely="torch.no_grad() stops the recording inside its block. What is done to "
            "requires_grad stays.",
        )


@exercise("predict")
class TestPredict:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_numpy_array(self, student, device, rng):
        """It is a NumPy array of shape (N, out), for one row and for none as well."""
        rig = student.bring("rig_regressor")
        lines = line(rng), line(rng, torch.float64), line(rng, outputs=1)
        for model, (x, _, *start) in zip(linears(rig, *lines), lines, strict=True):
            first = x is lines[0][0]
            for rows in (x, -x, x[:1], x[:0]) if first else (x,):
                expected = np.asarray(line_at(rows, *start).cpu())
                got = student.predict(model, rows)
                likely = "y.cpu().numpy() makes an array of a tensor, of its dtype and its shape."
                assert_same(got, expected, likely=likely)
                if first and rows is x:
                    check_place(rig, model, x)

    @points(1)
    def test_evaluation_mode_without_graph(self, student, device, rng):
        """The model runs in evaluation mode, and no graph is recorded."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        x, _, weight, bias = line(rng)
        two_faced = "two_faced", weight, bias, True, "0.bias"
        model, other = rig.together(two_faced, ("without_parameters",))
        check_calm(student.predict, model, x, x @ weight.T + bias)
        graphs, frozen = modules.together(("graphs", model), ("frozen", model))
        check_no_graph(graphs)
        check_trainable(frozen)
        got = student.predict(other, x)
        likely = "In evaluation mode this model gives x as it is. It has no parameters."
        assert_same(got, np.asarray(x.cpu()), likely=likely)

    @points(1)
    def test_mode_is_restored(self, student, device, rng):
        """Afterwards the model is in the mode it was in before, whichever it was."""
        rig, modules = student.bring("rig_regressor"), student.bring("rig_regressor_modules")
        x, _, weight, bias = line(rng)
        line_there, modes = x @ weight.T + bias, (True, False)
        models = rig.together(*[("two_faced", weight, bias, training) for training in modes])
        for model, training in zip(models, modes, strict=True):
            check_calm(student.predict, model, x, line_there)
            check_modes(modules, model, training, x, line_there)


def check_place(rig, model, x):
    """The model is where `x` is."""
    where, *there = rig.devices(model, x)
    if there != [where] * len(there):
        fail(
            "the model must stay on its device",
            expected=f"parameters on {where}",
            got=f"parameters on {there[0]}",
            likely="model.cpu() and model.to(...) move the model itself. Bring what it gives to "
            "the CPU, not the model.",
        )


@recorded
def line_at(x, weight, bias):
    """The outputs of the line."""
    return x @ weight.T + bias


def check_calm(predict, model, x, expected):
    """What a `two_faced` model predicts in evaluation mode; in training mode it is the sine."""
    mistakes = [(np.asarray(expected.sin().cpu()), EVAL)]
    assert_same(predict(model, x), np.asarray(expected.cpu()), mistakes=mistakes)


SINGLE = "A parameter without axes, as torch.tensor(1.0) is, holds one number too."


@exercise("count_parameters")
class TestCountParameters:
    @visible
    @points(1)
    def test_all_trainable_numbers(self, student, device, rng):
        """It adds up the numbers of all parameters, however deep, and nothing else."""
        rig = student.bring("rig_regressor")
        inputs, hidden, outputs = rng.sizes(3, 3, 7)
        # Two layers with biases, and a scale and a shift for each normalised feature.
        expected = (inputs + 1) * hidden + 2 * hidden + (hidden + 1) * outputs
        model, other = rig.together(
            ("nested", inputs, hidden, outputs), ("with_numbers_of_its_own", inputs, outputs)
        )
        mistakes = (
            (6, "There are 6 tensors of parameters: p.numel() tells how many numbers are in one."),
            (4 * hidden + 2 * outputs, "len(p) is the number of its rows. p.numel() counts all."),
            (expected + 2 * hidden + 1, "Buffers count here too: they are kept, but not trained."),
            (expected - 2 * hidden, "nn.BatchNorm1d has parameters too, not only nn.Linear."),
        )
        likely = "Sum p.numel() over model.parameters(), which finds each of them once."
        got = student.count_parameters(model)
        assert_same(got, expected, mistakes=mistakes, likely=likely)
        expected = 1 + inputs + (inputs + 1) * outputs
        own = "A module may have parameters of its own, beside those of the layers in it."
        mistakes = ((expected - 1 - inputs, own), (expected - 1, SINGLE))
        got = as_like(student.count_parameters(other), expected)  # NumPy's product of () is 1.0
        assert_same(got, expected, mistakes=mistakes, likely=likely)

    @points(1)
    def test_frozen_parameters(self, student, device, rng):
        """Frozen parameters are left out."""
        rig = student.bring("rig_regressor")
        inputs, hidden, outputs = sizes = rng.sizes(3, 3, 7)
        body, bias, whole, nothing = rig.together(
            ("nested", *sizes, "body"),
            ("nested", *sizes, "head.bias"),
            ("nested", *sizes, ""),
            ("without_parameters",),
        )
        got, expected = student.count_parameters(body), (hidden + 1) * outputs
        words = "A frozen parameter has requires_grad = False: leave it out."
        mistakes = [(expected + (inputs + 3) * hidden, words)]
        likely = "Only the last layer is trained here: a weight and a bias."
        assert_same(got, expected, mistakes=mistakes, likely=likely)
        expected = (inputs + 1) * hidden + 2 * hidden + hidden * outputs
        likely = "One parameter of a layer may be frozen, and the other not: look at each."
        assert_same(student.count_parameters(bias), expected, likely=likely)
        assert_same(student.count_parameters(whole), 0, likely="Every parameter is frozen here.")
        likely = "This model has no parameters."
        assert_same(student.count_parameters(nothing), 0, likely=likely)

    @points(1)
    def test_shared_parameters(self, student, device, rng):
        """A parameter that is used in two places counts once."""
        modules = student.bring("rig_regressor_modules")
        n = rng.integer(3, 6)
        bias = rng.normal(n)  # equal numbers, as those of two new biases may be, are not shared
        weight = rng.normal(n, n)
        twice = "model.parameters() gives each parameter once; summing layer by layer does not."
        tied, other = modules.together(
            ("tied", weight, bias), ("one_weight_twice", weight, bias, bias)
        )
        for model, expected, what in (
            (tied, (n + 1) * n, "layer"),
            (other, (n + 2) * n, "weight"),
        ):
            got = student.count_parameters(model)
            likely = f"Here one {what} of {n} by {n} has two names: it counts once."
            assert_same(got, expected, mistakes=[(2 * (n + 1) * n, twice)], likely=likely)
