"""Ports for servers that take a number, not a socket: ``python3 -m tests.ports`` prints one."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_MOST = 20_000


def free_port(address: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on, nor will by chance before its server does.

    It is none of those that the system gives to whoever asks for any, and to each connection for its own end: such a
    one may be taken again meanwhile, even by a client that calls the server that is not there yet, and so itself.
    """
    try:
        first = int(_RANGE.read_text().split()[0])
    except OSError:  # another system: the dynamic ports of IANA
        first = 49152
    chosen = random.SystemRandom()  # of each process: tests in several begin with one seed
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for _ in range(1000):
        least = max(1024, first - _MOST)
        port = chosen.randrange(least, first) if first > least + 1000 else 0
        with socket.socket(family) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                if not port:
                    raise
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no port of {address} is free")


if __name__ == "__main__":
    print(free_port())
