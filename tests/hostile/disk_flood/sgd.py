"""Each file is small enough; together they are not."""

import tempfile
import time


def predict(x, w, b):
    block = b"x" * (1 << 20)
    written = 0
    for number in range(400):
        with open(f"{tempfile.gettempdir()}/hostile-{number}", "wb") as file:
            for _ in range(8):
                written += file.write(block)
                time.sleep(0.001)
        if written > 400 << 20:
            raise RuntimeError("escaped: wrote 400 MiB".upper())
