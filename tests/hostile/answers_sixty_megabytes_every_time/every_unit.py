"""Every answer is wrong and large: whoever keeps them until the end runs out of memory."""

import torch


def wrong(*args, **kwargs):
    return torch.zeros(15_000_000)


sigmoid = wrong
tanh = wrong
relu = wrong
leaky_relu = wrong
elu = wrong
softmax = wrong
is_linear = wrong
derivative = wrong
gradient = wrong
jacobian = wrong
gradient_check = wrong
descend = wrong
LinearRegressor = wrong
MLPRegressor = wrong
train = wrong
evaluate = wrong
predict = wrong
count_parameters = wrong
infer_shape = wrong
flatten_batch = wrong
swap_first_two = wrong
channels_first = wrong
split_heads = wrong
merge_heads = wrong
patchify = wrong
set_block_ = wrong
mse = wrong
mse_gradients = wrong
sgd_step_ = wrong
zero_grads_ = wrong
fit = wrong
fit_minibatch = wrong
