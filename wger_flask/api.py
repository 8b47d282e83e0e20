"""Everything that a subject or a plugin builds with, in one import.

This is the public face of the kit: what is not here is nobody's business but the kit's.
``docs/adding-a-resource.md`` and ``docs/plugins.md`` walk through it.
"""

from __future__ import annotations

__all__ = [name for name in dir() if not name.startswith("_") and name != "annotations"]
