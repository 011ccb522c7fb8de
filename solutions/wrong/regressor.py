"""Known wrong answers to the exercises of `regressor`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import copy
from itertools import pairwise

import torch
from torch import nn


class LinearRegressor__without_bias(nn.Module):
    """Each output has a bias that learns. bias=False leaves it out, and a buffer or a plain tensor
    does not learn."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features, bias=False)

    def forward(self, x):
        return self.linear(x)


class LinearRegressor__plain_tensors(nn.Module):
    """Nothing is registered: a module sees each nn.Parameter and each layer that is assigned to
    self, but no plain tensors, and nothing in a plain list."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.weight = torch.randn(in_features, out_features, requires_grad=True)
        self.bias = torch.zeros(out_features, requires_grad=True)

    def forward(self, x):
        return x @ self.weight + self.bias


class LinearRegressor__bias_idle(nn.Module):
    """A parameter that forward does not use never learns."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, out_features))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return x @ self.weight


class LinearRegressor__one_bias_for_all(nn.Module):
    """Each output has a bias of its own."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, out_features))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x @ self.weight + self.bias


class LinearRegressor__outputs_ignored(nn.Module):
    """out_features says how many numbers come out; 1 is only its default."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return self.linear(x)


class LinearRegressor__squeezed(nn.Module):
    """One output is still a column: (N, 1), not (N,)."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x).squeeze()


class LinearRegressor__with_relu(nn.Module):
    """A ReLU at the end bends the line, and negative targets are out of reach."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return torch.relu(self.linear(x))


class LinearRegressor__super_forgotten(nn.Module):
    """super().__init__() makes the tables in which layers are registered. It comes first."""

    def __init__(self, in_features, out_features=1):
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x)


class LinearRegressor__new_layer_each_time(nn.Module):
    """A layer that is made in forward is new, and random, in every call. It belongs into
    __init__."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.sizes = in_features, out_features

    def forward(self, x):
        return nn.Linear(*self.sizes)(x)


class LinearRegressor__no_return(nn.Module):
    """forward has to return what it computes."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        self.linear(x)


class LinearRegressor__detached(nn.Module):
    """detach(), .data and no_grad() cut the graph, so that the layer would never learn."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x).detach()


def _layers(*widths):
    return [nn.Linear(a, b) for a, b in pairwise(widths)]


class MLPRegressor__plain_list(nn.Module):
    """A plain list or dict hides its layers from parameters(). nn.ModuleList shows them."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = _layers(in_features, *hidden, out_features)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class MLPRegressor__relu_at_the_end(nn.Module):
    """After the last layer there is no ReLU: negative numbers must be able to come out."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, out_features))

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


class MLPRegressor__without_relu(nn.Module):
    """Linear layers without a ReLU between them are one linear layer."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.Sequential(*_layers(in_features, *hidden, out_features))

    def forward(self, x):
        return self.layers(x)


class MLPRegressor__one_relu_only(nn.Module):
    """There is a ReLU between each two layers, not only after the first."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, out_features))

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i == 0 and len(self.layers) > 1:
                x = torch.relu(x)
        return x


class MLPRegressor__tanh(nn.Module):
    """The activation asked for is ReLU."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, out_features))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


class MLPRegressor__first_width_only(nn.Module):
    """hidden has a width for each hidden layer. All of them count."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        width = hidden[0] if hidden else in_features
        layers = [nn.Linear(in_features, width), nn.ReLU()] if hidden else []
        self.layers = nn.Sequential(*layers, nn.Linear(width, out_features))

    def forward(self, x):
        return self.layers(x)


class MLPRegressor__never_empty(nn.Module):
    """hidden may be empty, and then hidden[0] does not exist."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        layers = [nn.Linear(in_features, hidden[0]), nn.ReLU()]
        for layer in _layers(*hidden):
            layers += [layer, nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden[-1], out_features))

    def forward(self, x):
        return self.layers(x)


class MLPRegressor__lists_only(nn.Module):
    """hidden may be a tuple, and a tuple cannot be added to a list. [a, *hidden, b] takes both."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        widths = [in_features] + hidden + [out_features]  # noqa: RUF005
        layers = []
        for layer in _layers(*widths):
            layers += [layer, nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.layers(x)


class MLPRegressor__last_layer_forgotten(nn.Module):
    """After the hidden layers one more leads to out_features numbers."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        layers = []
        for width in hidden:
            layers += [nn.Linear(in_features, width), nn.ReLU()]
            in_features = width
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)


