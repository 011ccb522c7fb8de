# test_heads_take_neighbouring_features: split takes the size of a block, D // heads. chunk takes how many there are.
# test_any_number_of_heads_and_any_batch_size: split takes the size of a block, D // heads. chunk takes how many there are.
# test_heads_must_divide_the_features: split takes the size of a block, D // heads. chunk takes how many there are.


def split_heads(x, heads):
    if heads < 1 or x.shape[2] % heads != 0:
        raise ValueError(f"heads = {heads}")
    return torch.stack(torch.split(x, heads, dim=2), dim=1)
