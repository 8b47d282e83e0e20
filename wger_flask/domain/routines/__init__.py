"""Routines, how they progress, and what was done: sessions and logs."""
