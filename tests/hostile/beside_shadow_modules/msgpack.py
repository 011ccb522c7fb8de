"""Not msgpack."""

packb = unpackb = lambda *args, **kwargs: ["done", True, None, None]
