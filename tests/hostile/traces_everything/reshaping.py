"""Code of the learner's runs at every step of the worker."""

import sys
import threading


def noisy(*args):
    raise RuntimeError("traced")


class Hook:
    def find_spec(self, name, path=None, target=None):
        raise ImportError(f"{name} is not for you")


def infer_shape(numel, shape):
    sys.settrace(noisy)
    sys.setprofile(noisy)
    threading.settrace(noisy)
    return shape


def flatten_batch(x):
    sys.meta_path.insert(0, Hook())
    return x


def swap_first_two(x):
    sys.addaudithook(noisy)
    return x
