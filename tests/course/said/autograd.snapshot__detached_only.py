# test_values_as_they_were: detach(), .data and numpy() give the memory of x another name, and so does contiguous() where x is contiguous: nothing is copied. clone() copies.
# test_without_a_past: detach(), .data and numpy() give the memory of x another name, and so does contiguous() where x is contiguous: nothing is copied. clone() copies.


def snapshot(x):
    y = x.detach()
    y.requires_grad = False
    return y
