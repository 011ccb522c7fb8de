# test_known_gradients: The step to each side is h, so that the two points are 2 h apart.
# test_one_element_at_a_time: The step to each side is h, so that the two points are 2 h apart.
# test_any_shape_and_layout: view never copies, and these numbers are not neighbours in memory. Make them so first, x.contiguous(): what is written into a reshape can be lost, in a copy.


def gradient(f, x, h=1e-6):
    x = x.double()
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        e = torch.zeros_like(x)
        e.view(-1)[i] = h / 2
        g.view(-1)[i] = (f(x + e) - f(x - e)) / h
    return g
