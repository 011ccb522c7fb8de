"""Runs when Python starts."""

raise SystemExit("escaped: usercustomize".upper())
