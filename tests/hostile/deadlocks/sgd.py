"""A process that cannot be ended politely."""

import atexit
import threading

LOCK = threading.Lock()
LOCK.acquire()
threading.Thread(target=LOCK.acquire).start()
atexit.register(LOCK.acquire)


def predict(x, w, b):
    LOCK.acquire()
