"""A server for the wger REST API v2, built on Flask."""

__version__ = "0.1.0"
