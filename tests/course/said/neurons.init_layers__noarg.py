# test_normal_weights_and_zero_biases: This is 2 / sqrt(in): the root is over both, sqrt(2 / in).


def init_layers(sizes, seed):
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"{sizes}")
    g = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(o, i, generator=g) * 2 / i**0.5, torch.zeros(o))
        for i, o in zip(sizes, sizes[1:])
    ]
