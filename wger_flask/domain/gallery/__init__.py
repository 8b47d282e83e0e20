"""Progress photos."""
