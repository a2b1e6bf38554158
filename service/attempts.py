"""Wrong keys, counted by where they come from, so that guessing takes for ever."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from time import monotonic


@dataclass(frozen=True, slots=True)
class Attempts:
    """A bucket an address: so many wrong keys at once, then one every ``seconds``.

    Only the event loop touches it. Addresses beyond ``most`` push out those not seen longest;
    browsers already signed in are never held up.
    """

    at_once: int = 10
    seconds: float = 10.0
    most: int = 4096
    clock: Callable[[], float] = monotonic
    _level: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, address: str) -> float:
        """Seconds until ``address`` may offer a key again; 0 when it may now."""
        return max(0.0, (self._filled(_network(address)) + 1 - self.at_once) * self.seconds)

    def wrong(self, address: str) -> None:
        """Note a wrong key from ``address``."""
        network = _network(address)
        self._level[network] = (self._filled(network) + 1, self.clock())
        self._level.move_to_end(network)
        if len(self._level) > self.most:
            self._level.popitem(last=False)

    def _filled(self, network: str) -> float:
        level, at = self._level.get(network, (0.0, 0.0))
        return max(0.0, level - (self.clock() - at) / self.seconds)


def _network(address: str) -> str:
    """An IPv6 customer has a /64 at least, so one address of it counts for all."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
