"""What each student is told; by itself, since every command line imports it."""

from enum import StrEnum


class Told(StrEnum):
    """In an issue of their repository."""

    SCORES = "scores"
    FULL = "full"
