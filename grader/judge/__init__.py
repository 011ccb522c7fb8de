"""One submission judged: the trusted side, from its source to a report."""
