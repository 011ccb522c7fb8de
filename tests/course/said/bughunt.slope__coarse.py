# test_steep_and_winding_curves: This is a one-sided difference: f was asked on one side of x only. Ask it at the same distance on both sides, and divide by the distance between the two.
# test_bowls: This is a one-sided difference: f was asked on one side of x only. Ask it at the same distance on both sides, and divide by the distance between the two.


def slope(f, x):
    h = 1e-4
    x = x.to(torch.float64)
    return float((f(x + h) - f(x)) / h)
