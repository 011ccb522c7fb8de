# test_share_of_right_rows: The tensor holds whole numbers or booleans, and a mean is neither: convert first, x.float() or x.double().


def accuracy(logits, targets):
    if len(logits) == 0 or targets.shape != logits.shape[:1]:
        raise ValueError(f"{logits.shape} {targets.shape}")
    return (logits.argmax(dim=1) == targets).mean().item()
