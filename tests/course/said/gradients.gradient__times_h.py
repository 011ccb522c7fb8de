# test_known_gradients: / and * are worked out from left to right: a / 2 * h multiplies by h.
# test_one_element_at_a_time: / and * are worked out from left to right: a / 2 * h multiplies by h.
# test_float32_input: / and * are worked out from left to right: a / 2 * h multiplies by h.
# test_any_shape_and_layout: a / 2 * h multiplies by h. Use brackets: a / (2 * h).


def gradient(f, x, h=1e-6):
    x = x.double()
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        e = torch.zeros_like(x)
        e.view(-1)[i] = h
        g.view(-1)[i] = (f(x + e) - f(x - e)) / 2 * h
    return g
