# test_values: right to about 8 digits, and no further
# test_any_dim: right to about 8 digits, and no further
# test_gradient: right to about 8 digits, and no further


def softmax(x, dim=-1):
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / (e.sum(dim, keepdim=True) + 1e-8)
