"""Describing an answer must not run the learner's code in the judge, nor hang."""

import os


class Hostile:
    def __repr__(self):
        os._exit(0)

    def __getattribute__(self, name):
        raise SystemExit(0)

    __str__ = __format__ = __hash__ = __len__ = __iter__ = __call__ = __repr__


class Meta(type):
    @property
    def __name__(cls):
        while True:
            pass

    def __repr__(cls):
        return "\x1b[2J"


def LinearRegressor(in_features, out_features=1):
    return Hostile()


def MLPRegressor(in_features, hidden, out_features=1):
    return Meta("Nameless", (), {})()


def count_parameters(model):
    return Hostile()


def predict(model, x):
    return [Hostile(), {Meta("Key", (), {}): Hostile()}]
