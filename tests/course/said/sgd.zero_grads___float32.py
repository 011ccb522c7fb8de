# test_backward_starts_from_nothing: A gradient has the dtype of its tensor: torch.zeros_like(p) takes it over, torch.zeros(p.shape) has the default dtype.


def zero_grads_(params):
    for p in params:
        p.grad = torch.zeros(p.shape)
