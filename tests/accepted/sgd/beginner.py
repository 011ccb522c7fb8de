# linear regression
import torch


def predict(x, w, b):
    xw = torch.mm(x, w)
    y_pred = xw + b
    return y_pred


def mse(y_pred, y_true):
    if len(y_pred.shape) != len(y_true.shape):
        raise ValueError(f"shape of y_pred is {y_pred.shape}, shape of y_true is {y_true.shape}")
    for i in range(len(y_pred.shape)):
        if y_pred.shape[i] != y_true.shape[i]:
            raise ValueError(f"y_pred: {y_pred.shape}, y_true: {y_true.shape}")
    difference = y_pred - y_true
    squares = difference * difference
    total = torch.sum(squares)
    number = y_pred.numel()
    return total / number


def mse_gradients(x, y, w, b):
    N = x.shape[0]
    D = x.shape[1]
    dw = torch.zeros_like(w)
    db = torch.zeros_like(b)
    for i in range(N):
        y_pred = b[0]
        for d in range(D):
            y_pred = y_pred + x[i, d] * w[d, 0]
        error = y_pred - y[i, 0]
        for d in range(D):
            dw[d, 0] = dw[d, 0] + 2 * error * x[i, d]
        db[0] = db[0] + 2 * error
    dw = dw / N
    db = db / N
    return dw, db


def sgd_step_(params, lr):
    with torch.no_grad():
        for i in range(len(params)):
            p = params[i]
            if p.grad is not None:
                step = lr * p.grad
                new_value = p - step
                p.copy_(new_value)


def zero_grads_(params):
    for p in params:
        if p.grad is not None:
            p.grad.data = torch.zeros_like(p.grad.data)


def fit(x, y, lr=0.1, steps=1000):
    number_of_features = x.shape[1]
    w = torch.zeros((number_of_features, 1))
    w = w.to(x.dtype)
    w = w.to(x.device)
    w.requires_grad = True
    b = torch.zeros(1)
    b = b.to(x.dtype)
    b = b.to(x.device)
    b.requires_grad = True
    losses = []
    for step in range(steps):
        y_pred = predict(x, w, b)
        loss = mse(y_pred, y)
        loss.backward()
        losses.append(loss.item())
        sgd_step_([w, b], lr)
        zero_grads_([w, b])
        if step % 100 == 0:
            print("step", step, "loss", loss.item())
    return w.detach(), b.detach(), losses


def fit_minibatch(x, y, lr, epochs, batch_size, seed=0):
    # remember the global state so that nobody sees what I do with it
    old_state = torch.get_rng_state()
    torch.manual_seed(seed)
    number_of_rows = x.shape[0]
    w = torch.zeros((x.shape[1], 1), dtype=x.dtype, device=x.device, requires_grad=True)
    b = torch.zeros((1,), dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for epoch in range(epochs):
        order = torch.randperm(number_of_rows)
        shuffled_x = x[order]
        shuffled_y = y[order]
        sum_of_losses = 0
        number_of_batches = 0
        start = 0
        while start < number_of_rows:
            end = start + batch_size
            if end > number_of_rows:
                end = number_of_rows
            batch_x = shuffled_x[start:end]
            batch_y = shuffled_y[start:end]
            w.grad = None
            b.grad = None
            loss = mse(predict(batch_x, w, b), batch_y)
            loss.backward()
            sgd_step_([w, b], lr)
            sum_of_losses = sum_of_losses + loss.item()
            number_of_batches = number_of_batches + 1
            start = end
        losses.append(sum_of_losses / number_of_batches)
        print("epoch", epoch)
    torch.set_rng_state(old_state)
    return w.data, b.data, losses
