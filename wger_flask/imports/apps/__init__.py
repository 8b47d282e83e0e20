"""The apps whose files can be imported, a module each."""

from __future__ import annotations

from . import hevy

FORMATS = (hevy.FORMAT,)
