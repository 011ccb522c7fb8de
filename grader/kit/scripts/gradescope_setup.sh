#!/usr/bin/env bash
# Gradescope runs this once, while it builds the image: Python's environment for run_autograder.
set -euo pipefail
ROOT="${ROOT:-/autograder}"

# The default Linux build of torch includes CUDA (several GB). For the CPU build, put here the index
# that PyTorch's "Get Started" page names for CPU.
export PIP_EXTRA_INDEX_URL="${PIP_EXTRA_INDEX_URL:-}"

suitable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'
}

find_python() {
    local name
    for name in python3.13 python3.12 python3.14 python3.11 python3; do
        if suitable "$name" 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    apt-get update
    apt-get install --yes python3-venv
    apt-get install --yes python3.12-venv || apt-get install --yes python3.11-venv || true
    if ! python=$(find_python); then
        echo "setup.sh: Python 3.11 to 3.14 is needed: choose the newest base image" >&2
        exit 1
    fi
fi

"$python" -m venv "$ROOT/venv"
cd "$ROOT/source"
"$ROOT/venv/bin/python" -m pip install --no-cache-dir --requirement requirements.txt
"$ROOT/venv/bin/grade" --version
