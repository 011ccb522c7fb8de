# test_values: There is no limit above: relu(3) is 3.
# test_slope: There is no limit above: relu(3) is 3.


def relu(x):
    return x.clip(min=0).clip(max=1)
