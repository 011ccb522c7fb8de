"""Some builtin exceptions need special arguments, or mean something to whoever catches them."""

import builtins

KINDS = [
    kind
    for kind in vars(builtins).values()
    if isinstance(kind, type)
    and issubclass(kind, BaseException)
    and not issubclass(kind, NotImplementedError)
]
turn = []


def refuse(*args, **kwargs):
    kind = KINDS[len(turn) % len(KINDS)]
    turn.append(kind)
    error = kind.__new__(kind)
    error.args = (b"\xff", {"a": None}, turn)
    raise error


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return refuse
