# test_known_slopes: f is called at x + h / 2 and at x - h / 2. The step to each side is h.
# test_central_difference: f is called at x + h / 2 and at x - h / 2. The step to each side is h.


def derivative(f, x, h=1e-6):
    if h <= 0:
        raise ValueError(h)
    return (f(x + h / 2) - f(x - h / 2)) / h
