"""ImapSource on a true Dovecot: waiting for mail, and what can happen meanwhile."""

from collections.abc import Callable, Iterator
from threading import Event, Thread, Timer

import pytest

from tests.mailboxes import imap_source, mail
from tests.servers.dovecot import WITHOUT_IDLE, Dovecot, require_dovecot
from tests.waiting import PATIENCE
from triage.errors import MailboxError
from triage.mailbox import ImapSource
from triage.mailbox.wire import Wire

pytestmark = pytest.mark.dovecot


@pytest.fixture
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot() as running:
        yield running


@pytest.fixture
def idle_less() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot(settings=WITHOUT_IDLE) as running:
        yield running


def quiet(source: ImapSource) -> list[int]:
    """List what is there, so that ``wait`` speaks of later mail only."""
    found = source.uids()
    assert not source.wait(0.1, Event())
    return found


@pytest.mark.parametrize("security", ["plain", "tls"])
def test_idle_wakes_on_new_mail(server: Dovecot, security: str) -> None:
    source = imap_source(
        server,
        host="localhost",
        port=server.tls_port if security == "tls" else server.port,
        security=security,
        ca_file=server.ca_file,
        poll_seconds=600,
    )
    quiet(source)
    appending = Timer(0.2, server.append, ("desk", mail("wake up")))
    appending.start()
    assert source.idles
    assert source.wait(60, Event())
    assert source.uids() == [1]
    appending.join()
    source.close()


def test_without_idle_the_server_is_asked(idle_less: Dovecot) -> None:
    source = imap_source(idle_less, poll_seconds=0.2)
    assert not source.idles
    quiet(source)
    appending = Timer(0.1, idle_less.append, ("desk", mail("wake up")))
    appending.start()
    assert source.wait(60, Event())
    assert source.uids() == [1]
    appending.join()
    source.close()


def test_idle_can_be_switched_off(server: Dovecot) -> None:
    source = imap_source(server, idle=False, poll_seconds=0.1)
    quiet(source)
    server.append("desk", mail("wake up"))
    assert source.wait(60, Event())
    source.close()


def test_nothing_new_is_no_news(server: Dovecot) -> None:
    server.append("desk", mail("old"))
    source = imap_source(server, poll_seconds=0.05)
    quiet(source)
    assert not source.wait(1, Event())
    source.close()


def test_mail_told_of_during_a_fetch_ends_the_next_wait(server: Dovecot) -> None:
    server.append_many("desk", [mail(f"m{number}") for number in range(250)])
    source = imap_source(server, poll_seconds=600)
    fetching = source.fetch(quiet(source))
    next(fetching)
    late = server.append("desk", mail("late"))
    assert len(list(fetching)) == 249  # the server says EXISTS in passing, and never again
    assert source.wait(60, Event())
    assert late in source.uids()
    source.close()


@pytest.mark.parametrize("idle", [True, False])
def test_stop_ends_a_wait_at_once(server: Dovecot, idle: bool) -> None:
    source = imap_source(server, idle=idle, poll_seconds=600)
    quiet(source)
    stop = Event()
    outcome: list[bool] = []
    waiting = Thread(target=lambda: outcome.append(source.wait(600, stop)))
    waiting.start()
    stop.set()
    waiting.join(PATIENCE)
    assert outcome == [False]
    assert source.uids() == []  # still in good order
    source.close()


@pytest.mark.parametrize("idle", [True, False])
def test_a_connection_dropped_while_waiting_is_an_error(server: Dovecot, idle: bool) -> None:
    source = imap_source(server, idle=idle, poll_seconds=0.3)
    quiet(source)
    dropping = Timer(0.2, server.kill_sessions)
    dropping.start()
    with pytest.raises(MailboxError):
        source.wait(60, Event())
    dropping.join()
    server.append("desk", mail("later"))
    source.open()
    assert source.uids() == [1]
    source.close()


def test_a_connection_dropped_while_fetching_is_an_error_and_nothing_comes_twice(
    server: Dovecot,
) -> None:
    server.append_many("desk", [mail(f"m{number}") for number in range(500)])
    source = imap_source(server)
    uids, got = source.uids(), []
    with pytest.raises(MailboxError):
        for raw in source.fetch(uids):
            got.append(raw.place.uid)
            if len(got) == 1:
                server.kill_sessions()
    assert got == uids[: len(got)]
    source.open()
    got += [raw.place.uid for raw in source.fetch(source.uids(above=got[-1]))]
    assert got == uids
    source.close()


def test_a_server_that_falls_silent_is_an_error(server: Dovecot) -> None:
    source = imap_source(server, timeout=5.0, poll_seconds=0.1)
    quiet(source)
    server.pause_sessions()
    try:
        with pytest.raises(MailboxError, match="no answer within 5 s"):
            source.wait(60, Event())
        with pytest.raises(MailboxError, match="not open"):
            source.uids()
    finally:
        server.pause_sessions(paused=False)
    source.close()


def test_stop_is_heeded_when_the_server_falls_silent_during_idle(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timeout is longer than a test may take."""
    source = imap_source(server, timeout=3600.0, poll_seconds=3600)
    quiet(source)
    stop, idling = Event(), Event()
    monkeypatch.setattr(Wire, "wait_readable", _telling(idling))

    def fall_silent() -> None:
        idling.wait(PATIENCE)
        server.pause_sessions()
        stop.set()

    falling = Thread(target=fall_silent)
    falling.start()
    try:
        with pytest.raises(MailboxError):
            source.wait(3600, stop)
    finally:
        falling.join()
        server.pause_sessions(paused=False)
    source.close()


def _telling(idling: Event) -> Callable[[Wire, float, Event], bool]:
    """``wait_readable``, which says when it has begun: the server has agreed to IDLE by then."""
    wait = Wire.wait_readable

    def telling(wire: Wire, seconds: float, stop: Event) -> bool:
        idling.set()
        return wait(wire, seconds, stop)

    return telling


def test_a_new_uidvalidity_is_told_at_reopening(server: Dovecot) -> None:
    server.append("desk", mail("one"))
    source = imap_source(server)
    before = source.uidvalidity
    server.set_uidvalidity("desk", "INBOX", before + 7)
    with pytest.raises(MailboxError):
        source.uids()
    source.open()
    assert source.uidvalidity == before + 7
    (raw,) = source.fetch(source.uids())
    assert raw.place.uidvalidity == before + 7
    assert raw.content == mail("one")
    source.close()


def test_a_folder_made_anew_during_a_session_is_an_error(server: Dovecot) -> None:
    server.create("desk", "Inbox2")
    server.append("desk", mail("one"), folder="Inbox2")
    source = imap_source(server, folder="Inbox2", poll_seconds=0.1, idle=False)
    before = source.uidvalidity
    source.uids()
    client = server.client("desk")
    client.delete_folder("Inbox2")
    client.create_folder("Inbox2")
    server.append("desk", mail("another"), folder="Inbox2")
    with pytest.raises(MailboxError):
        for _ in range(100):
            source.wait(1, Event())
            source.uids()
    source.open()
    assert source.uidvalidity != before
    source.close()


def test_a_server_that_restarts_is_found_again(server: Dovecot) -> None:
    server.append("desk", mail("before"))
    source = imap_source(server)
    known = source.uids()
    server.stop()
    with pytest.raises(MailboxError):
        source.uids()
    with pytest.raises(MailboxError):
        source.open()
    server.start()
    server.append("desk", mail("after"))
    source.open()
    assert source.uids(above=known[-1]) == [known[-1] + 1]
    source.close()
