# test_one_side_of_the_line: 9.3e-10 is above 0, if barely.


def perceptron(x, w, b):
    return torch.sigmoid(x @ w + b).round().long()
