"""The access key, and the tokens that stand for it in a browser's cookie."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

from triage.errors import ConfigError

SHORTEST = 16
LIFETIME = 7 * 24 * 3600
"""Seconds that a browser stays signed in."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """A token is ``expiry.nonce.signature``: it proves that its holder once gave the key, says
    nothing about the key, and dies with it. Raises ``ConfigError`` for a key easily guessed."""

    key: str

    def __post_init__(self) -> None:
        if len(self.key) < SHORTEST:
            raise ConfigError(f"the access key must have at least {SHORTEST} characters")

    def opens(self, offered: str) -> bool:
        """Whether ``offered`` is the key; takes the same time whatever it is."""
        return hmac.compare_digest(_digest(offered), _digest(self.key))

    def issue(self, now: float) -> str:
        """A fresh token, good for ``LIFETIME`` from ``now`` (Unix seconds)."""
        claim = f"{int(now) + LIFETIME}.{secrets.token_urlsafe(12)}"
        return f"{claim}.{self._sign(claim)}"

    def honours(self, token: str, now: float) -> bool:
        """Whether ``token`` is one of ours and still good."""
        claim, _, signature = token.rpartition(".")
        if not hmac.compare_digest(_digest(signature), _digest(self._sign(claim))):
            return False
        expiry = claim.partition(".")[0]
        return now < int(expiry)  # signed by us, hence a number

    def _sign(self, claim: str) -> str:
        secret = hmac.digest(self.key.encode(), b"triage: browser tokens", "sha256")
        return hmac.new(secret, _bytes(claim), sha256).hexdigest()


def _digest(text: str) -> bytes:
    return sha256(_bytes(text)).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
