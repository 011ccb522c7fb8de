"""Python runs some files without being asked, if it finds them."""


def infer_shape(numel, shape):
    return shape
