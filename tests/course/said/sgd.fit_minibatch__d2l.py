# test_one_batch_is_fit: This is the way of half the loss: with (error**2).mean(), nothing is divided by 2.
# test_every_row_once_an_epoch: This is the way of half the loss: with (error**2).mean(), nothing is divided by 2. The sum of the gradients is divided by batch_size. A batch with fewer rows is divided by their own number; the mean of the loss does that by itself.
# test_new_order_each_epoch: This is the way of half the loss: with (error**2).mean(), nothing is divided by 2. The sum of the gradients is divided by batch_size. A batch with fewer rows is divided by their own number; the mean of the loss does that by itself.


def fit_minibatch(x, y, lr, epochs, batch_size, seed=0):
    g = torch.Generator().manual_seed(seed)
    w = torch.zeros(x.shape[1], 1, dtype=x.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    losses = []
    for _ in range(epochs):
        ls = []
        for rows in torch.randperm(len(x), generator=g).split(batch_size):
            l = (x[rows] @ w + b - y[rows]) ** 2 / 2
            l.sum().backward()
            with torch.no_grad():
                for p in (w, b):
                    p -= lr * p.grad / batch_size
                    p.grad.zero_()
            ls.append(l.mean().item())
        losses.append(sum(ls) / len(ls))
    return w.detach(), b.detach(), losses
