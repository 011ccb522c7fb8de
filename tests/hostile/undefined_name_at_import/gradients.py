"""A NameError before anything was defined."""

STEP = undefined_step


def derivative(f, x, h=STEP):
    return 0.0
