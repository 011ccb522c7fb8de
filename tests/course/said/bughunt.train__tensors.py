# test_losses_before_each_step: The losses are to be floats, and item() gives the number in a tensor, without the graph behind it.


def train(model, optimizer, x, y, epochs):
    model.train()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        losses.append(error.detach())
    return losses
