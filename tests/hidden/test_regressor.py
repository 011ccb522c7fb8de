"""Hidden suite of `regressor`: train, evaluate and predict are judged on models of the rig."""

from itertools import pairwise

import torch

from grader.suite import assert_same, exercise, fail, points

LOOSE = {"rtol": 1e-4, "atol": 1e-5}
REGISTER = (
    "A module registers what is assigned to it directly: a parameter, a layer, an nn.Sequential, "
    "an nn.ModuleList. Layers in a plain Python list stay unknown to parameters()."
)
LAST_RELU = "No ReLU after the last layer: a regression must be able to give negative numbers."
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
            likely=REGISTER,
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
    """The same for any model, by autograd: parameters and loss before each step."""
    losses = []
    for _ in range(epochs):
        leaves = [p.detach().requires_grad_() for p in parameters]
        loss = ((forward(x, *leaves) - y) ** 2).mean()
        losses.append(loss.item())
        slopes = torch.autograd.grad(loss, leaves)
        parameters = [(p - lr * s).detach() for p, s in zip(leaves, slopes, strict=True)]
    return parameters, losses


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
        likely = LAST_RELU if c < 0 else "A ReLU between each two layers, and all layers used."
        assert_same(model(x).detach(), equal_weights(x, c, widths), likely=likely)


