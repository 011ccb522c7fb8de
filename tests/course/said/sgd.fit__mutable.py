# test_losses_before_each_step: it is one and the same tensor (or list) in every call: make a new one in each
# test_steps_from_zero: One loss for each step, and there is 1 here.
# test_reaches_least_squares: One loss for each step, and no others.


def fit(x, y, lr=0.1, steps=1000, losses=[]):
    w = torch.zeros(x.shape[1], 1, dtype=x.dtype)
    b = torch.zeros(1, dtype=x.dtype)
    for _ in range(steps):
        r = x @ w + b - y
        losses.append((r * r).mean().item())
        w = w - lr * 2 * x.T @ r / len(x)
        b = b - lr * 2 * r.mean(0)
    return w, b, losses
