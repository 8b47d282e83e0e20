"""Say why a dump is refused."""


class ImportFailure(ValueError):
    """Say why a dump cannot be loaded, and where the reason is."""
