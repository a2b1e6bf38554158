"""Whoever changes the history is found out, though they may do in the database what they like."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.filling import angry, save
from tests.waiting import PATIENCE
from triage.store import Database, Transaction, audit, cases
from triage.store.audit import Broken, Seal, Verdict
from triage.types import Person

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def history(database: Database) -> Database:
    """Three cases: 1001 with five entries, the others with one each; sealed."""
    for number in range(3):
        save(database, angry(sender=Person("", f"c{number}@customer.example")))
    with database.transaction() as tx:
        for number in range(4):
            cases.tell(tx, 1001, "pat", "note", {"text": f"number {number}"})
    audit.seal(database, NOW)
    return database


@contextmanager
def tampering(database: Database) -> Iterator[Transaction]:
    """As a superuser with every guard off."""
    with database.transaction() as tx:
        tx.execute("set local session_replication_role = replica")
        yield tx


def verify(database: Database, *outside: Seal) -> tuple[Verdict, list[Broken]]:
    found: list[Broken] = []
    return audit.verify(database, found.append, outside), found


def test_an_honest_history_is_whole(history: Database) -> None:
    verdict, found = verify(history)
    assert found == []
    assert verdict == Verdict(cases=3, events=7, seals=1, broken=0)


def test_what_comes_after_a_seal_breaks_nothing(history: Database) -> None:
    with history.transaction() as tx:
        cases.tell(tx, 1001, "pat", "note", {"text": "later"})
    assert audit.seal(history, NOW) is not None
    verdict, found = verify(history)
    assert (found, verdict.seals) == ([], 2)


def test_an_empty_store_is_whole(database: Database) -> None:
    audit.seal(database, NOW)
    assert verify(database) == (Verdict(0, 0, 1, 0), [])


@pytest.mark.parametrize("statement", ["update event set who = 'eve'", "delete from event"])
def test_the_database_itself_refuses_changes(history: Database, statement: str) -> None:
    with pytest.raises(Exception, match="append-only"), history.transaction() as tx:
        tx.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "who = 'eve'",
        "what = 'closed'",
        "at = at - interval '1 microsecond'",
        """data = data || '{"text": "other"}'""",
    ],
)
def test_a_changed_entry_is_found(history: Database, change: str) -> None:
    with tampering(history) as tx:
        tx.execute(f"update event set {change} where case_id = 1001 and place = 3")
    _, found = verify(history)
    assert found == [Broken("T-1001", "entry 3 of its history is not what was written")]


def test_an_entry_with_a_hash_of_its_own_is_found(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("update event set who = 'eve' where case_id = 1001 and place = 3")
        tx.execute("update event set hash = event_hash(event) where case_id = 1001 and place = 3")
    _, found = verify(history)
    assert found[0] == Broken(
        "T-1001", "entry 4 of its history does not follow from the one before"
    )


def test_a_function_swapped_in_the_database_hides_nothing(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("update event set who = 'eve' where case_id = 1001 and place = 3")
        row = tx.execute("select pg_get_functiondef('event_hash'::regproc)").fetchone()
        assert row is not None
        tx.execute(
            """create or replace function event_hash(e event) returns bytea language sql stable
               as 'select e.hash'"""
        )
    try:
        _, found = verify(history)
    finally:
        with history.transaction() as tx:
            tx.execute(row[0])
    assert [one.reference for one in found] == ["T-1001"]


def test_a_missing_entry_is_found(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("delete from event where case_id = 1001 and place = 3")
    _, found = verify(history)
    assert found[0] == Broken("T-1001", "entry 3 of its history is missing")


def test_a_missing_end_is_found(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("delete from event where case_id = 1001 and place >= 4")
    _, found = verify(history)
    what = "its history has 3 entries, and the case knows of 5"
    assert found[0] == Broken("T-1001", what)


def test_a_missing_end_is_found_though_the_case_was_told_so(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("delete from event where case_id = 1001 and place >= 4")
        rewrite(tx, 1001)
    assert sealed_only(history)


def test_an_entry_put_in_is_found(history: Database) -> None:
    """At the end, with everything right but what the case knows."""
    with tampering(history) as tx:
        tx.execute(
            """insert into event (case_id, who, what, place, before, hash)
               select case_id, 'eve', 'note', 6, hash, '' from event
               where case_id = 1001 and place = 5"""
        )
        tx.execute("update event set hash = event_hash(event) where hash = ''")
    _, found = verify(history)
    what = "its history has 6 entries, and the case knows of 5"
    assert found == [Broken("T-1001", what)]


def test_entries_that_changed_places_are_found(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("update event set place = 99 where case_id = 1001 and place = 3")
        tx.execute("update event set place = 3 where case_id = 1001 and place = 4")
        tx.execute("update event set place = 4 where case_id = 1001 and place = 99")
    _, found = verify(history)
    assert found[0] == Broken("T-1001", "entry 3 of its history is not what was written")


def test_an_entry_moved_to_another_case_is_found(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("update event set case_id = 1002, place = 2 where case_id = 1001 and place = 5")
    _, found = verify(history)
    assert {one.reference for one in found} >= {"T-1001", "T-1002"}


def test_a_case_that_is_gone_is_found(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("delete from cases where id = 1002")
    _, found = verify(history)
    assert found == [Broken("case 1002", "its history is there, the case itself is gone")]


def test_a_history_that_is_gone_is_found(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("delete from event where case_id = 1002")
    _, found = verify(history)
    what = "its history has 0 entries, and the case knows of 1"
    assert found[0] == Broken("T-1002", what)


def test_a_case_gone_with_its_history_is_found_by_its_seal(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("delete from event where case_id = 1002")
        tx.execute("delete from cases where id = 1002")
    assert sealed_only(history)


def test_a_chain_rewritten_as_a_whole_is_found_by_its_seal(history: Database) -> None:
    with tampering(history) as tx:
        tx.execute("update event set who = 'eve' where case_id = 1001 and place = 3")
        rewrite(tx, 1001)
    assert sealed_only(history)


def test_a_seal_says_from_when_on_the_history_is_another_one(history: Database) -> None:
    with history.transaction() as tx:
        cases.tell(tx, 1002, "pat", "note", {"text": "later"})
    audit.seal(history, NOW + timedelta(days=1))
    with tampering(history) as tx:
        tx.execute("update event set who = 'eve' where case_id = 1002 and place = 2")
        rewrite(tx, 1002)
    _, (found,) = verify(history)
    assert found.what.startswith("seal 2, up to event 8: the history is another one")
    assert found.what.endswith("up to event 7 it is as it was")


def test_seals_rewritten_too_are_found_by_one_from_outside(history: Database) -> None:
    with history.transaction() as tx:
        kept = audit.last_seal(tx)
    assert kept is not None
    with tampering(history) as tx:
        tx.execute("update event set who = 'eve' where case_id = 1001 and place = 3")
        rewrite(tx, 1001)
        tx.execute("delete from seal")
    audit.seal(history, NOW)
    assert verify(history)[1] == []
    outside = Seal(0, NOW, kept.events, kept.hash)
    _, (found,) = verify(history, outside)
    assert found.what.startswith("a seal from outside, up to event 7: the history is another one")


def test_a_seal_waits_for_what_is_just_being_written(history: Database) -> None:
    """Else an entry with a lower number could come in after it, and break it."""
    entered, leave = Event(), Event()

    def write() -> None:
        with history.transaction() as tx:
            cases.tell(tx, 1002, "pat", "note", {"text": "slow"})
            entered.set()
            leave.wait(PATIENCE)

    def note() -> None:
        with history.transaction() as tx:
            cases.tell(tx, 1003, "pat", "note", {"text": "quick"})

    def make() -> None:
        made.append(audit.seal(history, NOW))

    made: list[Seal | None] = []
    writing, sealing = Thread(target=write), Thread(target=make)
    writing.start()
    assert entered.wait(PATIENCE)
    note()
    sealing.start()
    sealing.join(0.5)
    assert made == []
    leave.set()
    writing.join()
    sealing.join()
    assert verify(history)[1] == []


def test_the_commands_say_it_and_exit_so(history: Database, tmp_path: Path) -> None:
    sealed = command(history, tmp_path, "seal")
    assert sealed.returncode == 0
    line = sealed.stdout.strip()
    assert command(history, tmp_path, "verify", "--seal", line).returncode == 0
    with tampering(history) as tx:
        tx.execute("update event set who = 'eve' where case_id = 1001 and place = 3")
    found = command(history, tmp_path, "verify")
    assert found.returncode == 1
    assert "BROKEN  T-1001: entry 3" in found.stdout
    assert "7 entries of 3 cases, 2 seals: 1 broken" in found.stdout
    wrong = command(history, tmp_path, "verify", "--seal", "7:xyz")
    assert wrong.returncode == 2
    assert "--seal" in wrong.stderr


def rewrite(tx: Transaction, case_id: int) -> None:
    """Make a chain anew from what its entries say, and the case believe it."""
    before, places = b"", 0
    ids = tx.execute("select id from event where case_id = %s order by id", [case_id]).fetchall()
    for places, (id,) in enumerate(ids, 1):
        tx.execute("update event set place = %s, before = %s where id = %s", [places, before, id])
        row = tx.execute(
            "update event set hash = event_hash(event) where id = %s returning hash", [id]
        ).fetchone()
        assert row is not None
        before = row[0]
    tx.execute("update cases set revision = %s, head = %s where id = %s", [places, before, case_id])


def sealed_only(database: Database) -> bool:
    """Whether the seal alone shows it: the chains themselves are whole."""
    _, found = verify(database)
    return [one.reference for one in found] == [""] and "another one" in found[0].what


def command(database: Database, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "triage", "audit", *words],
        cwd=folder,
        env=os.environ | {"TRIAGE_DATABASE_URL": database.url},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
