"""Noise costs nothing but the noise: the answers are right, and the report stays small."""

import sys


def chatter(frame, event, argument):
    if event == "call" and frame.f_code.co_filename == __file__:
        sys.setprofile(None)
        print("\x1b[31m" + "noise " * 170_000)
        sys.setprofile(chatter)


sys.setprofile(chatter)
