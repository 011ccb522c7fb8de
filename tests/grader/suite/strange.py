"""What a learner may return in place of numbers, as expressions to be evaluated with torch."""

STRANGE = (
    "None",
    "'text' * 1000",
    "torch.full((3, 3), float('nan'))",
    "torch.tensor(1j)",
    "torch.zeros(10_000, 100)",
    "torch.zeros(1).expand(10**5, 10**5)",
    "torch.zeros(0, 3)",
    "torch.zeros((1,) * 40)",
    "torch.zeros(3).to_sparse()",
    "(float('inf'), -1e308, [10**400])",
    "[[1.0], [2.0, [3.0]]]",
    "(torch.ones(1), torch.ones(1), [1.0] * 10**5)",
    "1 / 0",
    "torch.nn.Linear(1, 1)",
)
