"""pytest reads the files beside what it collects; it must not collect here."""


def predict(x, w, b):
    return x
