# test_views_and_numbers_from_the_end: Negative numbers count from the end: torch knows that of an index, a comparison such as k == i does not.


def swap_columns_(x, i, j):
    order = [j if k == i else i if k == j else k for k in range(x.shape[1])]
    x[:] = x[:, order]
    return x
