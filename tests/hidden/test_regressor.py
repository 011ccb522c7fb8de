"""Hidden suite of `regressor`: train, evaluate and predict are judged on models of the rig."""

from itertools import pairwise

import torch
from torch import Tensor

from grader.suite import assert_same, exercise, fail, points

LOOSE = {"rtol": 1e-4, "atol": 1e-5}
REGISTER = (
    "A module registers what is assigned to it directly: a parameter, a layer, an nn.Sequential, "
    "an nn.ModuleList. Layers in a plain Python list stay unknown to parameters()."
)
LAYER = "A linear layer has a weight for each input and output, and a bias for each output."
RELU = (
    "A ReLU stands between each two layers, and none after the last: negative numbers must be "
    "able to come out."
)
STEP = (
    "In each epoch: clear the gradients, since backward() adds to them; backward(); then "
    "p -= lr * p.grad for every parameter, with no momentum and no weight decay."
)
BEFORE = "Note loss.item() before the update: one plain float for each epoch."
RESTORE = (
    "Remember model.training before you call model.eval(), and set that mode again afterwards: "
    "model.train(was_training)."
)
EVAL = "Call model.eval() first: it changes the mode of the model and of all modules inside."


def check_parameter_count(rig, model, expected):
    count = rig.trainable(model)
    if count != expected:
        fail(
            "the registered, trainable numbers do not add up",
            expected=f"{expected} numbers in model.parameters()",
            got=f"{count} numbers in model.parameters()",
            likely=LAYER if count else REGISTER,
        )


def descend_line(x, y, weight, bias, lr, epochs):
    """Gradient descent for x weight.T + bias, by formula: weight, bias, loss before each step."""
    losses = []
    for _ in range(epochs):
        error = x @ weight.T + bias - y
        losses.append((error**2).mean().item())
        slope = 2 * error / error.numel()
        weight, bias = weight - lr * slope.T @ x, bias - lr * slope.sum(dim=0)
    return weight, bias, losses


def descend(forward, parameters, x, y, lr, epochs):
    """The parameters after the same for any model, by autograd."""
    for _ in range(epochs):
        leaves = [p.detach().requires_grad_() for p in parameters]
        slopes = torch.autograd.grad(((forward(x, *leaves) - y) ** 2).mean(), leaves)
        parameters = [(p - lr * s).detach() for p, s in zip(leaves, slopes, strict=True)]
    return parameters


def check_parameters(rig, model, expected, likely):
    for got, there in zip(rig.parameters(model), expected, strict=True):
        assert_same(got, there, likely=likely, **LOOSE)


def check_no_graph(rig, model):
    """No pass through the model has recorded one; there was a pass."""
    recorded = rig.graphs(model)
    if recorded == [] or any(recorded):
        fail(
            "no graph must be recorded",
            expected="an output that requires no gradient",
            got="an output that requires a gradient" if recorded else "a model that never ran",
            likely="model.eval() does not stop autograd; run the model under torch.no_grad().",
        )


def check_modes(rig, model, training):
    """The model ran, and all of it is in the mode in which it came."""
    name = {True: "training mode", False: "evaluation mode"}
    modes = rig.modes(model)
    if rig.graphs(model) == [] or modes != [training] * len(modes):
        fail(
            f"a model that comes in {name[training]} must leave in it",
            expected=name[training],
            got=name[not training] if rig.graphs(model) else "a model that never ran",
            likely=RESTORE,
        )


def plain(value):
    """The number in a tensor of one entry; one test is enough to insist on a plain number."""
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 else value


def as_tensor(value, like):
    """The numbers of an array or a list, flat; one test is enough to insist on the type."""
    try:
        return torch.as_tensor(value).detach().to(like).flatten()
    except (TypeError, ValueError, RuntimeError):
        return value


def line(rng, dtype=torch.float32):
    """Data of a regression with several outputs, and a weight and a bias to begin with."""
    n, inputs, outputs = rng.sizes(3, 2, 6)
    shapes = (n, inputs), (n, outputs), (outputs, inputs), (outputs,)
    return [rng.normal(*shape, dtype=dtype) for shape in shapes]


def equal_weights(x, c, widths):
    """The output of an MLP, by hand, if each of its weights and biases is `c`."""
    layers = len(widths) - 1
    for k, width in enumerate(widths[1:], start=1):
        x = (c * (x.sum(dim=1, keepdim=True) + 1)).expand(-1, width)
        x = x if k == layers else x.clamp(min=0)
    return x


def check_against_equal_weights(rig, model, x, widths):
    for c in (0.5, -0.5):
        rig.set_parameters(model, torch.tensor([c], device=x.device))
        assert_same(model(x), equal_weights(x, c, widths), likely=RELU)


