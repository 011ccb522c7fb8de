"""One copy of x is moved element by element and put back by subtraction."""

import torch


def derivative(f, x, h=1e-6):
    if not h > 0:
        raise ValueError(f"h={h!r}")
    x += h
    above = f(x)
    x -= 2 * h
    below = f(x)
    return (above - below) / (2 * h)


def gradient(f, x, h=1e-6):
    point = x.clone().to(torch.float64).contiguous()
    result = torch.empty_like(point)
    flat, out = point.view(-1), result.view(-1)
    for i in range(flat.numel()):
        flat[i] += h
        above = float(f(point))
        flat[i] -= 2 * h
        below = float(f(point))
        flat[i] += h
        out[i] = (above - below) / (2 * h)
    return result


def jacobian(f, x, h=1e-6):
    point = x.double().clone()
    rows = []
    for j in range(len(point)):
        point[j] += h
        above = f(point).clone()
        point[j] -= 2 * h
        below = f(point).clone()
        point[j] += h
        rows.append((above - below) / (2 * h))
    return torch.stack(rows).T


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    a, n = grad_f(x).double(), gradient(f, x, h)
    a, n = a.flatten(), n.flatten()
    for i in range(len(n)):
        error = abs(a[i] - n[i]) / max(1, abs(a[i]), abs(n[i]))
        if not error <= tol:
            return False
    return True


def descend(f, x0, lr, steps, h=1e-6):
    if lr <= 0:
        raise ValueError(f"lr={lr!r}")
    if steps < 0:
        raise ValueError(f"steps={steps!r}")
    x = x0.clone().double()
    history = [float(f(x))]
    for _ in range(steps):
        x -= lr * gradient(f, x, h)
        history += [float(f(x))]
    return x.to(x0.dtype), history
