"""Bring data in: dumps of a wger database, and what a new server starts with."""