class MLPRegressor__layer_skipped(nn.Module):
    """Every layer that was made has to be used in forward."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        width = hidden[-1] if hidden else in_features
        self.hidden = nn.ModuleList(_layers(in_features, *hidden))
        self.spare = nn.Linear(width, width)
        self.last = nn.Linear(width, out_features)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.last(x)


class MLPRegressor__relu_before_the_first(nn.Module):
    """A ReLU stands between two layers. Before the first one it would cut the input."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        layers = []
        for width in [*hidden, out_features]:
            layers += [nn.ReLU(), nn.Linear(in_features, width)]
            in_features = width
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)


def _loss(model, x, y):
    return ((model(x) - y) ** 2).mean()


def _step(model, lr):
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad


def train__gradients_kept(model, x, y, lr=0.01, epochs=100):
    """backward adds to the gradients that are there. They are cleared in every epoch."""
    model.train()
    model.zero_grad()
    losses = []
    for _ in range(epochs):
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    return losses


def train__cleared_after_the_step_only(model, x, y, lr=0.01, epochs=100):
    """The model may come with gradients of an earlier backward. They are cleared before the first
    epoch too."""
    model.train()
    losses = []
    for _ in range(epochs):
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
        model.zero_grad()
    return losses


def train__cleared_too_early(model, x, y, lr=0.01, epochs=100):
    """The model never changes: optimizer.step() is missing, or the gradients are cleared before it,
    or `p = p - ...` makes new tensors where `-=` would change p."""
    model.train()
    losses = []
    for _ in range(epochs):
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        model.zero_grad()
        _step(model, lr)
    return losses


def train__loss_after_the_step(model, x, y, lr=0.01, epochs=100):
    """Each loss is noted before its update: the first one tells where the model began."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        _loss(model, x, y).backward()
        _step(model, lr)
        losses.append(_loss(model, x, y).item())
    return losses


def train__losses_as_tensors(model, x, y, lr=0.01, epochs=100):
    """A loss that stays a tensor keeps its whole graph in memory. item() takes the number."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss)
        loss.backward()
        _step(model, lr)
    return losses


def train__last_loss(model, x, y, lr=0.01, epochs=100):
    """All losses are asked for, in a list, so that one can see how they fall."""
    model.train()
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        loss.backward()
        _step(model, lr)
    return loss.item()


def train__summed_loss(model, x, y, lr=0.01, epochs=100):
    """The mean goes over all rows and outputs. Their sum makes the steps longer, the more data
    there is."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = ((model(x) - y) ** 2).sum()
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    return losses


def train__mean_over_rows_only(model, x, y, lr=0.01, epochs=100):
    """The mean goes over the outputs as well as the rows."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = ((model(x) - y) ** 2).sum(dim=1).mean()
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    return losses


def train__mode_forgotten(model, x, y, lr=0.01, epochs=100):
    """A model may come in evaluation mode. model.train() switches it before the first epoch."""
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    return losses


def train__adam(model, x, y, lr=0.01, epochs=100):
    """Adam scales every step by the size of earlier gradients. Plain SGD does not."""
    model.train()
    means = {p: (torch.zeros_like(p), torch.zeros_like(p)) for p in model.parameters()}
    losses = []
    for epoch in range(1, epochs + 1):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():  # by hand: torch.optim would take the judge half a second to import
            for p, (mean, square) in means.items():
                if p.grad is not None:
                    mean.lerp_(p.grad, 0.1)
                    square.lerp_(p.grad**2, 0.001)
                    size = (square / (1 - 0.999**epoch)).sqrt() + 1e-8
                    p -= lr * mean / (1 - 0.9**epoch) / size
    return losses


def train__momentum(model, x, y, lr=0.01, epochs=100):
    """Momentum carries earlier steps on. Plain SGD forgets them."""
    model.train()
    velocity = {p: torch.zeros_like(p) for p in model.parameters()}
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    velocity[p].mul_(0.9).add_(p.grad)
                    p -= lr * velocity[p]
    return losses


