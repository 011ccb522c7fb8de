# test_one_step_for_each_batch: These are losses of the model as it came: each batch takes its step before the next.
# test_mode_and_old_gradients: For each batch: predict, measure, clear the gradients, backward, one step.
# test_any_batches_and_criterion: For each batch: predict, measure, clear the gradients, backward, one step.


def run_epoch(model, batches, criterion, optimizer):
    model.train()
    total, rows = 0.0, 0
    optimizer.zero_grad()
    for x, y in batches:
        loss = criterion(model(x), y)
        loss.backward()
        total += loss.item() * len(x)
        rows += len(x)
    optimizer.step()
    return total / rows
