"""Device mistakes with `sgd`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import torch


def predict__ones_of_the_cpu(x, w, b):
    """torch.ones(len(x), 1, dtype=x.dtype) is made on the CPU; b is on the rehearsal device (as it
    would be on a GPU): say device=b.device.
    """
    ones = torch.ones(len(x), 1, dtype=x.dtype)
    return x @ w + ones * b


def predict__x_taken_to_the_cpu(x, w, b):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    return x.cpu() @ w + b


def mse__weights_of_the_cpu(y_pred, y_true):
    """torch.full(y_pred.shape, 1 / y_pred.numel(), dtype=y_pred.dtype) is made on the CPU; y_pred
    is on the rehearsal device (as it would be on a GPU): say device=y_pred.device.
    """
    _check(y_pred, y_true)
    weights = torch.full(y_pred.shape, 1 / y_pred.numel(), dtype=y_pred.dtype)
    return (weights * (y_pred - y_true) ** 2).sum()


def mse__left_on_the_cpu(y_pred, y_true):
    """((y_pred - y_true) ** 2).mean().cpu() is a copy on the CPU, and the result has to be where
    the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    _check(y_pred, y_true)
    return ((y_pred - y_true) ** 2).mean().cpu()


def _check(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes differ: {tuple(y_pred.shape)} and {tuple(y_true.shape)}")


def mse_gradients__ones_of_the_cpu(x, y, w, b):
    """torch.ones(len(x), dtype=x.dtype) is made on the CPU; d_pred is on the rehearsal device (as
    it would be on a GPU): say device=d_pred.device.
    """
    with torch.no_grad():
        d_pred = 2 * (predict(x, w, b) - y) / len(x)
        return x.T @ d_pred, torch.ones(len(x), dtype=x.dtype) @ d_pred


def mse_gradients__into_zeros(x, y, w, b):
    """torch.zeros(w.shape, dtype=w.dtype) is made on the CPU, and the result has to be where the
    arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    dw = torch.zeros(w.shape, dtype=w.dtype)
    with torch.no_grad():
        d_pred = 2 * (predict(x, w, b) - y) / len(x)
        for column in range(len(w)):
            dw[column] = (x[:, column : column + 1] * d_pred).sum()
        return dw, d_pred.sum(dim=0)


def sgd_step___by_numpy(params, lr):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    for p in params:
        if p.grad is not None:
            array = p.detach().numpy()
            array -= lr * p.grad.numpy()


def sgd_step___rates_of_the_cpu(params, lr):
    """torch.full(p.shape, lr, dtype=p.dtype) is made on the CPU; p is on the rehearsal device (as
    it would be on a GPU): say device=p.device.
    """
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= torch.full(p.shape, lr, dtype=p.dtype) * p.grad


def zero_grads___zeros_of_the_cpu(params):
    """A gradient lies on the device of its tensor: torch.zeros_like(p) is made there,
    torch.zeros(p.shape) is made on the CPU.
    """
    for p in params:
        p.grad = torch.zeros(p.shape, dtype=p.dtype)


def zero_grads___by_numpy(params):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    for p in params:
        if p.grad is not None:
            p.grad.numpy().fill(0)


def fit__weights_on_the_cpu(x, y, lr=0.1, steps=1000):
    """torch.zeros(x.shape[1], 1, dtype=x.dtype, requires_grad=True) is made on the CPU; x is on the
    rehearsal device (as it would be on a GPU): say device=x.device.
    """
    w = torch.zeros(x.shape[1], 1, dtype=x.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    return _descended(x, y, w, b, lr, steps)


def fit__to_is_not_in_place(x, y, lr=0.1, steps=1000):
    """torch.zeros(x.shape[1], 1, dtype=x.dtype) is made on the CPU. tensor.to(device) does not move
    it, but makes a copy there (on a GPU as on the rehearsal device): keep the copy, tensor =
    tensor.to(device).
    """
    w, b = torch.zeros(x.shape[1], 1, dtype=x.dtype), torch.zeros(1, dtype=x.dtype)
    w.to(x.device)
    b.to(x.device)
    return _descended(x, y, w.requires_grad_(), b.requires_grad_(), lr, steps)


def _descended(x, y, w, b, lr, steps):
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        sgd_step_([w, b], lr)
        zero_grads_([w, b])
    return w.detach(), b.detach(), losses


def fit__losses_by_numpy(x, y, lr=0.1, steps=1000):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    w = x.new_zeros(x.shape[1], 1, requires_grad=True)
    b = x.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y)
        losses.append(float(loss.detach().numpy()))
        loss.backward()
        sgd_step_([w, b], lr)
        zero_grads_([w, b])
    return w.detach(), b.detach(), losses


def fit_minibatch__weights_on_the_cpu(x, y, lr, epochs, batch_size, seed=0):
    """torch.zeros(x.shape[1], 1, dtype=x.dtype, requires_grad=True) is made on the CPU; x is on the
    rehearsal device (as it would be on a GPU): say device=x.device.
    """
    w = torch.zeros(x.shape[1], 1, dtype=x.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(x), generator=generator) for _ in range(epochs)]
    return _in_batches(x, y, w, b, lr, batch_size, orders)


def fit_minibatch__generator_of_the_cpu(x, y, lr, epochs, batch_size, seed=0):
    """A generator draws on its own device: draw there and move what it gave, torch.rand(3,
    generator=g).to(x.device), or make it on the other, torch.Generator(x.device).
    """
    w = x.new_zeros(x.shape[1], 1, requires_grad=True)
    b = x.new_zeros(1, requires_grad=True)
    generator = torch.Generator().manual_seed(seed)
    orders = []
    for _ in range(epochs):
        orders.append(torch.randperm(len(x), generator=generator, device=x.device))
    return _in_batches(x, y, w, b, lr, batch_size, orders)


def fit_minibatch__rows_numbered_on_the_cpu(x, y, lr, epochs, batch_size, seed=0):
    """torch.randperm(len(x), generator=generator) is made on the CPU; x is on the rehearsal device
    (as it would be on a GPU): say device=x.device.
    """
    w = x.new_zeros(x.shape[1], 1, requires_grad=True)
    b = x.new_zeros(1, requires_grad=True)
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(x), generator=generator) for _ in range(epochs)]
    shuffled = [(x.index_select(0, order), y.index_select(0, order)) for order in orders]
    epochs = [_in_batches(*pair, w, b, lr, batch_size, [slice(None)]) for pair in shuffled]
    return *epochs[-1][:2], [losses[0] for _, _, losses in epochs]


def _in_batches(x, y, w, b, lr, batch_size, orders):
    losses = []
    for order in orders:
        batch_losses = []
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            loss = mse(predict(x[order][rows], w, b), y[order][rows])
            batch_losses.append(loss.item())
            loss.backward()
            sgd_step_([w, b], lr)
            zero_grads_([w, b])
        losses.append(sum(batch_losses) / len(batch_losses))
    return w.detach(), b.detach(), losses
