# test_mean_of_squares: A row times a column is a matrix of one entry, (1, 1). The mean of the squares has no axis.


def mse(a, b):
    if a.shape != b.shape:
        raise ValueError(f"{tuple(a.shape)} {tuple(b.shape)}")
    r = (a - b).reshape(-1, 1)
    return r.T @ r / len(r)
