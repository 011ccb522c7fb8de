"""After a fork, memory is copied on write: what is broken here is broken here only."""

import ctypes
import linecache
import sys

import torch

linecache.cache.clear()
sys.path[:0] = ["/nowhere"]
torch.nn.Linear.forward = lambda self, x: x
torch.Tensor.backward = lambda self, *args: None
torch.autograd.grad = lambda *args, **kwargs: (None,)
for number in range(-5, 257):
    ctypes.c_long.from_address(id(number) + 24).value = 0 if number > 200 else number
ctypes.c_double.from_address(id(sys.float_info.max) + 16).value = 1.0
