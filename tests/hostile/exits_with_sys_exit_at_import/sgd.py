"""The polite exit."""

import sys

sys.exit(0)
