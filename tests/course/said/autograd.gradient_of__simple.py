# test_slopes: clone() of a tensor that requires a gradient is a result, and only leaves get a .grad. detach() comes first.
# test_nothing_else_changes: clone() of a tensor that requires a gradient is a result, and only leaves get a .grad. detach() comes first.
# test_what_f_gives: Where no way leads from f(x) back to x, torch raises an error. A function that does not depend on x has slope 0.


def gradient_of(f, x):
    x = x.clone()
    x.requires_grad_()
    y = f(x)
    y.backward()
    return x.grad
