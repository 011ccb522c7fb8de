# test_leaves_no_mark: The model records a graph. item() and detach() come too late for it, and torch.no_grad() does nothing without `with`: run the model inside `with torch.no_grad():`.


def validate(model, batches):
    mode = model.training
    model.eval()
    squares, entries = 0.0, 0
    for x, y in batches:
        squares += F.mse_loss(model(x), y, reduction="sum").item()
        entries += y.numel()
    model.train(mode)
    return squares / entries
