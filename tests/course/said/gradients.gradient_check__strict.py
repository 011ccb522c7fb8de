# test_ratio_for_large_difference_for_small: a = [1400, 0.001] and n = [1000, 0.001]: the difference, 400, is divided by the larger of the two sizes, 400 / 1400, and tol is 0.5.
# test_tolerance_and_step_size: An entry of grad_f(x) is off by 8e-07 of its size; by default tol is 1e-6.


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool(
        (
            (a - n).abs() <= tol * 0.1 * torch.stack([torch.ones_like(n), a.abs(), n.abs()]).amax(0)
        ).all()
    )
