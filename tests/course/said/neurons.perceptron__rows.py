# test_one_side_of_the_line: new tensors without entries are torch.float32 unless they are given a dtype; here it should be torch.int64


def perceptron(x, w, b):
    return torch.tensor([1 if row @ w + b > 0 else 0 for row in x])
