# test_minus_one_becomes_the_size_that_fits: tuple(...) makes a tuple of a list

_old = infer_shape


def infer_shape(numel, shape):
    return list(_old(numel, shape))
