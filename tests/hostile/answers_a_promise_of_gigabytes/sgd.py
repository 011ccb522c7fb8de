"""Nothing is allocated on a promise, and half an answer is none."""

import os
import struct


def predict(x, w, b):
    os.write(3, struct.pack("!IQ", 100, 2**63) + b"\x90" * 100)


def mse(y_pred, y_true):
    os.write(3, struct.pack("!IQ", 1000, 1000) + b"\x90")
    os.read(0, 1)
    while True:
        pass


def mse_gradients(x, y, w, b):
    head = b"\x91" * 1_000_000
    os.write(3, struct.pack("!IQ", len(head), 0))
    while head:
        head = head[os.write(3, head) :]


def sgd_step_(params, lr):
    head = b"\xdd\xff\xff\xff\xff" + b"\x00" * 100
    os.write(3, struct.pack("!IQ", len(head), 0) + head)
