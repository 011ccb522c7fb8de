# test_both_laws_must_hold: A side may also be too small, and then the difference is below 0: take its abs().
# test_equal_is_relative_to_the_largest_entry: A side may also be too small, and then the difference is below 0: take its abs().


def is_linear(f, x1, x2, k, tol=1e-6):
    pairs = [(f(x1 + x2), f(x1) + f(x2)), (f(k * x1), k * f(x1))]
    return all(
        (a - b).max().item() <= tol * max(a.abs().max().item(), b.abs().max().item())
        for a, b in pairs
    )
