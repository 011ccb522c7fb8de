"""What a learner wrote, read as untrusted text."""
