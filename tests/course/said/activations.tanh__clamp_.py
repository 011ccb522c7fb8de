# test_values: A method that ends in _ changes the caller's tensor. Without the _ it makes a new one.
# test_large_inputs_stay_finite: A method that ends in _ changes the caller's tensor. Without the _ it makes a new one.
# test_slope: A method that ends in _ changes the caller's tensor. Without the _ it makes a new one.


def tanh(x):
    x.clamp_(-20, 20)
    e = torch.exp(2 * x)
    return (e - 1) / (e + 1)
