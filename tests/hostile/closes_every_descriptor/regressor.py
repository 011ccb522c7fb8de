"""Silence on every line."""

import os


def evaluate(model, x, y):
    os.closerange(0, 4096)
    return x


def predict(model, x):
    os.close(3)
    while True:
        pass


def count_parameters(model):
    os.closerange(0, 3)
    return 0
