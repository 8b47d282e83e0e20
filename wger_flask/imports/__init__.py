"""Data of other apps: their files become rows of a user.

A *format* knows how an app writes its file and reads records from it; a *store* knows how records of one kind become
rows; a *run* remembers what was written, so that it can be taken back.  Formats are declared
(:class:`~.formats.ImportFormat`), those of plugins as well.
"""
