# test_relu_between_layers: The ReLU stands between two layers, where it is missing here, and never after the last.


class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(sizes)])

    def forward(self, x):
        return F.relu(self.layers(x))
