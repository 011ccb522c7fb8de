# test_slopes_of_the_loss: the numbers are right, but axis 1, of size 1, is missing


def mse_gradients(x, y, w, b):
    e = x @ w + b - y
    return (2 * x.T @ e / len(x))[:, 0], 2 * e.mean()
