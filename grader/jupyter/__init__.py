"""Grading inside a notebook: what its cells are worth, in Jupyter, VS Code, Colab and marimo.

    check.py      `torchkata.check`: asks the judge, and gives an answer that shows itself
    cells.py      the code of the notebook, as it was run last
    extension.py  `%grade`, which does the same
    client.py     the judge's process, which the kernel starts and keeps
    server.py     that process: requests in, feedback out
    selection.py  what a name means, beside the cells that were run

The kernel belongs to the learner. So nothing is judged in it, and it imports nothing of the judge.
"""
