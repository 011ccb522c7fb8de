# test_a_list_of_float32_layers: One neuron has a row, too: tensor([[1., 2.]]) is (1, 2), and tensor([3.]) is (1,).


def xor_layers():
    t = torch.tensor
    return [(t([[1.0, 1], [1, 1]]), t([0.0, -1])), (t([1.0, -1]), t([-0.5]))]
