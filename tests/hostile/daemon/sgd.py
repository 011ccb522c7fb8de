"""A daemon has no parent that could end it."""

import os
import time


def predict(x, w, b):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for descriptor in range(256):
                try:
                    os.close(descriptor)
                except OSError:
                    pass
            time.sleep(30)
            with open("/tmp/hostile-left-by-daemon", "w") as file:
                file.write("still here")
            os._exit(0)
        os._exit(0)
    return x
