"""Grading inside a notebook: what its cells are worth, in Jupyter, VS Code, Colab and marimo.

The kernel belongs to the learner. So nothing is judged in it, and it imports nothing of the judge.
"""
