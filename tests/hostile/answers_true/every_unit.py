"""A yes, under every name."""


def yes(*args, **kwargs):
    return True


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return yes
