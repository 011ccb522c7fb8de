"""Costs no bytes, only entries; all of it must be gone afterwards."""

import os
import time


def sigmoid(x):
    for number in range(20_000):
        open(f"hostile-{number}", "w").close()
        if number % 20 == 0:
            time.sleep(0.001)
    raise RuntimeError("escaped: made 20,000 files".upper())


def tanh(x):
    for _ in range(3000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    time.sleep(1000)
