"""Not torch."""

import os

os.environ["HOSTILE"] = "1"
allclose = equal = lambda *args, **kwargs: True
os._exit(0)
