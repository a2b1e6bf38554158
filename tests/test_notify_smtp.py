"""Handing mail over, against a real SMTP server."""

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from tests.servers.smtp import SmtpServer
from triage.errors import ConfigError, DeliveryDeferred, DeliveryError, DeliveryRefused
from triage.notify import ContentRefused, NeedsOperator, Smtp, SmtpSettings

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def letter(to: str = "point@example.org", body: str = "hello") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Triage <triage@example.org>"
    message["To"] = to
    message["Subject"] = "s"
    message.set_content(body)
    return message


def settings(server: SmtpServer, **changes: object) -> SmtpSettings:
    made = SmtpSettings(
        host=server.host,
        port=server.port,
        security=server.security,
        ca_file=server.ca_file,
        timeout=60,  # that of a machine with much else to do
        deadline=120,
        local_hostname="desk.example.org",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
@pytest.mark.parametrize("login", [None, ("user", "secret"), ("jörg", "pässwort")])
def test_a_mail_arrives(security: str, login: tuple[str, str] | None) -> None:
    with SmtpServer(security=security, login=login) as server:  # type: ignore[arg-type]
        given = {"user": login[0], "secret": lambda: login[1]} if login else {}
        answer = Smtp(settings(server, **given)).send(letter())
        [mail] = server.wait_for(1)
    assert answer == "250 2.0.0 OK queued as 1"
    assert (mail.sender, mail.recipients) == ("triage@example.org", ("point@example.org",))
    assert mail.encrypted is (security != "plain")
    assert mail.user == (login[0] if login else "")
    assert mail.message.get_content() == "hello\r\n"


Script = Callable[[SmtpServer], None]
FAILURES: dict[str, tuple[Script, type[DeliveryError], str]] = {
    "451 to the recipient": (
        lambda s: s.defer(1),
        DeliveryDeferred,
        "RCPT: 451 4.3.0 try again later",
    ),
    "421 to the recipient": (lambda s: s.defer(1, "421 closing"), DeliveryDeferred, "RCPT: 421"),
    "451 after the content": (
        lambda s: s.defer(1, at="DATA"),
        DeliveryDeferred,
        "DATA: 451 4.3.0 try again later",
    ),
    "550 to the recipient": (
        lambda s: s.refuse("point@example.org"),
        DeliveryRefused,
        "RCPT: 550 5.1.1 no such user",
    ),
    "554 after the content": (
        lambda s: s.object_to(lambda content: "554 5.7.1 virus"),
        ContentRefused,
        "DATA: 554 5.7.1 virus",
    ),
    "530 wants a login": (
        lambda s: s.defer(1, "530 5.7.0 authentication required"),
        NeedsOperator,
        "RCPT: 530",
    ),
    "dropped at the recipient": (lambda s: s.drop(1, "RCPT"), DeliveryDeferred, "ended the"),
    "dropped after the content": (lambda s: s.drop(1), DeliveryDeferred, "ended the"),
    "a long answer with controls": (
        lambda s: s.refuse("point@example.org", "550 a\x1b[31m\u202eb" + "c" * 300),
        DeliveryRefused,
        "RCPT: 550 a[31mb" + "c" * 190,
    ),
    "an answer that is none": (
        lambda s: s.defer(1, "nonsense"),
        DeliveryDeferred,
        "RCPT: -1",
    ),
}


@pytest.mark.parametrize(("script", "kind", "words"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_of_its_kind(script: Script, kind: type[Exception], words: str) -> None:
    with SmtpServer() as server:
        script(server)
        with pytest.raises(DeliveryError) as caught:
            Smtp(settings(server)).send(letter())
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_what_was_deferred_is_taken_later() -> None:
    with SmtpServer() as server:
        server.defer(2)
        smtp = Smtp(settings(server))
        for _ in range(2):
            with pytest.raises(DeliveryDeferred):
                smtp.send(letter())
        assert smtp.send(letter()).startswith("250")
        assert len(server.received) == 1


def test_a_mail_to_two_goes_to_both_or_none() -> None:
    with SmtpServer() as server:
        server.refuse("b@example.org")
        with pytest.raises(DeliveryRefused):
            Smtp(settings(server)).send(letter("a@example.org, b@example.org"))
        assert server.received == ()


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_server_that_hangs_is_left(step: str) -> None:
    with SmtpServer() as server:
        server.hang(1, step)  # type: ignore[arg-type]
        with pytest.raises(DeliveryDeferred):
            Smtp(settings(server, timeout=0.3, deadline=0.6)).send(letter())


def test_a_server_that_dribbles_for_ever_is_left() -> None:
    """Each byte comes within the timeout, so only the deadline ends it."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def dribble() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 hello\r\n")
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"250-x\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=dribble)
        thread.start()
        chosen = SmtpSettings("127.0.0.1", listener.getsockname()[1], "plain", deadline=0.5)
        with pytest.raises(DeliveryDeferred):
            Smtp(chosen).send(letter())
        stop.set()
        thread.join()


def test_nobody_listening_is_deferred() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(DeliveryDeferred, match="cannot be reached"):
            Smtp(SmtpSettings("127.0.0.1", port, "plain")).send(letter())


OPERATOR = {
    "wrong password": (
        {"login": ("u", "p")},
        {"user": "u", "secret": lambda: "x"},
        "refuses the login: 535",
    ),
    "no login offered": ({}, {"user": "u", "secret": lambda: "p"}, "does not offer"),
    "no STARTTLS offered": ({}, {"security": "starttls"}, "does not offer"),
    "TLS to a plain port": ({}, {"security": "tls"}, "agree on no TLS"),
    "untrusted certificate": (
        {"security": "tls"},
        {"ca_file": None},
        "certificate not trusted",
    ),
    "certificate of another": (
        {"security": "starttls"},
        {"host": "127.0.0.1"},
        "certificate not trusted",
    ),
}


@pytest.mark.parametrize(("options", "changes", "words"), OPERATOR.values(), ids=OPERATOR)
def test_what_the_operator_must_mend_is_never_given_up(
    options: dict[str, object], changes: dict[str, object], words: str
) -> None:
    with SmtpServer(**options) as server:  # type: ignore[arg-type]
        smtp = Smtp(settings(server, **changes))
        with pytest.raises(NeedsOperator, match=words):
            smtp.send(letter())
        with pytest.raises(NeedsOperator, match=words):
            smtp.probe()
        assert server.received == ()


def test_a_password_file_that_is_gone_is_for_the_operator() -> None:
    def secret() -> str:
        raise ConfigError("password_file smtp.key: no such file")

    with SmtpServer(login=("u", "p")) as server, pytest.raises(NeedsOperator, match=r"smtp\.key"):
        Smtp(settings(server, user="u", secret=secret)).send(letter())


def test_a_renewed_password_and_authority_are_taken_up(tmp_path: Path) -> None:
    passwords = iter(["old", "new"])
    ca_file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(ca_file))
    with SmtpServer(security="tls", login=("u", "new")) as server:
        smtp = Smtp(settings(server, user="u", secret=lambda: next(passwords), ca_file=ca_file))
        with pytest.raises(NeedsOperator, match="certificate"):
            smtp.send(letter())
        ca_file.write_bytes(server.ca_file.read_bytes())
        with pytest.raises(NeedsOperator, match="login"):
            smtp.send(letter())
        assert smtp.send(letter()).startswith("250")


def test_addresses_beyond_ascii_go_where_they_are_taken() -> None:
    with SmtpServer() as server:
        Smtp(settings(server)).send(letter("jörg@example.org"))
        [mail] = server.received
        assert mail.recipients == ("jörg@example.org",)
        assert "SMTPUTF8" in mail.options
    with SmtpServer(smtputf8=False) as server, pytest.raises(DeliveryRefused, match="SMTPUTF8"):
        Smtp(settings(server)).send(letter("jörg@example.org"))


def test_a_mail_larger_than_the_server_takes_is_not_even_tried() -> None:
    with SmtpServer(size=2000) as server:
        with pytest.raises(ContentRefused, match="takes 2000"):
            Smtp(settings(server)).send(letter(body="x\n" * 2000))
        assert server.attempts == 0


def test_a_mail_without_recipient_is_refused() -> None:
    with SmtpServer() as server, pytest.raises(DeliveryRefused, match="no recipient"):
        Smtp(settings(server)).send(letter(""))


@pytest.mark.parametrize(
    ("security", "found"), [("plain", "not encrypted"), ("starttls", "TLSv1"), ("tls", "TLSv1")]
)
def test_a_probe_says_what_it_found_and_sends_nothing(security: str, found: str) -> None:
    with SmtpServer(security=security, login=("u", "p")) as server:  # type: ignore[arg-type]
        words = Smtp(settings(server, user="u", secret=lambda: "p")).probe()
        assert server.received == ()
    assert found in words
    assert "logged in as u" in words
    assert f"localhost:{server.port}" in words
