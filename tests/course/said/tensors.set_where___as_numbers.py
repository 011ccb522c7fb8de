# test_rows_of_the_mask: As numbers, True and False are 1 and 0, and name the rows 1 and 0. A mask stays bool: x[rows, column].
# test_masks_that_are_none: As numbers, True and False are 1 and 0, and name the rows 1 and 0. A mask stays bool: x[rows, column].


def set_where_(x, rows, column, value):
    if rows.dtype != torch.bool or rows.shape != (len(x),):
        raise ValueError(f"{rows.dtype} {rows.shape}")
    x[rows.int(), column] = value
    return x
