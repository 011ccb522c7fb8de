# test_steps_from_zero: it is rounded to 3 decimals


def fit(x, y, lr=0.1, steps=1000):
    w = torch.zeros(x.shape[1], 1, dtype=x.dtype, device=x.device)
    b = torch.zeros(1, dtype=x.dtype, device=x.device)
    losses = []
    for _ in range(steps):
        losses.append(round(mse(predict(x, w, b), y).item(), 3))
        dw, db = mse_gradients(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b, losses
