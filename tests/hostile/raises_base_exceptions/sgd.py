"""Exceptions that `except Exception` lets through, in every exercise."""


class Uncatchable(BaseException):
    pass


def predict(x, w, b):
    raise SystemExit(0)


def mse(y_pred, y_true):
    raise KeyboardInterrupt


def mse_gradients(x, y, w, b):
    raise GeneratorExit("passed")


def sgd_step_(params, lr):
    raise Uncatchable("passed")


def zero_grads_(params):
    raise BaseExceptionGroup("all", [SystemExit(0), KeyboardInterrupt()])


def fit(x, y, lr=0.1, steps=1000):
    raise SystemExit("20/20")


def fit_minibatch(x, y, lr, epochs, batch_size, seed=0):
    raise SystemExit(True)
