# test_registered_parameters: Every layer has a bias, those inside as well: leave bias=False out.
# test_relu_between_layers: Every layer has a bias, those inside as well: leave bias=False out.
# test_hidden_may_be_empty_or_a_tuple: Every layer has a bias, those inside as well: leave bias=False out.


class MLPRegressor(nn.Module):
    def __init__(self, i, hidden, out_features=1):
        super().__init__()
        self.inner = nn.ModuleList()
        for width in hidden:
            self.inner.append(nn.Linear(i, width, bias=False))
            i = width
        self.head = nn.Linear(i, out_features)

    def forward(self, x):
        for layer in self.inner:
            x = layer(x).relu()
        return self.head(x)
