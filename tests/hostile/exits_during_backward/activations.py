"""The judge asks for gradients after the call: an answer may misbehave later."""

import os

import torch


class Trap(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        os._exit(0)


def relu(x):
    return Trap.apply(x)


def sigmoid(x):
    return Trap.apply(x)
