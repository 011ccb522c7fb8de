# test_gradient_over_all_rows: // gives whole numbers, so every share below 1 is 0. / divides.
# test_mean_loss: // gives whole numbers, so every share below 1 is 0. / divides.
# test_same_leaf: // gives whole numbers, so every share below 1 is 0. / divides.


def accumulate_(loss, w, batches):
    w.grad = None
    rows = sum(len(batch) for batch in batches)
    mean = 0.0
    for batch in batches:
        part = loss(w, batch) * (len(batch) // rows)
        part.backward()
        mean += part.item()
    return mean
