"""Deleting the folders that learner code wrote into."""

import os
import shutil
import subprocess


def remove_tree(folder: str) -> None:
    """Delete a scratch folder, whatever was done to it."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:  # before Python 3.13 it can only go as deep as the stack
        pass
    for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        if not os.path.exists(folder):
            return
        try:
            subprocess.run([*command, folder], stderr=subprocess.DEVNULL)
        except OSError:  # no such commands on this system
            return
