# test_losses_before_each_step: torch.set_default_dtype(...) lasts: give the tensors that you make a dtype instead, as in torch.zeros(3, dtype=x.dtype)

_fit = fit


def fit(x, y, lr=0.1, steps=1000):
    torch.set_default_dtype(torch.float64)
    return _fit(x, y, lr, steps)
