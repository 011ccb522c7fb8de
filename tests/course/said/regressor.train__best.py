# test_plain_gradient_descent: The last step is missing in the model: it was never taken, or undone by numbers that are put back at the end. The model is to be left where it leads.
# test_any_model: The last step is missing in the model: it was never taken, or undone by numbers that are put back at the end. The model is to be left where it leads.
# test_training_mode: The last step is missing in the model: it was never taken, or undone by numbers that are put back at the end. The model is to be left where it leads.
# test_old_gradients_and_frozen_parameters: The last step is missing in the model: it was never taken, or undone by numbers that are put back at the end. The model is to be left where it leads.


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
