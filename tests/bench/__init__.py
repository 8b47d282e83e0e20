"""Measure the server against endpoints written by hand that give the same bytes: ``make bench``."""
