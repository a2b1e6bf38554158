"""Where a webhook may go: to hosts outside, and only to the address that was looked at."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from triage.errors import TriageError

LONGEST = 2000
_PORTS = {"http": 80, "https": 443}


class Refused(TriageError):
    """The address is none that anything is sent to; trying again will not help."""


class NotThere(TriageError):
    """The name is not known now; worth trying again."""


@dataclass(frozen=True, slots=True)
class Target:
    """``address`` is the one to connect to, whatever the name means a moment later."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def well_formed(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with query. Raises ``Refused`` that says what is wrong."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("this is no address") from None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or len(url) > LONGEST or parts.scheme not in _PORTS or not parts.hostname:
        raise Refused("write an address such as https://example.org/hook")
    if parts.username is not None or parts.password is not None:
        raise Refused("an address with a login in it would be kept in the open: leave it out")
    if parts.fragment:
        raise Refused("an address to send to has no # part")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    chosen = _PORTS[parts.scheme] if port is None else port
    if chosen == 0:
        raise Refused("this is no port")
    return parts.scheme, parts.hostname, chosen, path


def resolved(url: str, *, private: bool = False) -> Target:
    """The target of ``url``. Unless ``private``, none that lies in a network of the house's own.

    Raises ``Refused``, and ``NotThere`` where the name has no address now.
    """
    scheme, host, port, path = well_formed(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotThere(f"no address is known for {host[:100]}") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not private and not is_public(address):
            raise Refused(f"{host[:100]} lies in a private network, where nothing is sent")
    return Target(scheme, host, port, path, addresses[0])


def is_public(address: str) -> bool:
    """Whether an address lies in the open internet, also one wrapped into an IPv6 address."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or _translated(parsed)
        if inner is not None:
            return is_public(str(inner))
        if parsed.teredo is not None:
            return False
    return parsed.is_global and not (
        parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified
    )


def _translated(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address behind NAT64's well-known prefix, 64:ff9b::/96."""
    whole = int(address)
    return IPv4Address(whole & 0xFFFFFFFF) if whole >> 32 == 0x64FF9B << 64 else None
