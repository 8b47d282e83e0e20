"""A server for the wger REST API v2, built on Flask."""

__version__ = "0.1.0"

# Before any module imports Peewee by itself: storage spares a server the drivers that it does not use.
from . import storage  # noqa: E402, F401
