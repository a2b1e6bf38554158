"""ImapSource against servers that are hostile or broken: a scripted one, true bytes on a socket."""

import base64
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from tests.waiting import PATIENCE
from triage.errors import MailboxError, MailboxRefused
from triage.mailbox import ImapSettings, ImapSource
from triage.mailbox import wire as wire_module

Answer = Callable[[bytes, bytes], bytes]

SELECTED = (
    b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 9] next\r\n"
    b"%s OK [READ-ONLY] done\r\n"
)


def well_behaved(tag: bytes, command: bytes) -> bytes:
    """What an ordinary server says to the commands before the interesting one."""
    if command.startswith(b"CAPABILITY"):
        return b"* CAPABILITY IMAP4rev1 IDLE AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n"
    if command.startswith(b"EXAMINE"):
        return SELECTED % tag
    if b"SEARCH" in command:
        return b"* SEARCH 1 2 3\r\n" + tag + b" OK done\r\n"
    return tag + b" OK done\r\n"


@contextmanager
def scripted(answer: Answer, greeting: bytes = b"* OK hello\r\n") -> Iterator[int]:
    """A server that answers each line by ``answer(tag, command)``; its port. Empty hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with sock, sock.makefile("rb") as lines:
                try:
                    sock.sendall(greeting)
                    for line in lines:
                        tag, _, command = line.rstrip(b"\r\n").partition(b" ")
                        said = answer(tag, command)
                        if not said:
                            break
                        sock.sendall(said)
                except OSError:
                    continue

    Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes who waits for a connection
        listener.close()


def source_at(port: int, **changes: Any) -> ImapSource:
    chosen: dict[str, Any] = {
        "security": "plain",
        "timeout": PATIENCE,
        "max_bytes": 2**20,
    } | changes
    return ImapSource(
        ImapSettings("support", "127.0.0.1", "desk", lambda: "s3cret", port=port, **chosen)
    )


def refusing(start: bytes, said: bytes) -> Answer:
    return lambda tag, command: (
        said.replace(b"TAG", tag) if start in command else well_behaved(tag, command)
    )


@pytest.mark.parametrize(
    "said",
    [
        b"TAG NO [UNAVAILABLE] backend down\r\n",
        b"TAG NO [INUSE] locked\r\n",
        b"TAG NO [ALERT] Too many simultaneous connections\r\n",
        b"* BYE going down\r\n",
        b"",
    ],
)
def test_a_login_refused_for_now_is_worth_another_try(said: bytes) -> None:
    with scripted(refusing(b"LOGIN", said)) as port, pytest.raises(MailboxError) as caught:
        source_at(port).open()
    assert not isinstance(caught.value, MailboxRefused)


def test_a_secret_repeated_by_the_server_is_not_shown() -> None:
    said = b"TAG NO wrong password s3cret, sorry\r\n"
    with (
        scripted(refusing(b"LOGIN", said)) as port,
        pytest.raises(MailboxRefused, match=r"wrong password \*\*\*, sorry") as caught,
    ):
        source_at(port).open()
    assert "s3cret" not in str(caught.value)


def test_an_oauth_token_is_sent_and_its_refusal_explained() -> None:
    lines: list[bytes] = []

    def answer(tag: bytes, command: bytes) -> bytes:
        lines.append(tag)
        if command == b"AUTHENTICATE XOAUTH2":
            lines.clear()
            lines.append(tag)
            return b"+ \r\n"
        if len(lines) == 2 and not command:
            return b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n"
        if not tag:
            return lines[0] + b" NO [AUTHENTICATIONFAILED] token expired\r\n"
        return well_behaved(tag, command)

    with (
        scripted(answer) as port,
        pytest.raises(MailboxRefused, match=r"token expired; renew the OAuth token"),
    ):
        source_at(port, auth="xoauth2").open()
    assert base64.b64decode(lines[1]) == b"user=desk\1auth=Bearer s3cret\1\1"


def test_starttls_that_is_not_offered_is_never_gone_without() -> None:
    commands: list[bytes] = []

    def answer(tag: bytes, command: bytes) -> bytes:
        commands.append(command)
        return well_behaved(tag, command)

    with scripted(answer) as port, pytest.raises(MailboxRefused, match="STARTTLS"):
        source_at(port, security="starttls").open()
    assert not any(command.startswith(b"LOGIN") for command in commands)


@pytest.mark.parametrize(
    "said",
    [
        b"* 1 FETCH (UID 1 RFC822.SIZE 99999999999 BODY[]<0> {99999999999}\r\n",
        b"* 1 FETCH " + b"(" * 100_000 + b"\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID one)\r\nTAG OK done\r\n",
        b"* FETCH\r\nTAG OK done\r\n",
        b"TAG NO [UNAVAILABLE] later\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE (1 2))\r\nTAG OK done\r\n",
        b"\xff\xfe\x00garbage\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"* BYE overloaded\r\n",
        b"* 1 FETCH (UID 1 RFC",
        b"",
    ],
)
def test_garbage_is_a_mailbox_error(said: bytes) -> None:
    with scripted(refusing(b"FETCH", said)) as port:
        source = source_at(port, timeout=2.0)
        source.open()
        with pytest.raises(MailboxError):
            list(source.fetch(source.uids()))
        source.close()


@pytest.mark.parametrize("greeting", [b"220 smtp ESMTP\r\n", b"\x16\x03\x01", b"* BYE full\r\n"])
def test_a_greeting_that_is_none_is_a_mailbox_error(greeting: bytes) -> None:
    with scripted(well_behaved, greeting) as port, pytest.raises(MailboxError):
        source_at(port, timeout=2.0).open()


def test_an_endless_answer_is_cut_off() -> None:
    flood = b"* OK still thinking about it\r\n" * 40_000

    def answer(tag: bytes, command: bytes) -> bytes:
        return flood * 30 if b"SEARCH" in command else well_behaved(tag, command)

    with scripted(answer) as port:
        source = source_at(port)
        source.open()
        with pytest.raises(MailboxError, match="larger than"):
            source.uids()


def test_an_answer_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "PATIENCE", 0.0)

    def answer(tag: bytes, command: bytes) -> bytes:
        return b"* OK" if b"SEARCH" in command else well_behaved(tag, command)

    with scripted(answer) as port:
        source = source_at(port, timeout=2.0)
        with pytest.raises(MailboxError, match=r"too slow|no answer"):
            source.open()
            source.uids()


def test_a_folder_without_uidvalidity_is_refused() -> None:
    said = b"* 1 EXISTS\r\nTAG OK done\r\n"
    with (
        scripted(refusing(b"EXAMINE", said)) as port,
        pytest.raises(MailboxRefused, match="no UIDVALIDITY"),
    ):
        source_at(port).open()


def test_a_changed_uidvalidity_within_a_session_is_told() -> None:
    numbers = iter([7, 7, 8])

    def answer(tag: bytes, command: bytes) -> bytes:
        said = well_behaved(tag, command)
        if command.startswith(b"EXAMINE"):
            said = said.replace(b"UIDVALIDITY 7", b"UIDVALIDITY %d" % next(numbers))
        return said

    with scripted(answer) as port:
        source = source_at(port, idle=False, poll_seconds=0.05)
        source.open()
        source.uids()
        with pytest.raises(MailboxError, match="UIDVALIDITY changed from 7 to 8"):
            source.wait(60, Event())


def test_a_mail_the_server_will_not_give_is_for_a_person_and_holds_up_no_other() -> None:
    def answer(tag: bytes, command: bytes) -> bytes:
        if b"BODY.PEEK" in command:
            if b"2" in command.split()[2]:
                return tag + b" NO [SERVERBUG] cannot read it\r\n"
            uid = command.split()[2]
            return b"* %s FETCH (UID %s BODY[]<0> {2}\r\nhi)\r\n%s OK done\r\n" % (uid, uid, tag)
        if b"FETCH" in command:
            sizes = b"".join(
                b'* %d FETCH (UID %d RFC822.SIZE 2 INTERNALDATE "nonsense")\r\n' % (n, n)
                for n in (1, 2, 3)
            )
            return sizes + tag + b" OK done\r\n"
        return well_behaved(tag, command)

    with scripted(answer) as port:
        source = source_at(port)
        source.open()
        first, second, third = source.fetch(source.uids())
    assert (first.content, third.content) == (b"hi", b"hi")
    assert (second.content, second.size, second.truncated) == (b"", 2, True)


def test_news_in_one_packet_with_the_start_of_idle_is_heard() -> None:
    def answer(tag: bytes, command: bytes) -> bytes:
        if command == b"IDLE":
            return b"+ idling\r\n* 4 EXISTS\r\n"
        if tag == b"DONE":
            return b"* 4 RECENT\r\n* OK bye\r\n"
        return well_behaved(tag, command)

    tags: list[bytes] = []

    def with_tag(tag: bytes, command: bytes) -> bytes:
        if command == b"IDLE":
            tags.append(tag)
        said = answer(tag, command)
        return said + tags[-1] + b" OK idled\r\n" if tag == b"DONE" else said

    with scripted(with_tag) as port:
        source = source_at(port, poll_seconds=600)
        source.open()
        source.uids()
        assert source.wait(60, Event())
        source.close()
