# test_one_row_of_weights_for_each_output: This is x W, which lines x up with columns. A neuron is a row of the weight: x Wᵀ, as x @ weight.T and F.linear(x, weight) compute it.
# test_gradients_with_any_leading_axes: This is x W, which lines x up with columns. A neuron is a row of the weight: x Wᵀ, as x @ weight.T and F.linear(x, weight) compute it.
# test_sizes_must_agree: This is x W, which lines x up with columns. A neuron is a row of the weight: x Wᵀ, as x @ weight.T and F.linear(x, weight) compute it.


def dense(x, weight, bias=None):
    if x.shape[-1] != weight.shape[1]:
        raise ValueError(f"{x.shape[-1]} features, {weight.shape[1]} weights")
    return torch.nn.functional.linear(x, weight.T, bias)
