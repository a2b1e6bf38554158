"""``triage draft`` and ``triage guide`` on a true database."""

from pathlib import Path

import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from tests import complaints as records
from tests.drafting import POLICY
from triage import drafts
from triage.cli.drafts import check_drafts, print_draft, print_guidance
from triage.config import Settings
from triage.errors import ActRefused, ConfigError
from triage.store import Database, cases

DESK = """
zone = "Europe/Berlin"
fallback = ["max"]
people = [
  { id = "pat", name = "Pat Lindqvist", roles = ["point"], mail = "pat@example.org" },
  { id = "max", name = "Max Weiss", roles = ["manager"], mail = "max@example.org" },
]
answers = [{ by = "mail" }]
[hours]
week = ["mon-sun 00:00-24:00"]
"""
NOTE = "He rang five times today and swore at Pat."


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    duty = tmp_path / "duty.toml"
    duty.write_text(DESK, encoding="utf-8")
    return Settings(database_url=SecretStr(database.url), data=tmp_path, duty=duty)


@pytest.fixture
def case(database: Database) -> str:
    with database.transaction() as tx:
        clocks = Jsonb(POLICY.clocks["high"].as_dict())
        case_id = records.a_case(
            tx, status="in hand", owner="pat", timetable=clocks, done="The van is on its way."
        )
        mail_id = records.a_mail(tx, case_id, "Where is it?")
        tx.execute(
            """insert into flag (case_id, mail_id, severity, rule, because)
               values (%s, %s, 'high', 'angry', 'The customer is angry.')""",
            [case_id, mail_id],
        )
        cases.tell(tx, case_id, "pat", "note", {"text": NOTE})
        cases.tell(tx, case_id, "pat", "rude", {"text": "Swore."})
    return f"T-{case_id}"


def test_a_draft_is_printed_and_its_faults_beside_it(
    settings: Settings, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_draft(settings, case, "ask") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"Subject: Re: Where is my sofa? [{case}]\n\nDear Dana Reyes,\n")
    assert "The van is on its way." in printed.out
    assert "Kind regards\nPat Lindqvist\n" in printed.out
    assert printed.err == ""
    assert print_draft(settings, case.removeprefix("T-"), "first-answer") == 1
    faults = capsys.readouterr().err.splitlines()
    assert all(line.startswith("! line ") and "filled in" in line for line in faults)


def test_p18_a_note_that_got_into_what_was_done_is_found(
    settings: Settings, case: str, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.transaction() as tx:
        tx.execute("update cases set done = %s", [NOTE])
    assert print_draft(settings, case, "ask") == 1
    assert "(P18) Words of an internal note." in capsys.readouterr().err


def test_the_step_and_what_to_do_are_printed(
    settings: Settings, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_guidance(settings, case) == 0
    printed = capsys.readouterr().out
    assert "Tell them the outcome  (P12, P13, P18)\n" in printed
    assert "Rude behaviour" in printed
    assert "Drafts that fit: abuse, outcome\n" in printed
    assert "CALL" not in printed


def test_p8_in_an_emergency_the_numbers_stand_on_top(
    settings: Settings, case: str, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.transaction() as tx:
        tx.execute("update cases set severity = 'emergency'")
    assert print_guidance(settings, case) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "CALL  Emergency: 112"
    assert lines[1].startswith("Safety first")
    assert not [line for line in lines if line.startswith("Drafts")]


def test_what_there_is_not_is_refused(settings: Settings, case: str, database: Database) -> None:
    with pytest.raises(ConfigError, match="there are: first-answer, holding"):
        print_draft(settings, case, "shout")
    for wrong in ("T-99", "no case", "0", "T-1; drop table cases"):
        with pytest.raises(ActRefused):
            print_draft(settings, wrong, "ask")
    with database.transaction() as tx:
        tx.execute("update cases set timetable = '{}'")
    with pytest.raises(ActRefused, match="no clocks"):
        print_guidance(settings, case)


def test_packaged_files_are_sound() -> None:
    assert check_drafts(None, None) == f"{len(drafts.Step)} drafts, guidance for 15 steps"
