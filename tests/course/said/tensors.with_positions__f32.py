# test_each_token_is_told_its_place: arange(T) / T is float32. Beside a float64 x that is 7 digits, and adding cannot bring the others back: give arange the dtype of x.


def with_positions(x):
    T = x.shape[1]
    return x + (torch.arange(T) / T).reshape(1, T, 1).to(x.dtype)
