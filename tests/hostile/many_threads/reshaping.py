"""A thread costs a stack here and an entry in a table of everybody's."""

import threading
import time


def infer_shape(numel, shape):
    threading.stack_size(65536)
    for number in range(3000):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        time.sleep(0.0005)
    raise RuntimeError("escaped: started 3,000 threads".upper())
