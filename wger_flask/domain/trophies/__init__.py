"""Awards, and the statistics they are judged by."""
