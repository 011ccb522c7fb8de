# test_columns_of_x_decide: Something like 0.001 is added to the deviation. 1e-8 is enough against 0.


class Standardize(nn.Module):
    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(0))
        self.register_buffer("std", x.std(0, unbiased=False))

    def forward(self, x):
        return (x - self.mean) / (self.std + 1e-3)
