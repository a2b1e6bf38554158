"""The commands as an operator types them: what they print and how they end."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import house
from tests.servers.dovecot import Dovecot, require_dovecot
from tests.servers.smtp import SmtpServer
from tests.waiting import PATIENCE
from triage.store import Database, ledger, mails, notices

BEFORE = datetime(2019, 6, 1, tzinfo=UTC)
"""Older than what ``house.SETTINGS`` has read."""
SCORES = {
    *("upset", "angry", "irate", "complaint", "supervisor", "threat_leave", "threat_legal"),
    *("threat_public", "threat_safety", "abusive", "urgent"),
}
FURIOUS = b"""From: Jane <jane@customer.example>\r
Subject: Case 4711 again\r
Message-ID: <1@customer.example>\r
Content-Type: text/plain; charset=utf-8\r
\r
You have lied to me for weeks and your staff is a disgrace. I am furious.\r
I want to speak to a manager today.\r
"""
CALM = b"""From: Bob <bob@customer.example>\r
Subject: Opening hours\r
Message-ID: <2@customer.example>\r
\r
Hello, could you tell me your opening hours on Saturday? Thank you.\r
"""
GERMAN = b"""From: Uwe <uwe@customer.example>\r
Subject: Rechnung\r
Content-Type: text/plain; charset=utf-8\r
\r
Guten Tag, ich habe noch immer keine Rechnung bekommen und bitte um Zusendung bis Freitag.\r
"""


def triage(
    *arguments: str, cwd: Path, stdin: bytes = b"", url: str = ""
) -> subprocess.CompletedProcess[str]:
    """``triage ARGUMENTS`` run to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "triage", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        env={"PATH": "/usr/bin:/bin", "TRIAGE_DATABASE_URL": url, "TRIAGE_LOG": "error"},
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def test_init_writes_settings_that_load_and_overwrites_nothing(tmp_path: Path) -> None:
    assert triage("init", cwd=tmp_path).returncode == 0
    first = (tmp_path / "triage.toml").read_text()
    again = triage("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "exists" in again.stderr
    assert (tmp_path / "triage.toml").read_text() == first
    assert triage("policy", "check", cwd=tmp_path).returncode == 0


def test_a_wrong_setting_is_one_message_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "triage.toml").write_text("[smtp]\nprot = 25\n")
    for command in (["run"], ["check"], ["score", "--text", "x"], ["mailbox", "reconcile"]):
        done = triage(*command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "smtp.prot: no such setting" in done.stderr
        assert "Traceback" not in done.stderr


def test_running_without_a_point_person_is_refused(tmp_path: Path) -> None:
    (tmp_path / "triage.toml").write_text("[mailboxes.a]\nhost = 'h'\nuser = 'u'\n")
    done = triage("watch", cwd=tmp_path)
    assert done.returncode == 2
    assert "desk.point" in done.stderr


def test_check_says_what_to_do_about_each_part(tmp_path: Path) -> None:
    triage("init", cwd=tmp_path)
    done = triage("check", cwd=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "FAIL", "FAIL", *["ok"] * 5]
    assert "support.password" in lines[1]
    assert "smtp.example.org" in lines[2] or "password" in lines[2]


def test_score_prints_one_json_object_a_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(FURIOUS)
    (tmp_path / "b.eml").write_bytes(CALM)
    (tmp_path / "c.eml").write_bytes(GERMAN)
    done = triage("score", "--json", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    furious, calm, german = (json.loads(line) for line in done.stdout.splitlines())
    assert set(furious) >= {
        *("id", "kind", "language", "case_number", "flag", "severity", "rule", "scores"),
        *("evidence", "model"),
    }
    assert (furious["flag"], furious["case_number"], furious["language"]) == (True, "4711", "en")
    assert set(furious["scores"]) == SCORES
    assert {"text", "start", "end", "signal", "score"} == set(furious["evidence"][0])
    assert (calm["flag"], calm["outcome"], calm["evidence"]) == (False, "pass", [])
    assert (german["outcome"], german["scores"]) == ("unscored", None)


def test_score_reads_standard_input_and_text(tmp_path: Path) -> None:
    assert "FLAG" in triage("score", "-", cwd=tmp_path, stdin=FURIOUS).stdout
    assert "PASS" in triage("score", "--text", "Thanks, all is well.", cwd=tmp_path).stdout


def test_score_says_by_its_exit_code_that_a_mail_could_not_be_read(tmp_path: Path) -> None:
    done = triage("score", "-", cwd=tmp_path, stdin=b"")
    assert done.returncode == 1
    assert "FAILED" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["--text", "x", "a.eml"], ["missing.eml"]])
def test_score_used_wrongly_is_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    done = triage("score", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("triage: ")


def test_a_broken_policy_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('[[rules]]\nname = "x"\n')
    done = triage("policy", "check", "policy.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "policy.toml, line 1" in done.stderr


@pytest.fixture
def imap() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot() as server:
        yield server


@pytest.fixture
def settings(imap: Dovecot, tmp_path: Path) -> Iterator[Path]:
    with SmtpServer() as smtp:
        house.write_settings(tmp_path, imap, smtp)
        yield tmp_path


@pytest.mark.dovecot
def test_check_finds_nothing_wrong_with_what_works(settings: Path, database: Database) -> None:
    done = triage("check", cwd=settings, url=database.url)
    assert done.returncode == 0, done.stdout
    assert all(line.startswith("ok") for line in done.stdout.splitlines())


@pytest.mark.dovecot
def test_reconcile_names_every_difference(
    settings: Path, imap: Dovecot, database: Database
) -> None:
    """Three on the server since the cut-off, one before it; the ledger knows one of each and
    one that has gone."""
    imap.append("desk", CALM, date=BEFORE)
    for _ in range(3):
        imap.append("desk", CALM)
    uidvalidity = imap.uidvalidity("desk")
    with database.transaction() as tx:
        places = [("support", "INBOX", uidvalidity, uid) for uid in (2, 9)]
        ledger.record(tx, [ledger.Entry(ledger.Place(*place), "pass") for place in places])
    done = triage("mailbox", "reconcile", cwd=settings, url=database.url)
    assert done.returncode == 1
    assert "2 MISSED: on the server, not in the ledger: 3-4" in done.stdout
    assert "1 on the server before the cut-off, not read: 1" in done.stdout
    assert "1 in the ledger, no longer on the server: 9" in done.stdout


@pytest.mark.dovecot
def test_backfill_reads_older_mail_and_tells_nobody(
    settings: Path, imap: Dovecot, database: Database
) -> None:
    imap.append("desk", FURIOUS, date=BEFORE)
    done = triage("backfill", cwd=settings, url=database.url)
    assert done.returncode == 0, done.stderr
    assert "1 flag" in done.stdout
    with database.transaction() as tx:
        assert mails.tally(tx) == {"flag": 1}
        assert notices.tally(tx) == {}
    assert "nothing to read" in triage("backfill", cwd=settings, url=database.url).stdout


@pytest.mark.dovecot
def test_backfill_opens_cases_when_asked(settings: Path, imap: Dovecot, database: Database) -> None:
    imap.append("desk", FURIOUS, date=BEFORE)
    assert triage("backfill", "--flag", cwd=settings, url=database.url).returncode == 0
    with database.transaction() as tx:
        assert notices.tally(tx) == {"waiting": 1}


def test_a_mailbox_nobody_knows_is_named(settings: Path, database: Database) -> None:
    done = triage("backfill", "sales", cwd=settings, url=database.url)
    assert done.returncode == 2
    assert "there are: support" in done.stderr
