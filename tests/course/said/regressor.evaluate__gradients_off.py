# test_mean_squared_error: torch.set_grad_enabled(False) stays until somebody takes it back. torch.no_grad() ends with its block.


def evaluate(model, x, y):
    mode = model.training
    model.eval()
    torch.set_grad_enabled(False)
    loss = ((model(x) - y) ** 2).mean().item()
    model.train(mode)
    return loss
