# test_activation_of_the_weighted_sum: .item(), float(...) and the like give plain numbers; without them it is a tensor


def neuron(x, w, b, activation):
    z = sum((x * w).tolist()) + b.item()
    return activation(z)