def train__new_tensors(model, x, y, lr=0.01, epochs=100):
    """The model never changes: optimizer.step() is missing, or the gradients are cleared before it,
    or `p = p - ...` makes new tensors where `-=` would change p."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        for p in model.parameters():
            if p.grad is not None:
                p = p - lr * p.grad
    return losses


def train__frozen_forgotten(model, x, y, lr=0.01, epochs=100):
    """A frozen parameter has no gradient: its grad is None, which cannot be multiplied. Skip it."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
    return losses


def train__frozen_thawed(model, x, y, lr=0.01, epochs=100):
    """Whoever froze a parameter wants it to stay. requires_grad is not ours to change."""
    model.train()
    model.requires_grad_(True)
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    return losses


def train__weights_only(model, x, y, lr=0.01, epochs=100):
    """Biases learn as well. model.parameters() gives all parameters, whatever their shape."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None and p.dim() == 2:
                    p -= lr * p.grad
    return losses


def evaluate__mode_forgotten(model, x, y):
    """The model ran in training mode. Only model.eval() switches it and the modules inside it, such
    as dropout; no_grad() leaves the mode alone."""
    with torch.no_grad():
        return _loss(model, x, y).item()


def evaluate__left_in_evaluation(model, x, y):
    """Whoever measures halfway through training wants to go on training. The mode is put back."""
    model.eval()
    with torch.no_grad():
        return _loss(model, x, y).item()


def evaluate__always_back_to_training(model, x, y):
    """The model may have been in evaluation mode already. model.train(was_training) puts back
    what was."""
    model.eval()
    with torch.no_grad():
        loss = _loss(model, x, y).item()
    model.train()
    return loss


def evaluate__top_module_only(model, x, y):
    """The model ran in training mode. Only model.eval() switches it and the modules inside it, such
    as dropout; no_grad() leaves the mode alone."""
    was_training = model.training
    model.training = False
    with torch.no_grad():
        loss = _loss(model, x, y).item()
    model.training = was_training
    return loss


def evaluate__restores_the_top_only(model, x, y):
    """eval() has switched the modules inside too. train(mode) puts all of them back."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = _loss(model, x, y).item()
    model.training = was_training
    return loss


def evaluate__graph_recorded(model, x, y):
    """eval() does not stop autograd. torch.no_grad() does."""
    was_training = model.training
    model.eval()
    loss = _loss(model, x, y).item()
    model.train(was_training)
    return loss


def evaluate__mode_mistaken_for_no_grad(model, x, y):
    """The model ran in training mode. Only model.eval() switches it and the modules inside it, such
    as dropout; no_grad() leaves the mode alone."""
    was_training = model.training
    with torch.no_grad():
        loss = _loss(model, x, y).item()
    model.train(was_training)
    return loss


def evaluate__tensor(model, x, y):
    """item() takes the number out of a 0-dim tensor."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = _loss(model, x, y)
    model.train(was_training)
    return loss


def evaluate__sum(model, x, y):
    """The mean is the sum divided by the number of errors."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = ((model(x) - y) ** 2).sum().item()
    model.train(was_training)
    return loss


def evaluate__root(model, x, y):
    """The square root of it is another measure, the root mean squared error."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = _loss(model, x, y).sqrt().item()
    model.train(was_training)
    return loss


def predict__tensor(model, x):
    """numpy() makes an array of a tensor."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x)
    model.train(was_training)
    return y


def predict__list(model, x):
    """tolist() makes nested lists. numpy() makes one array."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x).tolist()
    model.train(was_training)
    return y


def predict__squeezed(model, x):
    """A row for each input and a column for each output, even where there is only one."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x).squeeze().numpy()
    model.train(was_training)
    return y


def predict__flattened(model, x):
    """A row for each input and a column for each output: (N, out)."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x).flatten().numpy()
    model.train(was_training)
    return y


def predict__always_float64(model, x):
    """float64 is what NumPy makes of Python numbers, and of float. numpy() keeps the dtype of the
    tensor."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = np.array(model(x).tolist()).reshape(len(x), -1)
    model.train(was_training)
    return y


def predict__mode_forgotten(model, x):
    """The model ran in training mode. Only model.eval() switches it and the modules inside it, such
    as dropout; no_grad() leaves the mode alone."""
    with torch.no_grad():
        return model(x).cpu().numpy()


