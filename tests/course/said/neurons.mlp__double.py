# test_one_call_between_two_layers: Call it once, and give what it returns a name if you need it twice.


def mlp(x, layers, activation):
    for k, (weight, bias) in enumerate(layers):
        x = dense(x, weight, bias)
        if k < len(layers) - 1:
            x = torch.where(activation(x) > 0, activation(x), activation(x))
    return x
