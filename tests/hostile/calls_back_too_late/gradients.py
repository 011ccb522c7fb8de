"""A function that was lent for one call."""

import threading
import time

import torch

KEPT = []


def linger(f, x):
    while True:
        time.sleep(0.0005)
        try:
            f(x)
        except BaseException:
            pass


def derivative(f, x, h=1e-6):
    KEPT.append((f, x))
    threading.Thread(target=linger, args=(f, x), daemon=True).start()
    return 0.0


def gradient(f, x, h=1e-6):
    for old, value in KEPT:
        try:
            old(value)
        except BaseException:
            pass
    KEPT.append((f, x.double()))
    return torch.zeros(x.shape, dtype=torch.float64)


jacobian = gradient
