# test_normal_weights_and_zero_biases: They are spread evenly, as by torch.rand or uniform_. torch.randn draws normal numbers.


def init_layers(sizes, seed):
    if len(sizes) < 2:
        raise ValueError(f"{sizes}")
    for s in sizes:
        if s < 1:
            raise ValueError(f"{s}")
    g = torch.Generator().manual_seed(seed)
    out = []
    for i, o in zip(sizes, sizes[1:]):
        w = torch.empty(o, i)
        torch.nn.init.kaiming_uniform_(w, nonlinearity="relu", generator=g)
        out.append((w, torch.zeros(o)))
    return out
