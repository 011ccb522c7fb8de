"""`python -m torchkata` is `torchkata`."""

import os
import sys

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if not sys.flags.safe_path and sys.path[:1] != [_HERE]:  # the folder that it was started in
    del sys.path[0]  # where a learner's own random.py would be taken for Python's

from grader.cli.app import main  # noqa: E402

if __name__ == "__main__":
    main()
