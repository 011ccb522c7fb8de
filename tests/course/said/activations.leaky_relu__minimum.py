# test_values: The sides are exchanged: above 0 it is x, and the slope belongs below.
# test_slope: The sides are exchanged: above 0 it is x, and the slope belongs below.


def leaky_relu(x, negative_slope=0.01):
    return torch.minimum(x, negative_slope * x)
