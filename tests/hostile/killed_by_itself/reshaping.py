"""Ends by a signal instead of an answer."""

import os
import signal


def infer_shape(numel, shape):
    os.kill(os.getpid(), signal.SIGKILL)
    signal.raise_signal(signal.SIGKILL)


def flatten_batch(x):
    signal.raise_signal(signal.SIGSEGV)


def swap_first_two(x):
    os.abort()


def channels_first(images):
    signal.pthread_kill(__import__("threading").get_ident(), signal.SIGTERM)
