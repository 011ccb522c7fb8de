# test_losses_before_each_step: Some books divide by 2 to make the slope simpler. The mean squared error does not.
# test_steps_from_zero: Some books divide by 2 to make the slope simpler. The mean squared error does not.
# test_reaches_least_squares: Some books divide by 2 to make the slope simpler. The mean squared error does not.


def fit(x, y, lr=0.1, steps=1000):
    w = torch.zeros(x.shape[1], 1, dtype=x.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    losses = []
    for _ in range(steps):
        l = ((x @ w + b - y) ** 2 / 2).mean()
        losses.append(l.item())
        l.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= lr * p.grad
                p.grad.zero_()
    return w.detach(), b.detach(), losses
