# test_chance_is_seeded: Take every random number from a generator that starts from seed in each call.

_generators = {}


def split(x, y, fraction, seed=0):
    count = round(fraction * len(x))
    if not 0 < fraction < 1 or count in (0, len(x)):
        raise ValueError(f"{fraction} of {len(x)} rows")
    generator = _generators.setdefault(seed, torch.Generator().manual_seed(seed))
    order = torch.randperm(len(x), generator=generator)
    return x[order[count:]], y[order[count:]], x[order[:count]], y[order[:count]]
