# test_each_step_counts: This loss has no graph: it was computed under torch.no_grad(), or w = ... made w a tensor that requires no gradient. Keep the loss outside of no_grad(), and the step, w -= ..., inside.
# test_many_steps_in_double: This loss has no graph: it was computed under torch.no_grad(), or w = ... made w a tensor that requires no gradient. Keep the loss outside of no_grad(), and the step, w -= ..., inside.
# test_no_graph_is_left: This loss has no graph: it was computed under torch.no_grad(), or w = ... made w a tensor that requires no gradient. Keep the loss outside of no_grad(), and the step, w -= ..., inside.


def fit_line(x, y, lr, steps):
    w = x.new_zeros(1, 1, requires_grad=True)
    b = x.new_zeros(1, requires_grad=True)
    with torch.no_grad():
        for _ in range(steps):
            loss = ((x @ w + b - y) ** 2).mean()
            loss.backward()
            w -= lr * w.grad
            b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w, b
