# test_follows_the_slope_downhill
# test_history
# test_float32_start
# test_bad_arguments


def descend(f, x0, lr, steps, h=1e-6):
    if lr <= 0 or steps < 0:
        raise ValueError(f"lr={lr}, steps={steps}")
    x = x0.double()
    history = [float(f(x))]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)
        history.append(float(f(x)))
    return history, x.to(x0.dtype)
