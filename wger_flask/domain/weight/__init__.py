"""Body weight over time."""
