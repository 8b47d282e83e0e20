"""Several hosts on one database, really run: see :mod:`tests.cluster.__main__`."""
