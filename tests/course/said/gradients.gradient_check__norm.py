# test_right_and_wrong_gradients: One wrong element is enough. Measured together with right ones, or left out, it passes. The largest error decides.
# test_ratio_for_large_difference_for_small: a = [400, 0.001] and n = [1000, 0.001]: the difference, 600, is divided by the larger of the two sizes, 600 / 1000, and tol is 0.5.
# test_tolerance_and_step_size: An entry of grad_f(x) is off by 1.5e-06 of its size; by default tol is 1e-6.


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    a, n = grad_f(x).double(), gradient(f, x, h)
    return bool((a - n).norm() / max(1e-8, a.norm() + n.norm()) <= tol)