def check_affine(model, x):
    """Affine: f(a) + f(b) = f(a + b) + f(0)."""
    fa, fb, fab, f0 = (model(t).detach() for t in (x, x.flip(0), x + x.flip(0), 0 * x))
    assert_same(fa + fb, fab + f0, likely="Without hidden layers the model is one linear layer.")


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
            y = model(x).detach()
            assert_same(tuple(y.shape), (n, out))
            check_affine(model, x)
            change = model(x + torch.eye(n, inputs, device=device)).detach() - y
            if not change[0].abs().min() > 1e-3:
                fail("every output must depend on the input", got=y)

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
        assert_same(
            rank,
            (inputs + 1) * outputs,
            likely="Some parameters have no effect of their own: forward must use all of them, "
            "a weight for each input and output, and a bias for each output.",
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
        rig.set_parameters(model, rng.normal(31))
        check_affine(model, x)
        model = student.MLPRegressor(inputs, (3,))
        rig.to_device(model, device)
        check_against_equal_weights(rig, model, x, [inputs, 3, 1])


@exercise("train")
class TestTrain:
    @points(2)
    def test_plain_gradient_descent(self, student, device, rng):
        """Each epoch is one step of plain SGD; losses holds the loss before each."""
        rig = student.bring("rig_regressor")
        for options in ({"lr": 0.1, "epochs": rng.integer(3, 6)}, {}):
            x, y, weight, bias = line(rng)
            model = rig.linear(weight, bias)
            losses = student.train(model, x, y, **options)
            lr, epochs = options.get("lr", 0.01), options.get("epochs", 100)
            *expected, expected_losses = descend_line(x, y, weight, bias, lr, epochs)
            assert_same(losses, expected_losses, likely=BEFORE, **LOOSE)
            likely = "One update for each epoch: p -= lr * p.grad, with fresh gradients each time."
            assert_same(rig.parameters(model), expected, likely=likely, **LOOSE)

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
            expected, expected_losses = descend(forward, start, x, y, 0.02, 4)
            losses = student.train(model, x, y, lr=0.02, epochs=4)
            assert_same(losses, expected_losses, likely=BEFORE)
            assert_same(rig.parameters(model), expected)

    @points(1)
    def test_training_mode(self, student, device, rng):
        """It trains in training mode, even a model that comes in evaluation mode."""
        rig = student.bring("rig_regressor")
        x, y, weight, bias = line(rng)
        model = rig.two_faced(weight, bias)
        rig.set_mode(model, False)
        losses = student.train(model, x, y, lr=0.02, epochs=3)
        # This model gives twice its linear output while it is trained.
        expected, expected_losses = descend(
            lambda x, a, b: 2 * (x @ a.T + b), [weight, bias], x, y, 0.02, 3
        )
        likely = "Call model.train() before the first epoch."
        assert_same(losses, expected_losses, likely=likely, **LOOSE)
        assert_same(rig.parameters(model), expected, likely=likely, **LOOSE)

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
        assert_same(rig.parameters(model), expected, likely=likely, **LOOSE)
        model = rig.linear(weight, bias)
        rig.freeze(model, "bias")
        student.train(model, x, y, lr=0.1, epochs=3)
        (trained,), _ = descend(lambda x, a: x @ a.T + bias, [weight], x, y, 0.1, 3)
        likely = "A frozen parameter gets no gradient: its grad stays None, so skip it."
        assert_same(rig.parameters(model), [trained, bias], likely=likely, **LOOSE)


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
                likely = "item() makes a Python number of a 0-dim tensor."
                assert_same(got, expected, likely=likely, **LOOSE)

    @points(1)
    def test_evaluation_mode_without_graph(self, student, device, rng):
        """The model runs in evaluation mode, and no graph is recorded."""
        rig = student.bring("rig_regressor")
        x, y, weight, bias = line(rng)
        model = rig.two_faced(weight, bias)
        got = student.evaluate(model, x, y)
        expected = ((x @ weight.T + bias - y) ** 2).mean().item()
        assert_same(got, expected, likely=EVAL, **LOOSE)
        check_no_graph(rig, model)

    @points(1)
    def test_mode_is_restored(self, student, device, rng):
        """Afterwards the model is in the mode it was in before, whichever it was."""
        rig = student.bring("rig_regressor")
        x, y, weight, bias = line(rng)
        expected = ((x @ weight.T + bias - y) ** 2).mean().item()
        for training in (True, False):
            model = rig.two_faced(weight, bias)
            rig.set_mode(model, training)
            assert_same(student.evaluate(model, x, y), expected, likely=EVAL, **LOOSE)
            check_modes(rig, model, training)


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
    name = {True: "training", False: "evaluation"}
    modes = rig.modes(model)
    if modes != [training] * len(modes):
        fail(
            f"a model that comes in {name[training]} mode must leave in it",
            expected=f"{name[training]} mode",
            got=f"{name[not training]} mode",
            likely=RESTORE,
        )


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
        assert_same(student.predict(model, x), (x @ weight.T + bias).cpu().numpy(), likely=EVAL)
        check_no_graph(rig, model)

    @points(1)
    def test_mode_is_restored(self, student, device, rng):
        """Afterwards the model is in the mode it was in before, whichever it was."""
        rig = student.bring("rig_regressor")
        x, _, weight, bias = line(rng)
        expected = (x @ weight.T + bias).cpu().numpy()
        for training in (True, False):
            model = rig.two_faced(weight, bias)
            rig.set_mode(model, training)
            assert_same(student.predict(model, x), expected, likely=EVAL)
            check_modes(rig, model, training)


@exercise("count_parameters")
class TestCountParameters:
    @points(1)
    def test_all_trainable_numbers(self, student, rng):
        """It adds up the numbers of all parameters, however deep, and nothing else."""
        rig = student.bring("rig_regressor")
        inputs, hidden, outputs = rng.sizes(3, 2, 7)
        # Two layers with biases, and a scale and a shift for each normalised feature.
        expected = (inputs + 1) * hidden + 2 * hidden + (hidden + 1) * outputs
        model = rig.nested(inputs, hidden, outputs)
        likely = "Sum p.numel() over model.parameters(). Buffers are not trained and do not count."
        assert_same(student.count_parameters(model), expected, likely=likely)

    @points(1)
    def test_frozen_parameters(self, student, rng):
        """Frozen parameters are left out."""
        rig = student.bring("rig_regressor")
        inputs, hidden, outputs = rng.sizes(3, 2, 7)
        model = rig.nested(inputs, hidden, outputs)
        rig.freeze(model, "body")
        likely = "A frozen parameter has requires_grad = False: leave it out."
        assert_same(student.count_parameters(model), (hidden + 1) * outputs, likely=likely)

    @points(1)
    def test_shared_parameters(self, student, device, rng):
        """A parameter that is used in two places counts once."""
        rig = student.bring("rig_regressor")
        n = rng.integer(2, 6)
        model = rig.tied(rng.normal(n, n), rng.normal(n))
        likely = "model.parameters() gives each parameter once; summing layer by layer does not."
        assert_same(student.count_parameters(model), (n + 1) * n, likely=likely)
