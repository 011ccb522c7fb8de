"""Not pytest."""

main = lambda *args, **kwargs: 0
