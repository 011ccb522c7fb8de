"""Runs out of descriptors, and still has to answer."""

import os

hoard = []


def derivative(f, x, h=1e-6):
    try:
        while len(hoard) < 5000:
            hoard.append(os.dup(0))
            hoard.extend(os.pipe())
    except OSError:
        pass
    return 0.0
