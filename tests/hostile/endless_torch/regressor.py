"""Busy in torch's own code, without the interpreter lock."""

import torch


def evaluate(model, x, y):
    torch.set_num_threads(8)
    a = torch.eye(400)
    while True:
        a = a @ a
