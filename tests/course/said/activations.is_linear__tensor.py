# test_both_laws_must_hold: bool(...) makes a Python bool of it


def is_linear(f, x1, x2, k, tol=1e-6):
    def near(a, b):
        return (a - b).abs().max() <= tol * torch.maximum(a.abs().max(), b.abs().max())

    return near(f(x1 + x2), f(x1) + f(x2)) & near(f(k * x1), k * f(x1))
