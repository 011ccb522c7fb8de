"""Nobody is there to type: input() ends at once, and the terminal is not for reading."""

import sys

try:
    input("your name? ")
except (EOFError, OSError):
    pass
try:
    print(open("/dev/tty").read())
except OSError:
    pass


def derivative(f, x, h=1e-6):
    return float(input("the derivative? "))


def gradient(f, x, h=1e-6):
    return sys.stdin.read()
