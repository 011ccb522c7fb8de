"""The identity function under every name."""


def same(*args, **kwargs):
    return args[0] if args else None


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return same
