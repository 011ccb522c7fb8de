# test_known_gradients: torch.zeros makes float32, and what is written into it is rounded. The result is float64.
# test_any_shape_and_layout: view never copies, and these numbers are not neighbours in memory. Make them so first, x.contiguous(): what is written into a reshape can be lost, in a copy.


def gradient(f, x, h=1e-6):
    x = x.double()
    g = torch.zeros(x.shape)
    for i in range(x.numel()):
        e = torch.zeros_like(x)
        e.view(-1)[i] = h
        g.view(-1)[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g
