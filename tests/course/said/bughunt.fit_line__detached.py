# test_each_step_counts: w = w - ... makes a new tensor. Made under torch.no_grad(), or detached, it requires no gradient, and the next loss has no graph. Change w itself: w -= ... under torch.no_grad().
# test_many_steps_in_double: w = w - ... makes a new tensor. Made under torch.no_grad(), or detached, it requires no gradient, and the next loss has no graph. Change w itself: w -= ... under torch.no_grad().
# test_no_graph_is_left: w = w - ... makes a new tensor. Made under torch.no_grad(), or detached, it requires no gradient, and the next loss has no graph. Change w itself: w -= ... under torch.no_grad().


def fit_line(x, y, lr, steps):
    w = x.new_zeros(1, 1, requires_grad=True)
    b = x.new_zeros(1, requires_grad=True)
    for _ in range(steps):
        w.grad = b.grad = None
        loss = ((x @ w + b - y) ** 2).mean()
        loss.backward()
        w = (w - lr * w.grad).detach()
        b = (b - lr * b.grad).detach()
    return w, b
