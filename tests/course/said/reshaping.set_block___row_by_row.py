# test_the_block_is_written_in_place: A slice may leave out its ends: of [2:], .stop is None, and its .step as well. `i in range(*s.indices(n))` runs over what a slice s selects of n things.
# test_small_values_broadcast_and_x_comes_back: A slice may leave out its ends: of [2:], .stop is None, and its .step as well. `i in range(*s.indices(n))` runs over what a slice s selects of n things.


def set_block_(x, index, value):
    if isinstance(index, int):
        x[index] = value
        return x
    block = torch.as_tensor(value).expand(x[index].shape)
    for i in range(index.start, index.stop):
        x[i] = block[i - index.start]
    return x
