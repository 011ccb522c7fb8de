# test_gradient_over_all_rows: These are the gradients of the batches, added up, each as if it had all the rows.
# test_mean_loss: This is the mean of the means. A short batch counts less than a long one.
# test_same_leaf: Add up the gradients of the batches, each weighed by its share of the rows.


def accumulate_(loss, w, batches):
    total_loss = 0
    for batch in batches:
        batch_loss = loss(w, batch)
        batch_loss.backward()
        total_loss += batch_loss.item()
    return total_loss / len(batches)
