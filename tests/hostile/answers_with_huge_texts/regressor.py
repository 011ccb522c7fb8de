"""The report stays readable: the judge bounds what it keeps."""

import sys

from grader.sandbox import wire

LONG = "A" * 1_700_000


def lie(*args, **kwargs):
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "channel"):
        frame = frame.f_back
    exception = [LONG, ["ValueError", LONG], LONG, [["regressor.py", 1, LONG]], None]
    frame.f_locals["self"].channel.sendall(wire.pack(["raised", exception], []))


LinearRegressor = MLPRegressor = train = evaluate = predict = count_parameters = lie
