"""Ports for servers that take no listening socket, only a number."""

import random
import socket
from itertools import islice
from pathlib import Path

ADDRESS = "127.0.0.1"
_HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, from below those that the system hands out by itself: none of the
    connections that come and go meanwhile is given one before the server binds it, nor while the
    server is down."""
    first = int(_HANDED_OUT.read_text().split()[0]) if _HANDED_OUT.exists() else 32768
    below = range(max(1025, first - 20_000), first)
    return list(islice(filter(_is_free, random.sample(below, len(below))), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
