"""What the suite of `gradients` brings beside the learner's functions."""


def identity():
    """A function that gives what it is given, the very same tensor."""
    return lambda x: x
