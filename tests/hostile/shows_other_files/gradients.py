"""A traceback shows lines of the text that was sent, never of a file on the judge's disk."""

FILES = ["/etc/passwd", "solutions/gradients.py", "../solutions/gradients.py", "/proc/self/environ"]
turn = []


def show(*args, **kwargs):
    name = FILES[len(turn) % len(FILES)]
    turn.append(name)
    lines = "\n" * (len(turn) % 7)
    exec(compile(f"{lines}raise RuntimeError('look at my file')", name, "exec"), {"__file__": name})


derivative = gradient = jacobian = descend = show


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    raise SyntaxError("look here", ("/etc/passwd", 1, 1, None))
