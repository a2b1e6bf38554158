"""Signatures after the Standard Webhooks specification, version 1."""

import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error
from datetime import datetime
from hashlib import sha256

_PREFIX = "whsec_"


def new_secret() -> str:
    """192 bits of chance, in the form that libraries for such webhooks take."""
    return _PREFIX + b64encode(secrets.token_bytes(24)).decode()


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 over id, time and body. Raises ``ValueError`` for a secret that
    is none."""
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except Error:
        raise ValueError("no secret of a webhook") from None
    said = f"{id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.new(key, said, sha256).digest()).decode()}"


def signed(secret: str, id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers that go with ``body``."""
    timestamp = int(now.timestamp())
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, id, timestamp, body),
    }
