# test_all_trainable_numbers
# test_frozen_parameters
# test_shared_parameters


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad), sum(
        p.numel() for p in model.parameters()
    )
