# test_activation_between_layers: activation is not called here. It may be any function: call the one that is given.
# test_one_call_between_two_layers: activation is not called here. It may be any function: call the one that is given.
# test_any_number_of_layers: activation is not called here. It may be any function: call the one that is given.


def mlp(x, layers, activation):
    for k, (weight, bias) in enumerate(layers):
        x = dense(x, weight, bias)
        if k < len(layers) - 1:
            x = torch.relu(x)
    return x
