# test_one_step_for_each_batch: A prediction (N,) and a y (N, 1) broadcast to (N, N): criterion gets what the model gives, without squeeze().
# test_mode_and_old_gradients: For each batch: predict, measure, clear the gradients, backward, one step.
# test_any_batches_and_criterion: Shapes are lined up from the right, and two sizes fit if they are equal or one of them is 1. At axis 1 they are 2 and 3: print both shapes.


def run_epoch(model, batches, criterion, optimizer):
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x).squeeze(), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows
