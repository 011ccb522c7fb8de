"""Runs when Python starts, if this folder is on its path."""

import os

print("escaped: sitecustomize".upper())
os._exit(0)
