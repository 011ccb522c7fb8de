"""A watcher that only looks when all is quiet does not see this."""

import os
import threading
import time


def chatter():
    while True:
        os.write(1, b"la la la\n")
        time.sleep(0.002)


def evaluate(model, x, y):
    threading.Thread(target=chatter, daemon=True).start()
    block, written = b"x" * (1 << 20), 0
    for number in range(400):
        with open(f"hostile-{number}", "wb") as file:
            for _ in range(8):
                written += file.write(block)
                time.sleep(0.001)
        if written > 400 << 20:
            raise RuntimeError("escaped: wrote 400 MiB".upper())