def check_affine(model, x, outputs):
    """Affine: f(a) + f(b) = f(a + b) + f(0), and f depends on every input."""
    shape = (len(x), outputs)
    y = model(x)
    if not isinstance(y, Tensor) or y.shape != shape:
        fail("the output has one row for each input", expected=f"shape {shape}", got=y)
    corners = torch.eye(x.shape[1], device=x.device)
    parts = x, x.flip(0), x + x.flip(0), 0 * x, corners
    fa, fb, fab, f0, fc = model(torch.cat(parts)).detach().split([len(part) for part in parts])
    likely = "x A + b and nothing else: without hidden layers there is no ReLU either."
    assert_same(y, fa, likely="Each row is worked on by itself, whatever rows come with it.")
    assert_same(fa + fb, fab + f0, likely=likely)
    if not (fc - f0[:1]).abs().min() > 1e-3:
        fail(
            "every output must depend on every input",
            expected="another output for another input",
            got=y,
            likely=LAYER,
        )


@exercise("LinearRegressor")
class TestLinearRegressor:
    @points(1)
    def test_affine_map(self, student, device, rng):
        """It maps (N, in) to (N, out) by x A + b, for any N, and out is 1 by default."""
        rig = student.bring("rig_regressor")
        inputs, outputs = rng.sizes(2, 2, 5)
        for n, out, options in ((4, outputs, {"out_features": outputs}), (1, 1, {})):
            model = student.LinearRegressor(inputs, **options)
            rig.to_device(model, device)
            rig.set_parameters(model, rng.uniform(0.5, 1.5, 31))
            x = rng.normal(n, inputs)
            check_affine(model, x, out)

    @points(1)
    def test_registered_parameters(self, student, device, rng):
        """It has (in + 1) * out registered, trainable numbers, and each has its own effect."""
        rig = student.bring("rig_regressor")
        inputs, outputs = rng.sizes(2, 2, 5)
        model = student.LinearRegressor(inputs, outputs)
        check_parameter_count(rig, model, (inputs + 1) * outputs)
        rig.to_device(model, device)
        rig.set_parameters(model, rng.uniform(0.5, 1.5, 31))
        # The zero and the unit vectors show A and b whole: each number must matter there.
        corners = torch.cat([torch.zeros(1, inputs), torch.eye(inputs)]).to(device)
        slopes = rig.slopes(model, corners).double()
        rank = int(torch.linalg.matrix_rank(slopes.cpu(), atol=1e-4))
        if rank != (inputs + 1) * outputs:
            fail(
                "each parameter must have an effect of its own",
                expected=f"{(inputs + 1) * outputs} independent effects",
                got=f"{rank} independent effects",
                likely=f"forward must use all parameters. {LAYER}",
            )


@exercise("MLPRegressor")
class TestMLPRegressor:
    @points(1)
    def test_registered_parameters(self, student, device, rng):
        """All layers are registered, (fan_in + 1) * fan_out numbers each, and all take part."""
        rig = student.bring("rig_regressor")
        widths = [*rng.sizes(3, 2, 6), rng.integer(1, 4)]
        model = student.MLPRegressor(widths[0], widths[1:-1], widths[-1])
        check_parameter_count(rig, model, sum((a + 1) * b for a, b in pairwise(widths)))
        rig.to_device(model, device)
        rig.set_parameters(model, rng.uniform(0.5, 1.5, 61))
        effect = rig.slopes(model, rng.uniform(0.5, 1.5, 2, widths[0])).abs().sum(dim=0)
        idle = int((effect == 0).sum())
        if idle:
            fail(
                "every parameter must take part in the output",
                expected="an effect of each parameter",
                got=f"{idle} numbers without effect",
                likely="forward must pass through all registered layers.",
            )

    @points(2)
    def test_relu_between_layers(self, student, device, rng):
        """There is a ReLU between each two layers, and none after the last."""
        rig = student.bring("rig_regressor")
        inputs, *hidden = rng.sizes(3, 2, 5)
        # Rows with sums below -1 and above it: the first layer is on one side of 0, or the other.
        x = torch.cat([rng.uniform(0, 2, 2, inputs), rng.uniform(-3, -1, 2, inputs)])
        for widths in ([inputs, hidden[0], 1], [inputs, *hidden, 2]):
            model = student.MLPRegressor(inputs, widths[1:-1], out_features=widths[-1])
            rig.to_device(model, device)
            check_against_equal_weights(rig, model, x, widths)

    @points(1)
    def test_hidden_may_be_empty_or_a_tuple(self, student, device, rng):
        """Without hidden layers it is a single linear layer; a tuple of widths works too."""
        rig = student.bring("rig_regressor")
        inputs, outputs = rng.sizes(2, 2, 5)
        model = student.MLPRegressor(inputs, [], out_features=outputs)
        check_parameter_count(rig, model, (inputs + 1) * outputs)
        rig.to_device(model, device)
        x = rng.normal(4, inputs)
        check_against_equal_weights(rig, model, x, [inputs, outputs])
        rig.set_parameters(model, rng.uniform(0.5, 1.5, 31))
        check_affine(model, x, outputs)
        model = student.MLPRegressor(inputs, (3,))
        rig.to_device(model, device)
        check_against_equal_weights(rig, model, x, [inputs, 3, 1])


