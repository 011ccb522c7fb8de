"""The judge is always busy, never waiting: does it still look at the clock?"""

import os
import threading

from grader.sandbox import wire, encode


def swallow():
    while os.read(3, 1 << 20):
        pass


def gradient(f, x, h=1e-6):
    threading.Thread(target=swallow, daemon=True).start()
    os.set_blocking(3, True)
    writer = encode.Writer()
    payload = writer.write([x.double()])
    calls = wire.pack(["callback", 0, payload], writer.buffers) * 1000
    while True:
        view = memoryview(calls)
        while view:
            view = view[os.write(3, view) :]
