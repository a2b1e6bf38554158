"""One POST to one address: no redirect is followed, and little of the answer is read."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from triage.errors import TriageError
from triage.webhooks.guard import Target

SECONDS = 10.0
_MOST = 2048


class Unreachable(TriageError):
    """There was no answer; worth trying again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``said`` is the first of its words, on one line."""

    status: int
    said: str

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no more of it."""
        return self.status == 410


def post(
    target: Target, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS
) -> Answer:
    """Raises ``Unreachable``."""
    connection = _connection(target, seconds)
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        said = answer.read(_MOST).decode("utf-8", "replace")
        return Answer(answer.status, " ".join(said.split())[:300])
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"no answer: {_reason(error)}") from None
    finally:
        connection.close()


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate will not do: {error.verify_message}"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)[:200]


def _connection(target: Target, seconds: float) -> http.client.HTTPConnection:
    """To the address that was looked at, under the name it was asked for by."""
    made = (
        http.client.HTTPSConnection(target.host, target.port, timeout=seconds, context=_trusted())
        if target.scheme == "https"
        else http.client.HTTPConnection(target.host, target.port, timeout=seconds)
    )

    def to_that_address(
        _: tuple[str, int], timeout: float | None = seconds, source: object = None
    ) -> socket.socket:
        return socket.create_connection((target.address, target.port), timeout)

    made._create_connection = to_that_address  # type: ignore[attr-defined]
    return made


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
