"""A class: its repositories collected, graded, written down, and told of."""
