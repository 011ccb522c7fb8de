# test_values_and_gradient: x + round(x) counts x twice: what rounding adds to x is round(x) - x.
# test_any_x: x + round(x) counts x twice: what rounding adds to x is round(x) - x.


def round_through(x):
    return x + torch.round(x).detach()
