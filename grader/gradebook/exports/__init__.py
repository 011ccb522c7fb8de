"""What leaves a gradebook: tables of our own, and those of platforms, filled in."""
