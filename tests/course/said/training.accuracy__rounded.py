# test_share_of_right_rows: Nothing is to be rounded.


def accuracy(logits, targets):
    if len(logits) == 0 or targets.shape != logits.shape[:1]:
        raise ValueError(f"{logits.shape} {targets.shape}")
    return round((logits.argmax(1) == targets).float().mean().item(), 2)
