# test_steep_and_winding_curves: it is rounded to 3 decimals
# test_bowls: it is rounded to 3 decimals


def slope(f, x):
    x, h = x.double(), 1e-6
    return round(((f(x + h) - f(x - h)) / (2 * h)).item(), 3)