def predict__left_in_evaluation(model, x):
    """Whoever predicts halfway through training wants to go on training. The mode is put back."""
    model.eval()
    with torch.no_grad():
        return model(x).cpu().numpy()


def predict__always_back_to_training(model, x):
    """The model may have been in evaluation mode already. model.train(was_training) puts back
    what was."""
    model.eval()
    with torch.no_grad():
        y = model(x).cpu().numpy()
    model.train()
    return y


def predict__detached_afterwards(model, x):
    """detach() and .data throw away a graph that was recorded all the same. torch.no_grad() records
    none."""
    was_training = model.training
    model.eval()
    y = model(x).detach().cpu().numpy()
    model.train(was_training)
    return y


def predict__still_attached(model, x):
    """NumPy knows no gradients. Call the model inside torch.no_grad(), and no graph is recorded."""
    was_training = model.training
    model.eval()
    y = model(x).cpu().numpy()
    model.train(was_training)
    return y


def count_parameters__frozen_too(model):
    """Frozen parameters, with requires_grad = False, are not trained and do not count."""
    return sum(p.numel() for p in model.parameters())


def count_parameters__tensors(model):
    """A tensor holds many numbers. numel() tells how many."""
    return len([p for p in model.parameters() if p.requires_grad])


def count_parameters__rows(model):
    """len(p) is the size of the first axis alone. numel() counts all entries."""
    return sum(len(p) for p in model.parameters() if p.requires_grad)


def count_parameters__state_dict(model):
    """state_dict() also holds buffers, frozen parameters and shared ones twice: all that has to
    be saved, not all that is trained."""
    return sum(t.numel() for t in model.state_dict().values())


def count_parameters__each_name(model):
    """A parameter under two names is one parameter. parameters() gives it once."""
    named = model.named_parameters(remove_duplicate=False)
    return sum(p.numel() for _, p in named if p.requires_grad)


def count_parameters__module_by_module(model):
    """modules() gives the outer modules too, so that each parameter counts once for every module
    around it."""
    return sum(p.numel() for m in model.modules() for p in m.parameters() if p.requires_grad)


def count_parameters__layer_by_layer(model):
    """Two layers may share a parameter. Counted layer by layer, it counts twice."""
    own = [p for m in model.modules() for p in m.parameters(recurse=False)]
    return sum(p.numel() for p in own if p.requires_grad)


def count_parameters__linear_layers_only(model):
    """Other modules than nn.Linear have parameters too, and some layers share them. parameters()
    finds each of them once."""
    layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
    return sum(p.numel() for m in layers for p in m.parameters() if p.requires_grad)


def count_parameters__tensor(model):
    """A number of things is an int. int(...) or item() makes one of a 0-dim tensor."""
    return sum(torch.tensor(p.shape).prod() for p in model.parameters() if p.requires_grad)


