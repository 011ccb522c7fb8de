"""Tensors without an ordinary storage."""

import warnings

import torch

warnings.simplefilter("ignore")


def sigmoid(x):
    return torch.zeros(3, 3).to_sparse()


def tanh(x):
    return torch.eye(3).to_sparse_csr()


def relu(x):
    return torch.empty(x.shape, dtype=x.dtype, device="meta")


def leaky_relu(x, negative_slope=0.01):
    return torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.quint8)


def elu(x, alpha=1.0):
    return torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)])


def softmax(x, dim=-1):
    return torch.zeros(2, 2).to_mkldnn()


def is_linear(f, x1, x2, k, tol=1e-6):
    return f(torch.zeros(3).to_sparse())
