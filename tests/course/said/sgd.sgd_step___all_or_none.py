# test_missing_gradients_are_skipped: This p has a gradient, and takes its step, though another p has none.


def sgd_step_(params, lr):
    if all(p.grad is not None for p in params):
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
