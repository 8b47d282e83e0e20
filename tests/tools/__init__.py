"""Programs that make what the project ships, run by hand when it shall change."""
