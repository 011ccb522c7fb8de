"""A segmentation fault is an outcome of one test."""

import ctypes


def predict(x, w, b):
    ctypes.string_at(0)


def mse(y_pred, y_true):
    ctypes.memset(id(None), 0xFF, 32)
    return [None] * 1000


def mse_gradients(x, y, w, b):
    ctypes.pythonapi.PyObject_Free(ctypes.c_void_p(id(x)))
    return x, x


def sgd_step_(params, lr):
    ctypes.memset(params[0].data_ptr(), 0, 1 << 40)
