# test_step_downhill: torch.optim has this step; the exercise is to write it.
# test_same_leaf_in_its_own_memory: torch.optim has this step; the exercise is to write it.
# test_missing_gradients_are_skipped: torch.optim has this step; the exercise is to write it.
# test_gradients_are_left_alone: torch.optim has this step; the exercise is to write it.


def sgd_step_(params, lr):
    torch.optim.SGD(params, lr=lr).step()
