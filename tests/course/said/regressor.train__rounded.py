# test_losses_before_each_update: every entry is rounded to 4 decimals


def train(model, x, y, lr=0.01, epochs=100):
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for e in range(epochs):
        opt.zero_grad()
        l = ((model(x) - y) ** 2).mean()
        l.backward()
        opt.step()
        losses.append(round(l.item(), 4))
    return losses
