"""What learners see in a browser: the map of the course, and the page of `grade watch`."""
