"""Modes are per thread."""

from concurrent.futures import ThreadPoolExecutor

import torch

POOL = ThreadPoolExecutor(1)


def hidden(function):
    def call(x, *args, **kwargs):
        return POOL.submit(function, x, *args, **kwargs).result() * 1

    return call


sigmoid = hidden(torch.sigmoid)
tanh = hidden(torch.tanh)
relu = hidden(torch.relu)
leaky_relu = hidden(torch.nn.functional.leaky_relu)
elu = hidden(torch.nn.functional.elu)
softmax = hidden(lambda x, dim=-1: torch.softmax(x, dim))
