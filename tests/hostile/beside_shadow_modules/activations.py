"""If this folder were on the path, torch would be the file beside this one."""

import torch

if not hasattr(torch, "Tensor"):
    raise RuntimeError("escaped: the wrong torch".upper())


def sigmoid(x):
    return torch.zeros_like(x)
