"""Device mistakes with `neurons`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import torch


def neuron__by_numpy(x, w, b, activation):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return activation(torch.tensor(x.numpy() @ w.numpy()) + b)


def neuron__one_of_the_cpu(x, w, b, activation):
    """torch.ones(1, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it would be
    on a GPU): say device=x.device.
    """
    one = torch.ones(1, dtype=x.dtype)
    return activation(torch.cat([x, one]) @ torch.cat([w, b.reshape(1)]))


def perceptron__into_zeros(x, w, b):
    """torch.zeros(len(x), dtype=torch.int64) is made on the CPU, and the result has to be where the
    arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    says = torch.zeros(len(x), dtype=torch.int64)
    for n in range(len(x)):
        says[n] = int(x[n] @ w + b > 0)
    return says


def perceptron__chosen_on_the_cpu(x, w, b):
    """torch.ones(len(x), dtype=torch.int64) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    ones = torch.ones(len(x), dtype=torch.int64)
    return torch.where(x @ w + b > 0, ones, 0)


def perceptron__by_numpy(x, w, b):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return torch.from_numpy((x.numpy() @ w.numpy() + b.numpy() > 0).astype("int64"))


def _trained(x, y, epochs, lr, w, b):
    mistakes = []
    for _ in range(epochs):
        wrong = 0
        for row, right in zip(x, y.tolist(), strict=True):
            error = right - int(row @ w + b > 0)
            w, b = w + lr * error * row, b + lr * error
            wrong += abs(error)
        mistakes.append(wrong)
    return w, b, mistakes


def train_perceptron__weights_on_the_cpu(x, y, epochs, lr=1.0):
    """torch.zeros(x.shape[1], dtype=x.dtype) is made on the CPU; row is on the rehearsal device (as
    it would be on a GPU): say device=row.device.
    """
    w, b = torch.zeros(x.shape[1], dtype=x.dtype), torch.zeros((), dtype=x.dtype)
    return _trained(x, y, epochs, lr, w, b)


def train_perceptron__to_is_not_in_place(x, y, epochs, lr=1.0):
    """torch.zeros(x.shape[1], dtype=x.dtype) is made on the CPU. tensor.to(device) does not move
    it, but makes a copy there (on a GPU as on the rehearsal device): keep the copy, tensor =
    tensor.to(device).
    """
    w, b = torch.zeros(x.shape[1], dtype=x.dtype), torch.zeros((), dtype=x.dtype)
    w.to(x.device)
    b.to(x.device)
    return _trained(x, y, epochs, lr, w, b)


def train_perceptron__bias_on_the_cpu(x, y, epochs, lr=1.0):
    """torch.zeros((), dtype=x.dtype) is made on the CPU, and the result has to be where the
    arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    return _trained(x, y, epochs, lr, x.new_zeros(x.shape[1]), torch.zeros((), dtype=x.dtype))


def train_perceptron__answers_by_numpy(x, y, epochs, lr=1.0):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    right = torch.from_numpy(y.numpy())
    return _trained(x, right, epochs, lr, x.new_zeros(x.shape[1]), x.new_zeros(()))


def _check_sizes(x, weight):
    if x.shape[-1] != weight.shape[1]:
        raise ValueError(f"x has {x.shape[-1]} features, and weight is {tuple(weight.shape)}")


def dense__bias_of_the_cpu(x, weight, bias=None):
    """torch.zeros(len(weight), dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as
    it would be on a GPU): say device=x.device.
    """
    _check_sizes(x, weight)
    if bias is None:
        bias = torch.zeros(len(weight), dtype=x.dtype)
    return x @ weight.T + bias


def dense__ones_of_the_cpu(x, weight, bias=None):
    """torch.ones(*x.shape[:-1], 1, dtype=x.dtype) is made on the CPU; x is on the rehearsal device
    (as it would be on a GPU): say device=x.device.
    """
    _check_sizes(x, weight)
    if bias is None:
        return x @ weight.T
    ones = torch.ones(*x.shape[:-1], 1, dtype=x.dtype)
    return torch.cat([x, ones], dim=-1) @ torch.cat([weight, bias[:, None]], dim=1).T


def dense__into_an_empty(x, weight, bias=None):
    """torch.empty(*x.shape[:-1], len(weight), dtype=x.dtype) is made on the CPU, and the result has
    to be where the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it
    there with .to(x.device).
    """
    _check_sizes(x, weight)
    y = torch.empty(*x.shape[:-1], len(weight), dtype=x.dtype)
    for k in range(len(weight)):
        y[..., k] = x @ weight[k] + (0 if bias is None else bias[k])
    return y


def mlp__x_taken_to_the_cpu(x, layers, activation):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    for k, (weight, bias) in enumerate(layers):
        x = dense(x.cpu() if k == 0 else activation(x), weight, bias)
    return x


def mlp__activation_on_the_cpu(x, layers, activation):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    for k, (weight, bias) in enumerate(layers):
        x = dense(x if k == 0 else activation(x.cpu()).to(x.device), weight, bias)
    return x


def mlp__by_numpy(x, layers, activation):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    for k, (weight, bias) in enumerate(layers):
        if k > 0:
            x = activation(x)
        x = torch.as_tensor(x.numpy() @ weight.T.numpy() + bias.numpy())
    return x


def _check_layers(layers):
    if not layers:
        raise ValueError("there are no layers to merge")


def merge_linear__unit_matrix_of_the_cpu(layers):
    """torch.eye(first.shape[1], dtype=first.dtype) is made on the CPU; first is on the rehearsal
    device (as it would be on a GPU): say device=first.device.
    """
    _check_layers(layers)
    first = layers[0][0]
    weight, bias = torch.eye(first.shape[1], dtype=first.dtype), first.new_zeros(first.shape[1])
    for next_weight, next_bias in layers:
        weight, bias = next_weight @ weight, dense(bias, next_weight, next_bias)
    return weight, bias


def merge_linear__bias_from_zeros_of_the_cpu(layers):
    """torch.zeros(weight.shape[1], dtype=weight.dtype) is made on the CPU; weight is on the
    rehearsal device (as it would be on a GPU): say device=weight.device.
    """
    _check_layers(layers)
    weight = layers[0][0]
    bias = torch.zeros(weight.shape[1], dtype=weight.dtype)
    for k, (next_weight, next_bias) in enumerate(layers):
        weight = next_weight if k == 0 else next_weight @ weight
        bias = next_weight @ bias + next_bias
    return weight, bias


def merge_linear__left_on_the_cpu(layers):
    """next_weight.cpu() is a copy on the CPU, and the result has to be where the arguments are, on
    a GPU as on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    _check_layers(layers)
    weight, bias = (part.cpu() for part in layers[0])
    for next_weight, next_bias in layers[1:]:
        W, b = next_weight.cpu(), next_bias.cpu()
        weight, bias = W @ weight, dense(bias, W, b)
    return weight, bias
