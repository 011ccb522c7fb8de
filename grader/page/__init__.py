"""The page of `grade watch --page`: a local server, and what it shows."""
