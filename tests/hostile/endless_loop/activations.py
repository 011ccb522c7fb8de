"""while True."""


def sigmoid(x):
    while True:
        pass
