"""The library ways to be two."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

gained = []


def attempt(what, action):
    try:
        action()
        gained.append(what)
    except (OSError, RuntimeError, ImportError):
        pass


def process():
    child = multiprocessing.get_context("fork").Process(target=os._exit, args=(0,))
    child.start()
    child.join()


def pool():
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        executor.submit(os.getpid).result(timeout=1)


attempt("Process", process)
attempt("ProcessPoolExecutor", pool)
if gained:
    raise RuntimeError("escaped: started ".upper() + ", ".join(gained))
