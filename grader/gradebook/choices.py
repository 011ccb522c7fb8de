"""What the commands of a class can be asked for; by itself, since every command line imports it."""

from enum import StrEnum


class Told(StrEnum):
    """What each student reads."""

    SCORES = "scores"
    FULL = "full"


class Platform(StrEnum):
    """Who reads an export."""

    CSV = "csv"
    JSON = "json"
    CANVAS = "canvas"
    MOODLE = "moodle"
    NBGRADER = "nbgrader"
    JUNIT = "junit"
    GRADESCOPE = "gradescope"
    JPLAG = "jplag"
    DOLOS = "dolos"
