"""Copy from another server: the public catalogue, and with a token what is the token's user's own.

The source is asked as any client asks it, one request at a time (:mod:`.client`). What was copied from where is noted
(:mod:`.models`), in the same transaction as the rows, so that a run that was cut off goes on where it was and the next
one writes what has changed alone. What cannot be read is left out and told, row by row; nothing is half-written.
"""

from __future__ import annotations

from ..rest.registry import Registry


def register(registry: Registry) -> None:
    """Add the tables that note what was copied."""
    from .models import MODELS

    registry.add_models(*MODELS)
