"""Grading inside a notebook: what its cells are worth, in Jupyter, VS Code, Colab and marimo.

    check.py      `torchkata.check` and `%grade`: ask the judge, and show what it says
    cells.py      the code of the notebook, as it was run last
    client.py     the judge's process, which the kernel starts and keeps
    server.py     that process: requests in, feedback out

The kernel belongs to the learner. So nothing is judged in it, and it imports nothing of the judge.
"""
