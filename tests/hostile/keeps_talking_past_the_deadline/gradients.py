"""A deadline is absolute: traffic does not extend it."""

import os
import time


def derivative(f, x, h=1e-6):
    while True:
        f(x)
        time.sleep(0.05)


def gradient(f, x, h=1e-6):
    while True:
        print("nearly done")
        os.write(3, b"\x00")
        time.sleep(0.05)
