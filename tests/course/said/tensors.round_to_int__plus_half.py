# test_nearest_whole_number: Adding 0.5 and cutting off fails below 0 and at halves. torch.round rounds.


def round_to_int(x):
    if not torch.isfinite(x).all():
        raise ValueError(f"{x}")
    return (x + 0.5).long()
