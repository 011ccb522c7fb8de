"""Costs nothing and never ends."""

import os
import threading
import time


def predict(model, x):
    try:
        threading.Event().wait(3)
        os.read(os.pipe()[0], 1)
    finally:
        time.sleep(10**6)
