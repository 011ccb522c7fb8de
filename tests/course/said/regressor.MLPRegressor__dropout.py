# test_relu_between_layers: Something in forward is random: dropout, or a layer that is made anew in each call. Layers are made once, in __init__.
# test_hidden_may_be_empty_or_a_tuple: Something in forward is random: dropout, or a layer that is made anew in each call. Layers are made once, in __init__.


class MLPRegressor(nn.Module):
    def __init__(self, i, hidden, out_features=1):
        super().__init__()
        L = []
        for a, b in zip([i, *hidden], [*hidden, out_features]):
            L += [nn.Linear(a, b), nn.ReLU(), nn.Dropout(0.3)]
        self.net = nn.Sequential(*L[:-2])

    def forward(self, x):
        return self.net(x)
