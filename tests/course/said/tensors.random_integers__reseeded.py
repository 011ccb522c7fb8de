# test_seed_decides_alone: Whoever draws random numbers after you must not notice. torch.manual_seed changes the state of the whole program; a torch.Generator of your own, which starts from seed, does not.


def random_integers(low, high, shape, seed):
    if high <= low:
        raise ValueError(f"{low} {high}")
    torch.manual_seed(seed)
    numbers = torch.randint(low, high, shape)
    torch.seed()
    return numbers
