"""What carries the course to students, and their scores back."""
