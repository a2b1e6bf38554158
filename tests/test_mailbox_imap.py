"""ImapSource on a true Dovecot: logging in, listing, fetching, marking."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.mailboxes import imap_settings, imap_source, mail
from tests.servers.dovecot import WITHOUT_MOVE, Dovecot, require_dovecot
from triage.errors import ConfigError, MailboxError, MailboxRefused
from triage.mailbox import ImapSettings, ImapSource, list_folders, probe

pytestmark = pytest.mark.dovecot


@pytest.fixture
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot() as running:
        yield running


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_reads_mail_over_each_kind_of_connection(server: Dovecot, security: Any) -> None:
    received = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    uid = server.append("desk", mail("hello"), date=received)
    source = imap_source(
        server,
        host="localhost",
        port=server.tls_port if security == "tls" else server.port,
        security=security,
        ca_file=server.ca_file,
    )
    (raw,) = source.fetch(source.uids())
    assert raw.content == mail("hello")
    assert raw.size == len(raw.content)
    assert not raw.truncated
    assert raw.received == received
    assert raw.received.tzinfo is UTC
    place = raw.place
    assert (place.mailbox, place.folder, place.uid) == ("support", "INBOX", uid)
    assert place.uidvalidity == server.uidvalidity("desk") == source.uidvalidity
    source.close()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_refuses_a_certificate_of_another_authority(
    server: Dovecot, tmp_path: Path, security: Any
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    settings = imap_settings(
        server,
        host="localhost",
        port=server.tls_port if security == "tls" else server.port,
        security=security,
        ca_file=tmp_path / "ca.pem",
    )
    with pytest.raises(MailboxRefused, match=r"certificate is not trusted.*ca_file"):
        ImapSource(settings).open()
    assert "Login:" not in server.log()


def test_refuses_a_certificate_for_another_host(server: Dovecot, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("mail.example.com")
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    (server.root / "server.pem").write_bytes(chain)
    certificate.private_key_pem.write_to_path(str(server.root / "server.key"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server.stop()
    server.start()
    with pytest.raises(MailboxRefused, match="set host to the name"):
        imap_source(
            server,
            host="localhost",
            port=server.tls_port,
            security="tls",
            ca_file=tmp_path / "ca.pem",
        )


def test_says_when_the_port_speaks_no_tls(server: Dovecot) -> None:
    with pytest.raises(MailboxRefused, match="no TLS on this port"):
        imap_source(server, security="tls")


def test_a_ca_file_that_is_not_there_is_named(server: Dovecot, tmp_path: Path) -> None:
    with pytest.raises(MailboxRefused, match=r"ca_file .*none\.pem"):
        imap_source(server, security="starttls", ca_file=tmp_path / "none.pem")


def test_a_wrong_password_is_refused_and_never_shown(
    server: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(MailboxRefused, match="refused user and password") as caught:
        imap_source(server, secret=lambda: "hunter2-wrong")
    assert "AUTHENTICATIONFAILED" in str(caught.value)
    assert "hunter2" not in str(caught.value) + repr(imap_settings(server)) + caplog.text


def test_the_secret_is_asked_again_at_every_connect(server: Dovecot) -> None:
    secrets = iter(["stale token", server.password("desk")])
    source = ImapSource(imap_settings(server, secret=lambda: next(secrets)))
    with pytest.raises(MailboxRefused):
        source.open()
    source.open()
    assert source.uids() == []
    source.close()


def test_a_secret_that_cannot_be_had_is_worth_another_try(server: Dovecot) -> None:
    def broken() -> str:
        raise FileNotFoundError("/run/secrets/token")

    with pytest.raises(MailboxError, match="secret could not be had") as caught:
        imap_source(server, secret=broken)
    assert not isinstance(caught.value, MailboxRefused)


def test_a_password_beyond_ascii_logs_in(server: Dovecot) -> None:
    (server.root / "users").write_text("desk:pässwörd 密码\n")
    source = imap_source(server, secret=lambda: "pässwörd 密码")
    assert source.uids() == []
    source.close()


def test_no_server_is_worth_another_try(server: Dovecot) -> None:
    server.stop()
    with pytest.raises(MailboxError) as caught:
        imap_source(server)
    assert not isinstance(caught.value, MailboxRefused)


def test_a_missing_folder_is_refused_with_those_that_exist(server: Dovecot) -> None:
    server.create("desk", "Complaints")
    with pytest.raises(MailboxRefused, match=r"no folder 'Complain'.*Complaints.*INBOX"):
        imap_source(server, folder="Complain")


def test_a_folder_name_beyond_ascii(server: Dovecot) -> None:
    server.create("desk", "Kärnten & Söhne")
    server.append("desk", mail("grüß"), folder="Kärnten & Söhne")
    source = imap_source(server, folder="Kärnten & Söhne")
    assert len(source.uids()) == 1
    assert set(list_folders(source.settings)) == {"INBOX", "Kärnten & Söhne"}
    source.close()


def test_uids_above_and_since(server: Dovecot) -> None:
    old = server.append("desk", mail("old"), date=datetime(2020, 1, 1, 12, tzinfo=UTC))
    new = server.append("desk", mail("new"), date=datetime(2024, 6, 1, 12, tzinfo=UTC))
    source = imap_source(server)
    assert source.uids() == [old, new]
    assert source.uids(above=old) == [new]
    assert source.uids(above=new) == []
    assert source.uids(above=2**32) == []
    assert source.uids(since=date(2024, 6, 1)) == [new]
    assert source.uids(above=new, since=date(2020, 1, 1)) == []
    source.close()


def test_mail_that_was_read_elsewhere_is_fetched_and_none_is_marked_read(server: Dovecot) -> None:
    seen = server.append("desk", mail("seen"), flags=["\\Seen"])
    unseen = server.append("desk", mail("unseen"))
    source = imap_source(server)
    assert [raw.place.uid for raw in source.fetch(source.uids())] == [seen, unseen]
    source.close()
    assert server.flags("desk", unseen) == set()
    assert server.flags("desk", seen) == {"\\Seen"}


def test_a_large_mail_comes_as_a_prefix(server: Dovecot) -> None:
    whole = mail("large", lines=5000)
    limit = len(whole) // 2
    server.append("desk", whole)
    server.append("desk", mail("small"))
    server.append("desk", whole[:limit])
    source = imap_source(server, max_bytes=limit)
    large, small, exact = source.fetch(source.uids())
    assert large.truncated
    assert (large.content, large.size) == (whole[:limit], len(whole))
    assert small.content == mail("small")
    assert (exact.content, exact.truncated) == (whole[:limit], False)
    source.close()


def test_a_thousand_mails_come_whole_and_in_order(server: Dovecot) -> None:
    contents = [mail(f"number {number}", lines=number % 50 + 1) for number in range(1000)]
    server.append_many("desk", contents)
    source = imap_source(server)
    uids = source.uids()
    fetched = list(source.fetch(uids))
    assert [raw.place.uid for raw in fetched] == uids
    assert [raw.content for raw in fetched] == contents
    source.close()


def test_mail_that_vanished_since_the_listing_is_left_out(server: Dovecot) -> None:
    server.append_many("desk", [mail(f"m{number}") for number in range(300)])
    source = imap_source(server)
    uids = source.uids()
    fetching = source.fetch(uids)
    first = next(fetching)
    gone = [*uids[10:20], *uids[250:260]]
    server.expunge("desk", gone)
    rest = [raw.place.uid for raw in fetching]
    # The first batch was already here; of the second, what is gone is gone.
    assert first.place.uid == uids[0]
    assert set(rest) == set(uids[1:]) - set(uids[250:260])
    assert source.uids() == sorted(set(uids) - set(gone))
    assert [raw.place.uid for raw in source.fetch(uids)] == sorted(set(uids) - set(gone))
    source.close()


def test_a_mail_whose_file_is_lost_is_for_a_person_or_gone_and_never_in_the_way(
    server: Dovecot,
) -> None:
    server.append_many("desk", [mail(f"m{number}") for number in range(5)])
    source = imap_source(server)
    uids = source.uids()
    victim = sorted((server.root / "mail/desk/Maildir/new").iterdir())[2]
    victim.unlink()
    with_trouble = {raw.place.uid: raw for raw in _fetch_persistently(source, uids)}
    whole = [uid for uid, raw in with_trouble.items() if raw.content]
    assert len(whole) == 4
    assert all(raw.truncated for raw in with_trouble.values() if not raw.content)
    source.close()


def _fetch_persistently(source: ImapSource, uids: list[int]) -> list[Any]:
    """Dovecot hangs up when it meets a lost file; a second session has put its index right."""
    try:
        return list(source.fetch(uids))
    except MailboxError:
        source.open()
        return list(source.fetch(uids))


def test_mark_does_nothing_unless_asked(server: Dovecot) -> None:
    uid = server.append("desk", mail("angry"))
    source = imap_source(server)
    source.mark(uid)
    assert server.flags("desk", uid) == set()
    source.close()


def test_mark_sets_a_keyword_and_goes_on_reading_only(server: Dovecot) -> None:
    uid = server.append("desk", mail("angry"))
    source = imap_source(server, flag_keyword="Triage-Flag")
    source.mark(uid)
    assert server.flags("desk", uid) == {"Triage-Flag"}
    assert [raw.content for raw in source.fetch([uid])] == [mail("angry")]
    assert server.flags("desk", uid) == {"Triage-Flag"}
    source.mark(uid + 100)  # gone: nothing to mark
    source.close()


@pytest.mark.parametrize("settings", ["", WITHOUT_MOVE])
def test_mark_moves_with_and_without_the_servers_help(settings: str) -> None:
    require_dovecot()
    with Dovecot(settings=settings) as server:
        server.create("desk", "Upset")
        calm, angry = server.append("desk", mail("calm")), server.append("desk", mail("angry"))
        source = imap_source(server, flag_folder="Upset", flag_keyword="Flagged_by_Triage")
        source.mark(angry)
        assert source.uids() == [calm]
        source.close()
        assert server.count("desk", "Upset") == 1
        assert "Flagged_by_Triage" in server.flags("desk", 1, "Upset")


def test_a_flag_folder_that_is_not_there_is_named(server: Dovecot) -> None:
    uid = server.append("desk", mail("angry"))
    source = imap_source(server, flag_folder="Nowhere")
    with pytest.raises(MailboxRefused, match="flag_folder 'Nowhere'"):
        source.mark(uid)
    with pytest.raises(MailboxRefused, match=r"'Nowhere' does not exist.*INBOX"):
        probe(source.settings)
    assert server.count("desk") == 1


def test_probe_says_what_is_there(server: Dovecot) -> None:
    server.append("desk", mail("one"))
    line = probe(imap_settings(server))
    assert f"(desk at 127.0.0.1:{server.port}): INBOX, 1 mail, plain, IDLE" in line
    assert f"UIDVALIDITY {server.uidvalidity('desk')}" in line


def test_a_source_that_is_not_open_says_so(server: Dovecot) -> None:
    source = ImapSource(imap_settings(server))
    with pytest.raises(MailboxError, match="not open"):
        source.uids()
    source.close()
    source.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"host": ""},
        {"folder": "IN\r\nBOX"},
        {"flag_keyword": "no spaces"},
        {"flag_folder": "INBOX"},
        {"max_bytes": 0},
        {"timeout": -1},
        {"poll_seconds": 0},
        {"user": "desk\r\nA1 DELETE INBOX"},
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(changes: dict[str, Any]) -> None:
    good = ImapSettings("support", "mail.example.com", "desk", lambda: "secret")
    with pytest.raises(ConfigError, match=next(iter(changes))):
        replace(good, **changes)
