# test_losses_before_each_update: One loss for each epoch, and there are 3 here.


def train(model, x, y, lr=0.01, epochs=100):
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for e in range(epochs):
        opt.zero_grad()
        l = ((model(x) - y) ** 2).mean()
        if e % 10 == 0:
            losses.append(l.item())
        l.backward()
        opt.step()
    return losses
