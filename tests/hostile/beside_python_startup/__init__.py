"""Runs when the folder is imported as a package."""

print("escaped: package".upper())
