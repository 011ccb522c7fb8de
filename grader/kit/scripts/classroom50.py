"""Grade the checkout in the working folder for Classroom 50, which runs this file.

What lies beside this file is public: the visible tests alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# The default Linux build of torch includes CUDA, which takes minutes to install. For the CPU build,
# put here the index that PyTorch's "Get Started" page names for CPU.
TORCH_CPU_INDEX = ""
SECONDS = 600  # for grading; the job that runs this is stopped after 15 minutes in all

RESULT, BODY = "result.json", "release-body.md"


def install(kit: Path, folder: Path) -> Path:
    """A new environment in `folder` with all that grading needs; its `grade` command."""
    # Python looks for modules in the working folder first, so that is never the checkout.
    subprocess.run([sys.executable, "-I", "-m", "venv", folder], cwd=kit, check=True)
    environment = dict(os.environ)
    if TORCH_CPU_INDEX:
        environment["PIP_EXTRA_INDEX_URL"] = TORCH_CPU_INDEX
    python = folder / "bin" / "python"
    pip = ("-m", "pip", "install", "--quiet", "--requirement", "requirements.txt")
    subprocess.run([python, *pip], cwd=kit, env=environment, check=True)
    return folder / "bin" / "grade"


def main() -> int:
    """Write result.json, last of all; anything but 0 says that there is no result."""
    kit = Path(os.environ["CLASSROOM50_BUNDLE_DIR"]).resolve() / "kit"
    checkout = Path.cwd()
    for name in (RESULT, BODY):
        _remove(checkout / name)  # a result that the student committed is none
    with tempfile.TemporaryDirectory(prefix="autograder-") as temporary:
        folder = Path(temporary)
        command = install(kit, folder / "venv")
        code = grade(command, kit, checkout, folder)
        if code in (0, 1):
            for name in (BODY, RESULT):
                _remove(checkout / name)
                shutil.copyfile(folder / name, checkout / name)
            return 0
    sys.stderr.write(f"autograder: grade ended with exit code {code}; there is no result\n")
    return code


def grade(command: Path, kit: Path, checkout: Path, folder: Path) -> int:
    """Grade the checkout with the kit's course; the results lie in `folder`."""
    environment = {name: text for name, text in os.environ.items() if "TOKEN" not in name}
    ended = subprocess.run(
        [
            *(command, "run", "--submission", checkout),
            *("--format", "classroom50", "--output", folder / RESULT),
            *("--format", "markdown", "--output", folder / BODY),
            *("--format", "github"),  # printed: what students wrote can give no command to the job
        ],
        cwd=kit,
        env=environment,
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )
    return ended.returncode


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
