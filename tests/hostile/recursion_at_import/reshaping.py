"""A RecursionError before anything is defined."""


def again():
    return again() + again()


again()
