# test_without_a_past: Both snapshots are one tensor. Make a new one in each call.

buffers = {}


def snapshot(x):
    form = x.shape, x.dtype
    if form not in buffers:
        buffers[form] = torch.empty(x.shape, dtype=x.dtype)
    buffers[form].copy_(x.detach())
    return buffers[form]
