"""Nothing of this module ever runs."""

import ctypes

ctypes.string_at(1)
