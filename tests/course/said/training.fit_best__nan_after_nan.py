# test_buffers_ties_and_nan: A NaN is not lower than a NaN: where all losses are NaN, the first epoch stays the best. A number takes the place of a NaN, and nothing else does.

import copy


def fit_best(model, run, validate, epochs):
    if epochs < 1:
        raise ValueError(f"epochs is {epochs}")
    best, losses, state = 0, [], None
    for epoch in range(epochs):
        run(model)
        losses.append(validate(model))
        if state is None or losses[epoch] < losses[best] or math.isnan(losses[best]):
            best, state = epoch, copy.deepcopy(model.state_dict())
    model.load_state_dict(state)
    return best, losses
