# test_registered_parameters: insert and append change the caller's own list. [a, *hidden, b] is a new one.


class MLPRegressor(nn.Module):
    def __init__(self, i, hidden, out_features=1):
        super().__init__()
        hidden = hidden if isinstance(hidden, list) else list(hidden)
        hidden.insert(0, i)
        hidden.append(out_features)
        L = []
        for a, b in zip(hidden, hidden[1:]):
            L += [nn.Linear(a, b), nn.ReLU()]
        self.net = nn.Sequential(*L[:-1])

    def forward(self, x):
        return self.net(x)
