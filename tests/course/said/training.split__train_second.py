# test_rows_are_dealt_out: round(fraction * N) rows are for validation: those of x_val and y_val. All the others are for training.


def split(x, y, fraction, seed=0):
    n = round(len(x) * fraction) if 0 < fraction < 1 else 0
    if n == 0 or n == len(x):
        raise ValueError(f"bad fraction {fraction}")
    numbers = torch.rand(len(x), generator=torch.Generator().manual_seed(seed)).argsort()
    first, second = numbers[:n], numbers[n:]
    return x[first], y[first], x[second], y[second]