class MLPRegressor__all_from_the_input(nn.Module):
    """Each layer takes as many numbers as the one before it gives; only the first takes
    in_features."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(in_features, width) for width in hidden)
        self.out = nn.Linear(hidden[-1] if hidden else in_features, out_features)

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.out(x)


class MLPRegressor__hidden_changed(nn.Module):
    """insert and append change the caller's own list. [a, *hidden, b] is a new one."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        hidden = hidden if isinstance(hidden, list) else list(hidden)
        hidden.insert(0, in_features)
        hidden.append(out_features)
        layers = []
        for a, b in pairwise(hidden):
            layers += [nn.Linear(a, b), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.layers(x)


def train__squeezed(model, x, y, lr=0.01, epochs=100):
    """(N,) and (N, 1) broadcast to (N, N), so that every row is compared with every other. Both
    stay (N, 1)."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = ((model(x).squeeze() - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    return losses


def train__stops_early(model, x, y, lr=0.01, epochs=100):
    """All epochs are run, even where nothing changes any more: one loss for each."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
        if len(losses) > 1 and abs(losses[-2] - losses[-1]) < 1e-9:
            break
    return losses


def train__gradients_times_zero(model, x, y, lr=0.01, epochs=100):
    """0 * NaN is NaN: a gradient that was NaN stays so. Set it to 0, or to None."""
    model.train()
    losses = []
    for _ in range(epochs):
        for p in model.parameters():
            if p.grad is not None:
                p.grad *= 0
        loss = ((model(x) - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p -= lr * p.grad
    return losses


def train__weight_decay(model, x, y, lr=0.01, epochs=100):
    """Weight decay pulls every parameter towards 0. Plain SGD follows the gradient alone."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        for p in model.parameters():
            if p.grad is not None:
                p.grad += 0.01 * p.detach()
        _step(model, lr)
    return losses


def evaluate__squeezed(model, x, y):
    """(N,) and (N, 1) broadcast to (N, N), so that every row is compared with every other. Both
    stay (N, 1)."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = ((model(x).squeeze() - y) ** 2).mean().item()
    model.train(was_training)
    return loss


def evaluate__frozen_afterwards(model, x, y):
    """requires_grad_(False) stays, and the model no longer learns. torch.no_grad() ends with its
    block."""
    was_training = model.training
    model.eval()
    for p in model.parameters():
        p.requires_grad_(False)
    loss = ((model(x) - y) ** 2).mean().item()
    model.train(was_training)
    return loss


def evaluate__gradients_switched_off(model, x, y):
    """torch.set_grad_enabled(False) stays until somebody takes it back. torch.no_grad() ends with
    its block."""
    was_training = model.training
    model.eval()
    torch.set_grad_enabled(False)
    loss = ((model(x) - y) ** 2).mean().item()
    model.train(was_training)
    return loss


def predict__to_the_first_parameter(model, x):
    """A model may have no parameters at all, and then there is no first one to ask."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x.to(next(model.parameters()).device)).cpu().numpy()
    model.train(was_training)
    return y


def count_parameters__layers_alone(model):
    """Layer by layer, a module's own parameters are left out and shared ones count twice.
    model.parameters() gives each of them once."""
    return sum(
        p.numel() for layer in model.children() for p in layer.parameters() if p.requires_grad
    )


def train__no_step(model, x, y, lr=0.01, epochs=100):
    """The model never changes: optimizer.step() is missing, or the gradients are cleared before it,
    or `p = p - ...` makes new tensors where `-=` would change p."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
    return losses


class MLPRegressor__one_layer_for_all(nn.Module):
    """Two layers of one size are two layers still, each with numbers of its own."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        made = {}
        layers = []
        for pair in pairwise([in_features, *hidden, out_features]):
            made.setdefault(pair, nn.Linear(*pair))
            layers += [made[pair], nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.layers(x)


class LinearRegressor__always_float32(nn.Module):
    """x is made float32 here, and a layer in float64 cannot take that. Leave the dtype of x as it
    is."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x.float())


def evaluate__thawed_afterwards(model, x, y):
    """Some parameters may have come frozen, and stay so. torch.no_grad() touches none of them."""
    was_training = model.training
    model.eval()
    for p in model.parameters():
        p.requires_grad_(False)
    loss = ((model(x) - y) ** 2).mean().item()
    for p in model.parameters():
        p.requires_grad_(True)
    model.train(was_training)
    return loss


def predict__one_array_for_all(model, x):
    """Each call gives an array of its own: one that is kept and written again changes what was
    given before."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x).cpu().numpy()
    model.train(was_training)
    kept = predict__one_array_for_all.__dict__.setdefault((y.shape, y.dtype.name), y)
    kept[...] = y
    return kept


class LinearRegressor__x_squeezed(nn.Module):
    """squeeze() drops each axis of size 1 of x, also that of the rows where there is one row. Leave
    the shape of x as it is."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x.squeeze())


class MLPRegressor__two_hidden_layers(nn.Module):
    """hidden can have any length: make the layers in a loop over it, not by hidden[0] and
    hidden[1]."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.first = nn.Linear(in_features, hidden[0])
        self.second = nn.Linear(hidden[0], hidden[1])
        self.last = nn.Linear(hidden[1], out_features)

    def forward(self, x):
        return self.last(torch.relu(self.second(torch.relu(self.first(x)))))


class MLPRegressor__batch_norm(nn.Module):
    """Batch normalisation has numbers of its own, and lets the rows of a batch mix. Between two
    layers stands a ReLU, and nothing else."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        layers = []
        for width in hidden:
            layers += [nn.Linear(in_features, width), nn.BatchNorm1d(width), nn.ReLU()]
            in_features = width
        self.layers = nn.Sequential(*layers, nn.Linear(in_features, out_features))

    def forward(self, x):
        return self.layers(x)


class MLPRegressor__hidden_without_bias(nn.Module):
    """Every layer has a bias, those inside as well: leave bias=False out."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        layers = []
        for width in hidden:
            layers += [nn.Linear(in_features, width, bias=False), nn.ReLU()]
            in_features = width
        self.layers = nn.Sequential(*layers, nn.Linear(in_features, out_features))

    def forward(self, x):
        return self.layers(x)


class MLPRegressor__relu6(nn.Module):
    """relu6 cuts off what is above 6 as well. A ReLU leaves that as it is."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, out_features))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = nn.functional.relu6(layer(x))
        return self.layers[-1](x)


class MLPRegressor__cut_between(nn.Module):
    """detach() between two layers cuts the graph there: the layers before it never learn."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, out_features))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x)).detach()
        return self.layers[-1](x)


def train__row_by_row(model, x, y, lr=0.01, epochs=100):
    """Each row takes a step of its own here. An epoch is one step, on the mean over all rows."""
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for row, target in zip(x, y, strict=True):
            model.zero_grad()
            loss = _loss(model, row[None], target[None])
            total += loss.item()
            loss.backward()
            _step(model, lr)
        losses.append(total / len(x))
    return losses


def train__batches_of_32(model, x, y, lr=0.01, epochs=100):
    """Batches make several steps of an epoch. It is to be one step, on all rows at once."""
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows, targets in zip(x.split(32), y.split(32), strict=True):
            model.zero_grad()
            loss = _loss(model, rows, targets)
            total += loss.item() * len(rows)
            loss.backward()
            _step(model, lr)
        losses.append(total / len(x))
    return losses


def train__best_put_back(model, x, y, lr=0.01, epochs=100):
    """The last step is missing in the model: it was never taken, or undone by numbers that are put
    back at the end. The model is to be left where it leads."""
    model.train()
    losses, best = [], None
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        if losses[-1] == min(losses):
            best = {name: t.clone() for name, t in model.state_dict().items()}
        loss.backward()
        _step(model, lr)
    if best:
        model.load_state_dict(best)
    return losses


def train__shared_twice(model, x, y, lr=0.01, epochs=100):
    """Module by module, a parameter that two modules share takes two steps. model.parameters()
    gives it once."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for module in model.modules():
                for p in module.parameters(recurse=False):
                    if p.grad is not None:
                        p -= lr * p.grad
    return losses


def train__linear_layers_only(model, x, y, lr=0.01, epochs=100):
    """Not all parameters belong to an nn.Linear: a model may have some of its own.
    model.parameters() gives all of them."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
        with torch.no_grad():
            for p in dict.fromkeys(p for layer in layers for p in layer.parameters()):
                if p.grad is not None:
                    p -= lr * p.grad
    return losses


def predict__row_by_row(model, x):
    """Without rows the list is empty, and the array has lost its columns. Run the model once, on
    all of x."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = np.array([model(row[None])[0].cpu().numpy() for row in x])
    model.train(was_training)
    return y


def count_parameters__equal_numbers(model):
    """Two parameters can hold equal numbers and be two. model.parameters() gives each of them
    once, also where it has several names."""
    found = []
    for _, p in model.named_parameters(remove_duplicate=False):
        if p.requires_grad and not any(torch.equal(p, other) for other in found):
            found.append(p)
    return sum(p.numel() for p in found)


def count_parameters__with_gradients(model):
    """A parameter has a gradient after the first backward(), and not before. requires_grad tells
    whether it is trained."""
    return sum(p.grad.numel() for p in model.parameters() if p.grad is not None)


def count_parameters__as_matrices(model):
    """Rows times columns are the numbers of a matrix alone: a bias has one axis. numel() counts
    the entries of any shape."""
    return sum(p.shape[0] * p.shape[-1] for p in model.parameters() if p.requires_grad)


def train__last_step_missing(model, x, y, lr=0.01, epochs=100):
    """The last step is missing in the model: it was never taken, or undone by numbers that are put
    back at the end. The model is to be left where it leads."""
    model.train()
    losses = []
    for epoch in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        if epoch < epochs - 1:
            loss.backward()
            _step(model, lr)
    return losses


def train__a_copy(model, x, y, lr=0.01, epochs=100):
    """A copy was trained, and the model that was given stays as it came."""
    model = copy.deepcopy(model).train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    return losses


def train__by_names(model, x, y, lr=0.01, epochs=100):
    """Not every model has a weight and a bias: model.parameters() gives whatever there is."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            model.weight -= lr * model.weight.grad
            model.bias -= lr * model.bias.grad
    return losses


def train__mode_lost(model, x, y, lr=0.01, epochs=100):
    """model.eval() in the loop also holds for the epochs after it: call model.train() at the
    beginning of each."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
        model.eval()
    return losses


class MLPRegressor__hidden_in_a_list(nn.Module):
    """A plain list or dict hides its layers from parameters(). nn.ModuleList shows them."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        *self.layers, self.last = _layers(in_features, *hidden, out_features)

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.last(x)


class MLPRegressor__one_output(nn.Module):
    """out_features says how many numbers come out; 1 is only its default."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, 1))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class MLPRegressor__residual(nn.Module):
    """What goes into a layer is added to what comes out. Between two layers stands a ReLU, and
    nothing else."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, out_features))

    def forward(self, x):
        for layer in self.layers[:-1]:
            y = torch.relu(layer(x))
            x = y + x if y.shape == x.shape else y
        return self.layers[-1](x)


def count_parameters__the_frozen_ones(model):
    """requires_grad is True of what is trained: with `not` the frozen parameters are counted."""
    return sum(p.numel() for p in model.parameters() if not p.requires_grad)


def count_parameters__begun_anew(model):
    """total = 0 stands inside the loop, and so only the last parameter counts. Move it before the
    loop."""
    for p in model.parameters():
        total = 0
        if p.requires_grad:
            total += p.numel()
    return total


class MLPRegressor__relu_by_width(nn.Module):
    """A hidden layer can be as wide as the output. Which layer is the last one, its place tells,
    not its width."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.layers = nn.ModuleList(_layers(in_features, *hidden, out_features))
        self.outputs = out_features

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
            if layer.out_features != self.outputs:
                x = torch.relu(x)
        return x


def train__rate_falls(model, x, y, lr=0.01, epochs=100):
    """lr stays what it was given as: there is no schedule here."""
    model.train()
    losses = []
    for epoch in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr * 0.1 ** (epoch // 30))
    return losses


def train__slower_where_it_rises(model, x, y, lr=0.01, epochs=100):
    """lr stays what it was given as, also where the losses rise: there is no schedule here."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        rises = len(losses) > 5 and min(losses[-5:]) > min(losses)
        lr = lr / 10 if rises else lr
        _step(model, lr)
    return losses


def train__measured_in_between(model, x, y, lr=0.01, epochs=100):
    """model.eval() in the loop also holds for the epochs after it: call model.train() at the
    beginning of each."""
    model.train()
    losses = []
    for epoch in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
        if epoch % 10 == 9:
            model.eval()
    return losses


def train__frozen_with_gradients(model, x, y, lr=0.01, epochs=100):
    """A frozen parameter may hold an old gradient, and takes no step for it: requires_grad tells
    who learns."""
    model.train()
    losses = []
    for _ in range(epochs):
        for p in model.parameters():
            if p.requires_grad:
                p.grad = None
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p -= lr * p.grad
    return losses


def evaluate__mean_of_batches(model, x, y):
    """The last batch may have fewer rows: in a mean of the means of the batches they count for
    more than the others. Take the mean over all rows."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        batches = zip(x.split(32), y.split(32), strict=True)
        losses = [_loss(model, rows, targets).item() for rows, targets in batches]
    model.train(was_training)
    return sum(losses) / len(losses)


def train__thawed_afterwards(model, x, y, lr=0.01, epochs=100):
    """What came frozen is to be frozen afterwards as well: requires_grad is not ours to change."""
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = _loss(model, x, y)
        losses.append(loss.item())
        loss.backward()
        _step(model, lr)
    model.requires_grad_(True)
    return losses
