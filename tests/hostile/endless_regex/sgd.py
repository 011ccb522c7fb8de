"""Holds the interpreter lock inside C for longer than the universe exists."""

import re


def predict(x, w, b):
    return re.match(r"(a+)+$", "a" * 60 + "b")
