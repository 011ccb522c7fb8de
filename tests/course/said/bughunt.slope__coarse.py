# test_steep_and_winding_curves: Close, but not to a millionth, as a central difference with h = 1e-6 in float64 is. In which of these three does yours differ?
# test_bowls: Close, but not to a millionth, as a central difference with h = 1e-6 in float64 is. In which of these three does yours differ?


def slope(f, x):
    h = 1e-4
    x = x.to(torch.float64)
    return float((f(x + h) - f(x)) / h)
