"""Tabs that look like spaces."""


def infer_shape(numel, shape):
    if numel:
	return shape
        return shape
