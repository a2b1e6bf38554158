"""Passwords: argon2id, a few at a time, and the same effort for a login that nobody has."""

from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from triage.errors import ActRefused

SHORTEST, LONGEST = 12, 256
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)
_NOBODYS: Final = (
    "$argon2id$v=19$m=47104,t=2,p=1$t9jbZTXRz5udGAJcOqqP5Q$"
    "OlAiL8qA+78/dDiKEaiUHVN7k2V/kG72+KKfLTGEQP0"
)
"""Of no password: what is tried against it costs as much as against a real one."""
_AT_ONCE: Final = BoundedSemaphore(4)
"""Each takes 46 MB: many at a time would take the memory that mail is read with."""


def hashed(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


def matches(kept: str, offered: str) -> bool:
    """Whether ``offered`` is the password of which ``kept`` is the hash; an empty ``kept``
    matches nothing, and takes as long."""
    with _AT_ONCE:
        try:
            right = _HASHER.verify(kept or _NOBODYS, _bytes(offered[: LONGEST + 1]))
        except (Argon2Error, InvalidHashError):
            return False
    return right and bool(kept)


def outdated(kept: str) -> bool:
    """Whether the hash was made with less effort than is asked for today."""
    return _HASHER.check_needs_rehash(kept)


def require_good(password: str, *, login: str, name: str) -> None:
    """Long, and not the login or the name: composition rules make passwords worse.

    Raises ``ActRefused``.
    """
    if len(password) < SHORTEST:
        raise ActRefused(f"password: at least {SHORTEST} characters", ("password",))
    if len(password) > LONGEST:
        raise ActRefused(f"password: at most {LONGEST} characters", ("password",))
    plain = password.casefold().strip()
    if plain in {login.casefold(), name.casefold()} or len(set(plain)) < 5:
        raise ActRefused("password: too easily guessed", ("password",))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
