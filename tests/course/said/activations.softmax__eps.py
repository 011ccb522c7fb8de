# test_values: right to about 8 digits only, as when float32 or a small constant comes in
# test_any_dim: right to about 8 digits only, as when float32 or a small constant comes in
# test_gradient: right to about 8 digits only, as when float32 or a small constant comes in


def softmax(x, dim=-1):
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / (e.sum(dim, keepdim=True) + 1e-8)
