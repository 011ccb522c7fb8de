"""Everything is a derivative along one line: closures over derivative."""

import torch


def derivative(f, x, h=1e-6):
    if h <= 0:
        raise ValueError(f"h must be above 0: {h}")
    low, high = (f(x + sign * h) for sign in (-1, 1))
    return (high - low) / (2 * h)


def gradient(f, x, h=1e-6):
    numbers = x.double().flatten().tolist()

    def along(i):
        def moved(number):
            changed = [*numbers[:i], number, *numbers[i + 1 :]]
            tensor = torch.tensor(changed, dtype=torch.float64, device=x.device)
            return float(f(tensor.view(x.shape)))

        return moved

    slopes = [derivative(along(i), number, h) for i, number in enumerate(numbers)]
    return torch.tensor(slopes, dtype=torch.float64, device=x.device).view(x.shape)


def jacobian(f, x, h=1e-6):
    """derivative only adds, subtracts and divides: it works for functions to vectors as well."""
    x = x.double()
    axes = torch.eye(len(x), dtype=x.dtype, device=x.device)
    columns = [derivative(lambda t, axis=axis: f(x + t * axis), 0.0, h) for axis in axes]
    return torch.stack(columns, dim=-1)


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    pairs = zip(
        grad_f(x.double()).flatten().tolist(), gradient(f, x, h).flatten().tolist(), strict=True
    )
    return all(abs(a - n) / max(1.0, abs(a), abs(n)) <= tol for a, n in pairs)


def descend(f, x0, lr, steps, h=1e-6):
    if lr <= 0:
        raise ValueError("lr", lr)
    if steps < 0:
        raise ValueError("steps", steps)

    def walk(x, left):
        yield x
        if left:
            yield from walk(x - lr * gradient(f, x, h), left - 1)

    xs = list(walk(x0.double(), steps))
    return xs[-1].type(x0.dtype).clone(), [float(f(x)) for x in xs]
