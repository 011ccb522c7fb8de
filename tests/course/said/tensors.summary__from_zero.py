# test_shape_dtype_and_range: A search that begins with 0 ends with 0 if no entry is below it (or above it, for the largest). Begin with an entry.
# test_none_one_and_very_large: A search that begins with 0 ends with 0 if no entry is below it (or above it, for the largest). Begin with an entry.


def summary(x):
    smallest = biggest = 0
    for value in x.flatten().tolist():
        if value < smallest:
            smallest = value
        if value > biggest:
            biggest = value
    if x.numel() == 0:
        smallest = biggest = None
    return {
        "shape": x.shape,
        "dim": x.dim(),
        "numel": x.numel(),
        "dtype": x.dtype,
        "min": smallest,
        "max": biggest,
    }
