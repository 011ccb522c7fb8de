# test_losses_before_each_update: The losses are right up to number 0: the update after it leads elsewhere.
# test_plain_gradient_descent: The losses grow here, and each step is taken whole.
# test_any_model
# test_training_mode


def train(model, x, y, lr=0.01, epochs=100):
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr, weight_decay=1e-4)
    losses = []
    for e in range(epochs):
        opt.zero_grad()
        l = ((model(x) - y) ** 2).mean()
        l.backward()
        opt.step()
        losses.append(l.item())
    return losses