@exercise("train")
class TestTrain:
    @points(1)
    def test_losses_before_each_update(self, student, device, rng):
        """It returns a float for each epoch, the loss before its update; lr is 0.01, epochs 100."""
        rig = student.bring("rig_regressor")
        x, y, weight, bias = line(rng)
        losses = student.train(rig.linear(weight, bias), x, y)
        # Each step multiplies the matrix of errors by the same matrix.
        inputs = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
        shrink = torch.eye(len(x), device=device) - 0.01 * 2 / y.numel() * inputs @ inputs.T
        errors = [x @ weight.T + bias - y]
        for _ in range(99):
            errors.append(shrink @ errors[-1])
        expected = torch.stack(errors).square().mean(dim=(1, 2)).tolist()
        if isinstance(losses, list):
            assert_same(losses[:1], expected[:1], likely=BEFORE, **LOOSE)
        assert_same(losses, expected, likely=STEP, **LOOSE)

    @points(1)
    def test_plain_gradient_descent(self, student, device, rng):
        """Each epoch is one step of plain SGD on the mean over all rows and outputs."""
        rig = student.bring("rig_regressor")
        for epochs in (1, rng.integer(3, 6)):
            x, y, weight, bias = line(rng)
            model = rig.linear(weight, bias)
            student.train(model, x, y, lr=0.1, epochs=epochs)
            *expected, _ = descend_line(x, y, weight, bias, 0.1, epochs)
            check_parameters(rig, model, expected, STEP)

    @points(1)
    def test_any_model(self, student, device, rng):
        """It trains any model in float64: one with a ReLU, and one that uses a layer twice."""
        rig = student.bring("rig_regressor")
        x, y = rng.normal(5, 3, dtype=torch.float64), rng.normal(5, 3, dtype=torch.float64)
        shapes = (4, 3), (4,), (3, 4), (3,)
        two = [rng.normal(*shape, dtype=torch.float64) for shape in shapes]
        one = [rng.normal(*shape, dtype=torch.float64) for shape in ((3, 3), (3,))]
        for model, start, forward in (
            (rig.network(*two), two, lambda x, a, b, c, d: (x @ a.T + b).relu() @ c.T + d),
            (rig.tied(*one), one, lambda x, a, b: (x @ a.T + b).relu() @ a.T + b),
        ):
            student.train(model, x, y, lr=0.02, epochs=3)
            expected = descend(forward, start, x, y, 0.02, 3)
            check_parameters(rig, model, expected, "Move each of model.parameters() once a step.")

    @points(1)
    def test_training_mode(self, student, device, rng):
        """It trains in training mode, even a model that comes in evaluation mode."""
        rig = student.bring("rig_regressor")
        x, y, weight, bias = line(rng)
        model = rig.two_faced(weight, bias)
        rig.set_mode(model, False)
        student.train(model, x, y, lr=0.1, epochs=3)
        # This model gives the sine of its linear output while it is trained.
        expected = descend(lambda x, a, b: (x @ a.T + b).sin(), [weight, bias], x, y, 0.1, 3)
        check_parameters(rig, model, expected, "Call model.train() before the first epoch.")

    @points(1)
    def test_old_gradients_and_frozen_parameters(self, student, device, rng):
        """Gradients that were there before do not count, and frozen parameters stay."""
        rig = student.bring("rig_regressor")
        x, y, weight, bias = line(rng)
        model = rig.linear(weight, bias)
        rig.leave_gradients(model, 100.0)
        student.train(model, x, y, lr=0.1, epochs=2)
        *expected, _ = descend_line(x, y, weight, bias, 0.1, 2)
        likely = "Clear the gradients before backward(), in the first epoch too."
        check_parameters(rig, model, expected, likely)
        model = rig.linear(weight, bias)
        rig.freeze(model, "bias")
        student.train(model, x, y, lr=0.1, epochs=3)
        (trained,) = descend(lambda x, a: x @ a.T + bias, [weight], x, y, 0.1, 3)
        likely = "A frozen parameter gets no gradient: its grad stays None, so skip it."
        check_parameters(rig, model, [trained, bias], likely)


