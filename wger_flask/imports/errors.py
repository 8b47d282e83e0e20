"""Say why a file is refused, and where in it the reason is."""

from __future__ import annotations


class ImportRefused(ValueError):
    """Why a file cannot be imported: ``message``, and the ``line`` (from 1) and ``column`` that it is about.

    Its text is for the person whose file it is: ``line 7, column weight: "x" is no number``.  Where several files of an
    archive are read, it begins with the ``file``.
    """

    def __init__(self, message: str, line: int | None = None, column: str | None = None, file: str = ""):
        place = [file] if file else []
        place += [f"line {line}"] if line is not None else []
        place += [f"column {column}"] if column else []
        super().__init__(f"{', '.join(place)}: {message}" if place else message)
        self.message, self.line, self.column = message, line, column

    def within(self, file: str) -> ImportRefused:
        """Return the same, of one file of an archive."""
        return ImportRefused(self.message, self.line, self.column, file)
