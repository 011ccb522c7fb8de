# test_known_slopes: .item() gives the Python number in a tensor of one entry


def derivative(f, x, h=1e-6):
    if h <= 0:
        raise ValueError(f"h must be positive: {h}")
    return torch.tensor((f(x + h) - f(x - h)) / (2 * h), dtype=torch.float64)
