# test_leaves_no_mark: item() makes a number of the result, but the graph was recorded all the same. Run the model under torch.no_grad().


def validate(model, batches):
    mode = model.training
    model.eval()
    squares, entries = 0.0, 0
    for x, y in batches:
        squares += F.mse_loss(model(x), y, reduction="sum").item()
        entries += y.numel()
    model.train(mode)
    return squares / entries
