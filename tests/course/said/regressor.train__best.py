# test_plain_gradient_descent: The numbers with the lowest loss are put back at the end, so that the last step is undone. The model is to be left where that step leads.
# test_any_model: The numbers with the lowest loss are put back at the end, so that the last step is undone. The model is to be left where that step leads.
# test_training_mode: The numbers with the lowest loss are put back at the end, so that the last step is undone. The model is to be left where that step leads.
# test_old_gradients_and_frozen_parameters: The numbers with the lowest loss are put back at the end, so that the last step is undone. The model is to be left where that step leads.


def train(model, x, y, lr=0.01, epochs=100):
    import copy

    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    losses, best = [], copy.deepcopy(model.state_dict())
    for e in range(epochs):
        opt.zero_grad()
        l = ((model(x) - y) ** 2).mean()
        losses.append(l.item())
        if l.item() <= min(losses):
            best = copy.deepcopy(model.state_dict())
        l.backward()
        opt.step()
    model.load_state_dict(best)
    return losses
