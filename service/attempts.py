"""Wrong passwords and codes, counted by where they come from, so that guessing takes for ever."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from threading import Lock
from time import monotonic


@dataclass(frozen=True, slots=True)
class Attempts:
    """A bucket a key: so many attempts at once, then one every ``seconds``.

    An attempt counts when it begins, so that many at a time gain nothing, and is taken back when
    it was right. Keys beyond ``most`` push out those not seen longest.
    """

    at_once: int = 10
    seconds: float = 10.0
    most: int = 4096
    clock: Callable[[], float] = monotonic
    _level: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, key: str) -> float:
        """0 when an attempt may be made now, which counts; else seconds until it may."""
        with self._lock:
            filled = self._filled(key)
            wait = (filled + 1 - self.at_once) * self.seconds
            if wait > 0:
                return wait
            self._set(key, filled + 1)
            return 0.0

    def take_back(self, key: str) -> None:
        """The attempt was right after all."""
        with self._lock:
            self._set(key, max(0.0, self._filled(key) - 1))

    def _set(self, key: str, level: float) -> None:
        self._level[key] = (level, self.clock())
        self._level.move_to_end(key)
        if len(self._level) > self.most:
            self._level.popitem(last=False)

    def _filled(self, key: str) -> float:
        level, at = self._level.get(key, (0.0, 0.0))
        return max(0.0, level - (self.clock() - at) / self.seconds)


@dataclass(frozen=True, slots=True)
class Door:
    """What slows down who guesses: where they come from, and whom they try from there.

    Nothing is ever counted against an account alone, so no stranger can lock its owner out.
    """

    by_address: Attempts = field(default_factory=lambda: Attempts(at_once=20, seconds=6))
    by_account: Attempts = field(default_factory=lambda: Attempts(at_once=6, seconds=30))

    def begin(self, address: str, login: str = "") -> float:
        """0 when an attempt may be made now; else seconds until it may."""
        place = network(address)
        wait = self.by_address.begin(place)
        if wait or not login:
            return wait
        return self.by_account.begin(_pair(place, login))

    def take_back(self, address: str, login: str = "") -> None:
        place = network(address)
        self.by_address.take_back(place)
        if login:
            self.by_account.take_back(_pair(place, login))


def _pair(place: str, login: str) -> str:
    return f"{place} {login[:200]}"


def network(address: str) -> str:
    """An IPv6 customer has a /64 at least, so one address of it counts for all."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
