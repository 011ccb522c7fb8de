# test_known_slopes: round() is there to print few digits in the example. Return the slope with all that it has.
# test_central_difference: round() is there to print few digits in the example. Return the slope with all that it has.


def derivative(f, x, h=1e-6):
    if h <= 0:
        raise ValueError(f"h must be positive: {h}")
    return round((f(x + h) - f(x - h)) / (2 * h), 6)
