"""Recursion that ends in a segmentation fault instead of a RecursionError."""

import sys
import threading

sys.setrecursionlimit(10**9)


class Deep:
    def __repr__(self):
        return f"{[self]}"


def sigmoid(x):
    return repr(Deep())


def tanh(x):
    function = lambda value: value
    for _ in range(10**5):
        function = type("f", (), {"__call__": function})()
    return function(x)


def relu(x):
    threading.stack_size(32768)
    thread = threading.Thread(target=lambda: repr(Deep()))
    thread.start()
    thread.join()
    return x
