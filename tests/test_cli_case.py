"""``triage case``: what a person of the desk types, and what comes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner, Result

from tests.caseloads import caseload
from tests.readings import calm, flagged
from triage.cli.case_app import case_app
from triage.cli.deeds import commands, hyphened
from triage.errors import ActRefused
from triage.life import CaseState, deeds
from triage.pipeline import Saver
from triage.store import Database, cases, life

PAT = "pat@desk.example"


@pytest.fixture
def settings(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TRIAGE_CONFIG", "TRIAGE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "triage.toml"
    path.write_text(
        f'data = "{tmp_path}"\ndatabase_url = "{database.url}"\nlog = "error"\n'
        f'[desk]\npoint = ["Pat <{PAT}>", "Sam <sam@desk.example>"]\n',
        encoding="utf-8",
    )
    with database.transaction() as tx:
        Saver(caseload(PAT)).save(tx, [flagged(1), calm(2, sender=flagged(1).email.sender)])  # type: ignore[union-attr]
    return path


def run(settings: Path, *words: object, said: str = "") -> Result:
    asked = [*map(str, words), "--config", str(settings)]
    return CliRunner().invoke(case_app, asked, input=said)


def state(database: Database, case_id: int = 1001) -> CaseState:
    with database.transaction() as tx:
        found = life.state(tx, case_id)
    assert found is not None
    return found


def test_list_has_what_runs_out_first_on_top(settings: Path, database: Database) -> None:
    with database.transaction() as tx:
        Saver(caseload(PAT)).save(tx, [flagged(3, case_number="77")])
        tx.execute("update clock set due = now() - interval '3 hours' where case_id = 1002")
    done = run(settings, "list")
    assert done.exit_code == 1, done.output
    first, second = done.stdout.splitlines()
    assert first.startswith("T-1002")
    assert "overdue by 3 h" in first
    assert second.startswith("T-1001")
    assert " in " in second


def test_list_of_nothing_says_so(settings: Path, database: Database) -> None:
    assert "No case" in run(settings, "list", "--owner", "sam").stdout
    assert run(settings, "list", "--owner", "sam").exit_code == 0


def test_show_tells_what_may_be_done_next(settings: Path) -> None:
    done = run(settings, "show", "T-1001")
    assert done.exit_code == 0, done.output
    assert "triage case do T-1001 acknowledge" in done.stdout
    assert "runs    acknowledge" in done.stdout
    assert "triage: flagged" in done.stdout


def test_a_deed_changes_the_case_and_a_refused_one_says_why(
    settings: Path, database: Database
) -> None:
    done = run(settings, "do", "T-1001", "acknowledge", "--who", PAT)
    assert done.exit_code == 0, done.output
    assert state(database).owner == PAT
    refused = run(settings, "do", "1001", "close", "--who", PAT)
    assert isinstance(refused.exception, ActRefused)
    assert "cannot be closed without" in str(refused.exception)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("do", "T-9", "acknowledge", "--who", PAT), "no case 9"),
        (("do", "T-1001", "acknowledge", "--who", "nobody"), "nobody called"),
        (("do", "T-1001", "note", "--who", PAT, "--text", " "), "must not be empty"),
        (("do", "T-1001", "note", "--who", PAT, "--text", "x", "--revision", "0"), "has changed"),
        (("do", "x", "acknowledge", "--who", PAT), "no case"),
        (("show", "T-9"), "no case"),
        (("flag", 99, "--severity", "high", "--who", PAT), "no mail 99"),
        (("flag", 2, "--severity", "high", "--who", "nobody"), "nobody called"),
        (("log", "--how", "call", "--who", PAT, "--words", "x"), "who it was"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    settings: Path, words: tuple[object, ...], why: str
) -> None:
    done = run(settings, *words)
    assert done.exit_code != 0
    assert why in f"{done.exception} {done.output}"


def test_every_deed_has_a_command_that_names_its_fields() -> None:
    assert list(commands()) == [hyphened(deed) for deed in get_args(deeds.Deed)]
    for name, command in commands().items():
        assert command.help, name
        assert "(" not in command.help, f"{name}: {command.help}"
    assert {"--who", "--what", "--due"} <= {
        option for one in commands()["make-promise"].params for option in one.opts
    }


def test_times_are_by_the_desks_clock_and_become_moments(
    settings: Path, database: Database
) -> None:
    run(settings, "do", "T-1001", "take-in-hand", "--who", PAT)
    due = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    words = ("--what", "a call", "--due", f"{due:%Y-%m-%d %H:%M}")
    done = run(settings, "do", "T-1001", "make-promise", "--who", PAT, *words)
    assert done.exit_code == 0, done.output
    assert state(database).promises[0].due == due


def test_a_mail_that_passed_is_flagged_by_its_number(settings: Path, database: Database) -> None:
    listed = run(settings, "mails").stdout.splitlines()
    assert "pass" in listed[0]
    number = listed[0].split()[0]
    words = ("flag", number, "--severity", "high", "--who", PAT, "--note", "called twice")
    done = run(settings, *words)
    assert (done.exit_code, done.stdout) == (0, "Flagged: T-1002\n"), done.output
    assert "already: T-1002" in run(settings, *words).stdout
    with database.transaction() as tx:
        case = cases.detail(tx, 1002)
    assert case is not None
    assert [(event.who, event.what) for event in case.events] == [(PAT, "flagged"), (PAT, "note")]


def test_a_call_is_logged_from_standard_input(settings: Path, database: Database) -> None:
    words = ("log", "--how", "call", "--who", PAT, "--words", "-", "--severity", "high")
    done = run(settings, *words, "--name", "Jo", "--phone", "030 1234567", said="Third call.\n")
    assert (done.exit_code, done.stdout) == (0, "Logged: T-1002\n"), done.output
    assert state(database, 1002).phone == "030 1234567"
    assert "call" in run(settings, "mails").stdout.splitlines()[0]
