"""As happens when a learner's machine has more installed than ours."""

import torch_super_extras


def predict(x, w, b):
    return torch_super_extras.linear(x, w, b)
