# test_history: The history tells how high each place is, f(x), not where it is.


def descend(f, x0, lr, steps, h=1e-6):
    if lr <= 0 or steps < 0:
        raise ValueError(f"{lr} {steps}")
    x = x0.double().clone()
    hist = [x.clone()]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)
        hist.append(x.clone())
    return x.to(x0.dtype), hist
