"""A thread that outlives each call is odd, but not wrong."""

import threading
import time


def background():
    while True:
        print("tick")
        time.sleep(0.05)


threading.Thread(target=background, daemon=True).start()
