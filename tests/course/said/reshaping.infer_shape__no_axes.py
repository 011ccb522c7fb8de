# test_minus_one_becomes_the_size_that_fits: The product of no sizes is 1: () is the shape of one element, as torch.tensor(3) has it.


def infer_shape(numel, shape):
    if len(shape) == 0:
        raise ValueError(f"the shape is empty: {shape}")
    if shape.count(-1) > 1 or min(shape) < -1:
        raise ValueError(f"cannot infer {shape}")
    known = 1
    for size in shape:
        if size != -1:
            known *= size
    if -1 not in shape:
        if known != numel:
            raise ValueError(f"{shape} is not {numel}")
        return shape
    if known == 0 or numel % known:
        raise ValueError(f"{shape} is not {numel}")
    return tuple(numel // known if size == -1 else size for size in shape)
