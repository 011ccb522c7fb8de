"""An empty page."""
