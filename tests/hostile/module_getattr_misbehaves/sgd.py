"""Even looking up a name runs learner code."""

asked = []


def __getattr__(name):
    asked.append(name)
    print("who asks for", name)
    if len(asked) % 3 == 0:
        raise SystemExit(0)
    if len(asked) % 3 == 1:
        raise RuntimeError("\x1b[31mnot here")
    return len(asked)
