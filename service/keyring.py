"""Secrets that the desk gives out, and what it keeps of them: never more than a digest."""

import secrets
from hashlib import sha256

TOKEN_PREFIX = "trg_"  # noqa: S105 - how a token begins, so that a leaked one is recognised
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans("OIL", "011")
_GROUPS, _GROUP = 4, 4


def new_secret(prefix: str = "") -> str:
    """256 bits of chance after ``prefix``."""
    return prefix + secrets.token_urlsafe(32)


def new_code() -> str:
    """80 bits of chance that a person can type: four groups of four, none mistaken for another."""
    letters = [secrets.choice(_LETTERS) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[i : i + _GROUP]) for i in range(0, len(letters), _GROUP))


def typed_code(text: str) -> str:
    """A code as a person typed it, in the form it was given out."""
    letters = "".join(filter(str.isalnum, text[:200].upper())).translate(_LOOKS_LIKE)
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def digest(secret: str) -> bytes:
    """What the store keeps of ``secret``. One hash suffices: there is nothing to guess."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
