# test_step_downhill: No torch.nn and no torch.optim in this unit: write the formula yourself.
# test_same_leaf_in_its_own_memory: No torch.nn and no torch.optim in this unit: write the formula yourself.
# test_missing_gradients_are_skipped: No torch.nn and no torch.optim in this unit: write the formula yourself.
# test_gradients_are_left_alone: No torch.nn and no torch.optim in this unit: write the formula yourself.


def sgd_step_(params, lr):
    torch.optim.SGD(params, lr=lr).step()
