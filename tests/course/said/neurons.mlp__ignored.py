# test_activation_between_layers: activation returns a new tensor, and x stays what it was: x = activation(x).
# test_one_call_between_two_layers: activation returns a new tensor, and x stays what it was: x = activation(x).
# test_any_number_of_layers: activation returns a new tensor, and x stays what it was: x = activation(x).


def mlp(x, layers, activation):
    n = len(layers)
    for i in range(n):
        weight, bias = layers[i]
        x = x @ weight.T + bias
        if i < n - 1:
            activation(x)
    return x
