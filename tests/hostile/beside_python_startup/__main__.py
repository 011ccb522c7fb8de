"""Runs when the folder is run."""

print("escaped: main".upper())
