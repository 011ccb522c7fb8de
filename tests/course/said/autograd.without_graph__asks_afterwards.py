# test_nothing_is_recorded: Nothing was recorded, and requires_grad_() came afterwards.


def without_graph(f, x):
    with torch.no_grad():
        y = f(x)
    return y.requires_grad_()
