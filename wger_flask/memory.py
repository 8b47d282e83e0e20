"""Have what was needed for a moment given back to the system, so that a process stays small.

The C library of most Linux systems keeps a heap for each thread, and learns from every large text that
was let go to keep as much for the next: after a few large requests a process holds several times what
it ever used at once.  Told not to, it does not.
"""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE = 2**18


def release_memory_early() -> None:
    """Tell the C library, where it is one that can be told (glibc); to be called before threads begin."""
    try:
        tell = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return
    tell(_M_ARENA_MAX, 2)
    tell(_M_MMAP_THRESHOLD, _LARGE)
    tell(_M_TRIM_THRESHOLD, 4 * _LARGE)
