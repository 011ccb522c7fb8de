# test_mean_squared_error: .item() gives the Python number in a tensor of one entry


def evaluate(model, x, y):
    t = model.training
    model.eval()
    with torch.no_grad():
        r = (model(x) - y).reshape(-1, 1)
    model.train(t)
    return r.T @ r / len(r)