@exercise("evaluate")
class TestEvaluate:
    @points(1)
    def test_mean_squared_error(self, student, device, rng):
        """It is the mean squared error over all rows and outputs, as a plain float."""
        rig = student.bring("rig_regressor")
        for dtype in (torch.float32, torch.float64):
            x, y, weight, bias = line(rng, dtype)
            for rows in (slice(None), slice(1)):
                got = student.evaluate(rig.linear(weight, bias), x[rows], y[rows])
                expected = ((x[rows] @ weight.T + bias - y[rows]) ** 2).mean().item()
                likely = "Square the errors, and take the mean over all of them."
                assert_same(got, expected, likely=likely, **LOOSE)

    @points(1)
    def test_evaluation_mode_without_graph(self, student, device, rng):
        """The model runs in evaluation mode, and no graph is recorded."""
        rig = student.bring("rig_regressor")
        x, _, weight, bias = line(rng)
        model = rig.two_faced(weight, bias)
        # In evaluation mode it makes no error on these targets; in training mode it does.
        got = student.evaluate(model, x, x @ weight.T + bias)
        assert_same(plain(got), 0.0, likely=EVAL, **LOOSE)
        check_no_graph(rig, model)

    @points(1)
    def test_mode_is_restored(self, student, device, rng):
        """Afterwards the model is in the mode it was in before, whichever it was."""
        rig = student.bring("rig_regressor")
        x, _, weight, bias = line(rng)
        for training in (True, False):
            model = rig.two_faced(weight, bias)
            rig.set_mode(model, training)
            got = student.evaluate(model, x, x @ weight.T + bias)
            assert_same(plain(got), 0.0, likely=EVAL, **LOOSE)
            check_modes(rig, model, training)


@exercise("predict")
class TestPredict:
    @points(1)
    def test_numpy_array(self, student, device, rng):
        """It is a NumPy array of shape (N, out), for one row and for none as well."""
        rig = student.bring("rig_regressor")
        for dtype in (torch.float32, torch.float64):
            x, _, weight, bias = line(rng, dtype)
            for rows in (slice(None), slice(1), slice(0)):
                got = student.predict(rig.linear(weight, bias), x[rows])
                expected = (x[rows] @ weight.T + bias).cpu().numpy()
                likely = "y.cpu().numpy() makes a NumPy array of a tensor without a graph."
                assert_same(got, expected, likely=likely)

    @points(1)
    def test_evaluation_mode_without_graph(self, student, device, rng):
        """The model runs in evaluation mode, and no graph is recorded."""
        rig = student.bring("rig_regressor")
        x, _, weight, bias = line(rng)
        model = rig.two_faced(weight, bias)
        got = student.predict(model, x)
        assert_same(as_tensor(got, weight), (x @ weight.T + bias).flatten(), likely=EVAL)
        check_no_graph(rig, model)

    @points(1)
    def test_mode_is_restored(self, student, device, rng):
        """Afterwards the model is in the mode it was in before, whichever it was."""
        rig = student.bring("rig_regressor")
        x, _, weight, bias = line(rng)
        for training in (True, False):
            model = rig.two_faced(weight, bias)
            rig.set_mode(model, training)
            got = student.predict(model, x)
            assert_same(as_tensor(got, weight), (x @ weight.T + bias).flatten(), likely=EVAL)
            check_modes(rig, model, training)


@exercise("count_parameters")
class TestCountParameters:
    @points(1)
    def test_all_trainable_numbers(self, student, device, rng):
        """It adds up the numbers of all parameters, however deep, and nothing else."""
        rig = student.bring("rig_regressor")
        inputs, hidden, outputs = rng.sizes(3, 2, 7)
        # Two layers with biases, and a scale and a shift for each normalised feature.
        expected = (inputs + 1) * hidden + 2 * hidden + (hidden + 1) * outputs
        model = rig.nested(inputs, hidden, outputs)
        likely = "Sum p.numel() over model.parameters(). Buffers are not trained and do not count."
        assert_same(student.count_parameters(model), expected, likely=likely)

    @points(1)
    def test_frozen_parameters(self, student, device, rng):
        """Frozen parameters are left out."""
        rig = student.bring("rig_regressor")
        inputs, hidden, outputs = rng.sizes(3, 2, 7)
        model = rig.nested(inputs, hidden, outputs)
        rig.freeze(model, "body")
        likely = "A frozen parameter has requires_grad = False: leave it out."
        assert_same(plain(student.count_parameters(model)), (hidden + 1) * outputs, likely=likely)

    @points(1)
    def test_shared_parameters(self, student, device, rng):
        """A parameter that is used in two places counts once."""
        rig = student.bring("rig_regressor")
        n = rng.integer(2, 6)
        model = rig.tied(rng.normal(n, n), rng.normal(n))
        likely = "model.parameters() gives each parameter once; summing layer by layer does not."
        assert_same(plain(student.count_parameters(model)), (n + 1) * n, likely=likely)
