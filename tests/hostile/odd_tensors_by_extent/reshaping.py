"""A few bytes that claim to be terabytes."""

import torch


def infer_shape(numel, shape):
    return torch.Size([2**40, 2**20])


def flatten_batch(x):
    return torch.zeros(1).expand(10**12)


def swap_first_two(x):
    return torch.zeros(8).as_strided((1000, 1000, 8), (0, 0, 1))


def channels_first(images):
    images.untyped_storage().resize_(0)
    return images


def split_heads(x, heads):
    y = torch.zeros(100)
    y.untyped_storage().resize_(0)
    return y


def merge_heads(x):
    return torch.empty(0, 2**61, 0)


def patchify(images, size):
    return torch.zeros(1, requires_grad=True).expand(10**12) * 1


def set_block_(x, index, value):
    x.resize_(0)
    return x.set_(torch.zeros(1).untyped_storage(), 0, (3,), (0,))
