# test_known_gradients: f takes all of x at once, in its shape. Move one element of a copy of x, and give f the copy.
# test_one_element_at_a_time: f takes all of x at once, in its shape. Move one element of a copy of x, and give f the copy.
# test_float32_input: f takes all of x at once, in its shape. Move one element of a copy of x, and give f the copy.
# test_any_shape_and_layout: x may have any shape, also none: range(len(x)) walks along the first axis alone.


def gradient(f, x, h=1e-6):
    x = x.double()
    g = torch.zeros_like(x)
    for i in range(len(x)):
        g[i] = (f(x[i] + h) - f(x[i] - h)) / (2 * h)
    return g
