"""Say why a take-out is refused."""


class Refused(ValueError):
    """Say why a take-out cannot be brought in: in which file of it, and in which row."""
