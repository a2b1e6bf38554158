"""Keywords: labels on a mail that IMAP programmes set and search for (RFC 9051, 2.3.2)."""

from collections.abc import Mapping
from typing import Any

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from triage.mailbox.connection import Connection, is_passing, tidy

log = structlog.get_logger()


def bearing(client: Connection, keyword: str) -> list[int]:
    """UIDs of the folder's mail with the keyword; none where the server will not search for it,
    which holds up nothing else."""
    try:
        return sorted(client.search(["KEYWORD", keyword]))
    except (IMAPClientAbortError, ProtocolError):
        raise
    except IMAPClientError as exc:
        if is_passing(exc):
            raise
        log.debug("the server searches for no keyword", keyword=keyword, reason=tidy(exc))
        return []


def keeps(answer: Mapping[bytes, Any], keyword: str) -> bool:
    """Whether a folder, by the answer to SELECT, takes the keyword or new ones at all."""
    kept = {flag.lower() for flag in answer.get(b"PERMANENTFLAGS", ())}
    return rb"\*" in kept or keyword.lower().encode() in kept
