"""Grading inside a notebook: `%grade softmax` shows what the cells that were run are worth.

    extension.py  the kernel's side: what was run, and how an answer is shown
    client.py     the judge's process, which the kernel starts and keeps
    server.py     that process: requests in, feedback out
    selection.py  what a name means, beside the cells that were run

The kernel belongs to the learner. So nothing is judged in it, and it imports nothing of the judge.
"""
