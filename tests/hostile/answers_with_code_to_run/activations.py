"""Nothing that comes from a worker is unpickled, converted by its own hooks, or called."""

import ctypes
import os

import numpy as np


class Loaded:
    def __reduce__(self):
        return os._exit, (0,)

    def __array__(self, *args, **kwargs):
        return np.zeros(3)

    def __dlpack__(self, **kwargs):
        return ctypes.py_object(self)

    def __dlpack_device__(self):
        return (1, 0)

    __array_interface__ = {"shape": (10**6,), "typestr": "<f4", "data": (8, False), "version": 3}
    __index__ = __float__ = __complex__ = __int__ = lambda self: 0


def lie(*args, **kwargs):
    return Loaded()


sigmoid = tanh = relu = lie
leaky_relu = lambda x, negative_slope=0.01: np.array([Loaded()], dtype=object)
elu = lambda x, alpha=1.0: np.array([(1, 2.0)], dtype="i4,f8")
softmax = lambda x, dim=-1: np.array(["now"], dtype="datetime64[s]")
is_linear = lambda *args, **kwargs: np.array(["True"])
