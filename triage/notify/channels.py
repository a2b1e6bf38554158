"""Short messages by SMS gateway, chat, push or webhook; the only place that knows Apprise.

A channel's URL is a secret: it is in no error and no log line of ours, and the library's own log
lines, which tell parts of it, go nowhere.
"""

import logging
import re
from functools import lru_cache
from threading import Thread
from types import ModuleType
from typing import TYPE_CHECKING, Final

from triage.errors import DeliveryDeferred, DeliveryError, DeliveryRefused
from triage.notify.refusal import NeedsOperator
from triage.notify.words import one_line

if TYPE_CHECKING:
    from apprise import Apprise, AppriseResult, NotifyBase

DEADLINE: Final = 30.0
"""Seconds that a message may take from the first connection to the last answer."""

_READ_TIMEOUT, _CONNECT_TIMEOUT = 15.0, 8.0
"""SMS gateways take their time; who hangs up sooner and sends again makes doubles."""

_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")
_LATER = {408, 425, 429}
_WRONG_URL = {401, 402, 403, 404, 405, 407, 410}


def send(url: str, title: str, body: str, deadline: float = DEADLINE) -> str:
    """Hand a message to the service behind an Apprise URL; its answer in words.

    Raises ``DeliveryDeferred`` when it is worth trying again (``NeedsOperator`` when somebody must
    mend the URL or its key first), and ``DeliveryRefused`` when it is not. Redirects are not
    followed: they would carry key and message to a place nobody chose. A service that was too slow
    to answer may have taken the message.
    """
    service = _service(url)
    name = one_line(str(service.service_name), 60) or "the service"
    result = _within(deadline, service, title, body)
    if result is None:
        raise DeliveryDeferred(f"{name} did not answer in time")
    if not result:
        raise _failure(name, _statuses(result))
    return f"{name} took it"


def _service(url: str) -> "NotifyBase":
    library = _apprise()
    asset = library.AppriseAsset(
        app_id="Triage",
        app_desc="Triage",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        async_mode=False,
        service_timeout=0,
        language="en",
    )
    service: NotifyBase | None = library.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise NeedsOperator("the channel's URL is none that can be used")
    # Whatever the URL says: no redirects, no retries beside ours, and a failure is a failure.
    service.redirects, service.retry, service.optional = False, 0, False
    service.socket_read_timeout = max(service.socket_read_timeout, _READ_TIMEOUT)
    service.socket_connect_timeout = max(service.socket_connect_timeout, _CONNECT_TIMEOUT)
    return service


def _within(
    deadline: float, service: "NotifyBase", title: str, body: str
) -> "AppriseResult | None":
    """The outcome, or ``None`` where there is none in time.

    In a thread of its own: a service that answers a byte at a time holds up neither the worker
    nor, as the library's pool would, the messages to other services.
    """
    results: list[AppriseResult] = []
    sender: Apprise = _apprise().Apprise(service, asset=service.asset)

    def hand_over() -> None:
        results.append(sender.notify(body=body, title=title, body_format="text"))

    thread = Thread(target=hand_over, name="channel", daemon=True)
    thread.start()
    thread.join(deadline)
    return results[0] if results else None


def _statuses(result: "AppriseResult") -> list[int]:
    """The HTTP answers that the library tells of, in its words, which are not kept."""
    return [int(code) for entry in result.logs() for code in _STATUS.findall(entry.message)]


def _failure(name: str, statuses: list[int]) -> DeliveryError:
    if not statuses:
        return DeliveryDeferred(f"{name} cannot be reached, or did not take the message")
    status = statuses[-1]
    if status in _WRONG_URL or 300 <= status <= 399:
        return NeedsOperator(f"{name} answers {status}: the channel's URL or its key is wrong")
    if 400 <= status <= 499 and status not in _LATER:
        return DeliveryRefused(f"{name} answers {status}: it refuses the message")
    return DeliveryDeferred(f"{name} answers {status}")


@lru_cache(maxsize=1)
def _apprise() -> ModuleType:
    """The library, loaded when the first message goes out: it takes 40 MB and half a second."""
    library = logging.getLogger("apprise")
    library.setLevel(logging.WARNING)  # it says the URL below, and what statuses need above
    library.propagate = False
    library.addHandler(logging.NullHandler())
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    import apprise  # noqa: PLC0415

    return apprise
