"""Body measurements in categories of the user's own."""
