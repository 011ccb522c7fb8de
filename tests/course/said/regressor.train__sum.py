# test_losses_before_each_update: The losses are right up to number 0: the update after it leads elsewhere.
# test_plain_gradient_descent: This follows the sum of the squared errors: take their mean.
# test_any_model
# test_training_mode
# test_old_gradients_and_frozen_parameters: This follows the sum of the squared errors: take their mean.


def train(model, x, y, lr=0.01, epochs=100):
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for e in range(epochs):
        opt.zero_grad()
        l = ((model(x) - y) ** 2).sum()
        l.backward()
        opt.step()
        losses.append(l.item() / y.numel())
    return losses
