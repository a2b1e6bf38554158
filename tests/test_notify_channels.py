"""Short messages by further channels: handed over, or the failure told by who can mend it."""

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.notices import EVERY
from tests.servers.webhook import WebhookServer
from tests.waiting import PATIENCE, until
from triage.errors import DeliveryDeferred, DeliveryError, DeliveryRefused
from triage.notify import NeedsOperator, short_text
from triage.notify.channels import send

SECRET = "t0p-s3cret-t0ken"


@pytest.fixture
def hook() -> Iterator[WebhookServer]:
    with WebhookServer() as running:
        yield running


def test_a_message_arrives_as_it_was(hook: WebhookServer) -> None:
    answer = send(
        hook.url(f"T0/{SECRET}"), "HIGH: new", "Take it.\n<b>*&_ :smile: \\n https://t.e/7"
    )
    [message] = hook.received
    assert message.path == f"/T0/{SECRET}"
    assert message.fields["title"] == "HIGH: new"
    assert message.fields["message"] == "Take it.\n<b>*&_ :smile: \\n https://t.e/7"
    assert answer.endswith("took it")


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_of_notice_goes_out(hook: WebhookServer, kind: str) -> None:
    title, body = short_text(EVERY[kind])
    send(hook.url(), title, body)
    [message] = hook.received
    assert (message.fields["title"], message.fields["message"]) == (title, body)


ANSWERS = {
    301: NeedsOperator,
    307: NeedsOperator,
    400: DeliveryRefused,
    401: NeedsOperator,
    403: NeedsOperator,
    404: NeedsOperator,
    408: DeliveryDeferred,
    410: NeedsOperator,
    413: DeliveryRefused,
    429: DeliveryDeferred,
    500: DeliveryDeferred,
    503: DeliveryDeferred,
}


@pytest.mark.parametrize("status", ANSWERS)
def test_an_answer_is_told_by_who_can_mend_it(hook: WebhookServer, status: int) -> None:
    hook.answer = status
    with pytest.raises(DeliveryError, match=str(status)) as caught:
        send(hook.url(), "t", "b")
    assert caught.type is ANSWERS[status]
    assert len(hook.received) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("query", ["", "?redirect=yes"])
def test_a_redirect_is_not_followed(hook: WebhookServer, status: int, query: str) -> None:
    with WebhookServer() as elsewhere:
        hook.answer, hook.location = status, f"http://127.0.0.1:{elsewhere.port}/x"
        with pytest.raises(NeedsOperator, match=str(status)):
            send(hook.url(query=query), "t", "b")
        assert elsewhere.received == []


def test_a_failure_is_one_even_where_the_url_calls_it_optional(hook: WebhookServer) -> None:
    hook.answer = 500
    with pytest.raises(DeliveryDeferred):
        send(hook.url(query="?optional=yes&retry=3&wait=0"), "t", "b")
    assert len(hook.received) == 1


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(DeliveryDeferred, match="cannot be reached"):
            send(f"json://127.0.0.1:{port}/x", "t", "b")


def test_a_broken_connection_is_tried_again(hook: WebhookServer) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    hook.behave = hang_up
    with pytest.raises(DeliveryDeferred, match="cannot be reached"):
        send(hook.url(), "t", "b")


def _silence(hook: WebhookServer, handler: BaseHTTPRequestHandler) -> None:
    hook.closing.wait(PATIENCE)


def _a_byte_at_a_time(hook: WebhookServer, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not hook.closing.wait(0.1):
        handler.wfile.write(b"x")


@pytest.mark.parametrize("behave", [_silence, _a_byte_at_a_time])
def test_a_service_that_never_ends_its_answer_is_left(hook: WebhookServer, behave) -> None:  # type: ignore[no-untyped-def]
    hook.behave = lambda handler: behave(hook, handler)
    with pytest.raises(DeliveryDeferred, match="in time"):
        send(hook.url(), "t", "b", deadline=0.5)


def test_services_that_hang_do_not_hold_up_others(hook: WebhookServer) -> None:
    hook.behave = lambda handler: _silence(hook, handler)
    for _ in range(20):
        with pytest.raises(DeliveryDeferred, match="in time"):
            send(hook.url(), "t", "b", deadline=0.05)
    until(lambda: len(hook.received) == 20)
    with WebhookServer() as other:
        send(other.url(), "t", "b")
        assert len(other.received) == 1


BAD_URLS = {
    "empty": "",
    "a word": SECRET,
    "no such service": f"nonesuch://{SECRET}",
    "incomplete": "slack://",
    "plain": f"://{SECRET}",
    "a bad port": f"json://u:{SECRET}@host:99999999/",
    "nothing behind": f"slack://{SECRET}",
    "control characters": f"json://\r\n{SECRET}\0/",
}


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS)
def test_a_url_that_is_none_is_for_the_operator(url: str) -> None:
    with pytest.raises(DeliveryDeferred) as caught:
        send(url, "t", "b", deadline=5)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("status", [200, 401, 404, 500])
def test_the_secret_is_neither_logged_nor_told(
    hook: WebhookServer,
    status: int,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    hook.answer = status
    told = ""
    try:
        send(hook.url(SECRET, f"me:{SECRET}@", f"?-key={SECRET}"), "t", "b")
    except DeliveryError as error:
        told = f"{error!r} {error.__cause__!r} {error.__context__!r}"
    out = "".join(capfd.readouterr())
    assert SECRET not in told + caplog.text + out
    assert len(hook.received) == 1


def test_the_library_is_loaded_by_the_first_message_alone() -> None:
    script = (
        "import sys, triage.notify, triage.notify.channels as c\n"
        "assert 'apprise' not in sys.modules and 'requests' not in sys.modules\n"
        "try: c.send('none', 't', 'b')\n"
        "except c.NeedsOperator: assert 'apprise' in sys.modules\n"
        "else: raise SystemExit('sent')\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
