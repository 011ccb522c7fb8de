# test_known_gradients: it is one and the same tensor (or list) in every call: make a new one in each

RESULT = torch.zeros(64, dtype=torch.float64)


def gradient(f, x, h=1e-6):
    x = x.double()
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=torch.float64)
        step[i] = h
        step = step.reshape(x.shape)
        RESULT[i] = (f(x + step) - f(x - step)) / (2 * h)
    return RESULT[: x.numel()].reshape(x.shape)
