"""Getting a notice through, without its attachment if need be."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import structlog

from triage.notify.compose import Notice, compose_any
from triage.notify.notice import FlagNotice
from triage.notify.refusal import ContentRefused, worded

log = structlog.get_logger()


def deliver(send: Callable[[EmailMessage], str], notice: Notice) -> str:
    """Compose and send a notice; the server's answer. Raises ``DeliveryError`` alone.

    A virus or a size that the server will not take is the customer's, in the attached original;
    the flag is told of all the same, and the text says where the original lies.
    """
    try:
        return send(_composed(notice))
    except ContentRefused as error:
        if not isinstance(notice, FlagNotice) or not notice.original:
            raise
        log.warning("notice sent again without the original", answer=str(error))
        return send(_composed(replace(notice, original=b"")))


def _composed(notice: Notice) -> EmailMessage:
    with worded():
        return compose_any(notice)
