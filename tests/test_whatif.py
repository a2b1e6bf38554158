"""Another policy on the mail of the past: what is flagged, who is pinged, and what was missed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import duties, readings
from triage import policy
from triage.cli.policy_table import lines
from triage.duty import Duty
from triage.store import Database, history
from triage.store.history import PastMail
from triage.types import SIGNALS, Severity
from triage.whatif import Course, Pings, Trial, tried
from triage.whatif.pings import MOST_RINGS

MODEL = "mood-1.2"
LEVELS = dict.fromkeys(SIGNALS, 0.6)
MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)  # 13:00 in Berlin, the desk is open
UNTIL = MONDAY + timedelta(days=10)
SINCE = MONDAY - timedelta(days=1)
ANGRY = """[[rules]]
name = "angry"
severity = "{severity}"
because = "B."
when = {{ angry = {level} }}
"""


def written(folder: Path, text: str) -> policy.Policy:
    path = folder / "other.toml"
    path.write_text(text)
    return policy.load(path)


@pytest.fixture
def strict(tmp_path: Path) -> policy.Policy:
    return written(tmp_path, ANGRY.format(severity="high", level=0.9))


@pytest.fixture
def desk(tmp_path: Path) -> Duty:
    """Pat is Point, Max is Manager and the backup."""
    return duties.loaded(tmp_path)


def past(number: int, **changes: object) -> PastMail:
    mail = PastMail(
        id=number,
        case_id=None,
        received=MONDAY,
        kind="customer",
        rule="none",
        model=MODEL,
        scores=readings.scores().as_dict(),
        flagged_at=None,
        taken_at=None,
        status=None,
        owner=None,
    )
    return replace(mail, **changes)  # type: ignore[arg-type]


def flagged(number: int, angry: float, status: str = "closed", **changes: object) -> PastMail:
    at = MONDAY + timedelta(seconds=5)
    story = {
        "case_id": 1000 + number,
        "rule": "angry",
        "scores": readings.scores(angry=angry).as_dict(),
        "flagged_at": at,
        "taken_at": at + timedelta(minutes=25),
        "status": status,
    }
    return past(number, **(story | changes))


def trial(mails: list[PastMail], other: policy.Policy, **changes: object) -> Trial:
    given = {"model": MODEL, "duty": None, "usual_wait": timedelta(minutes=25)} | changes
    before = Course("in force", policy.load(), LEVELS)
    return tried(mails, before, Course("other", other, LEVELS), SINCE, UNTIL, **given)  # type: ignore[arg-type]


def test_flags_before_and_after_by_rule_severity_and_day(strict: policy.Policy) -> None:
    mails = [
        flagged(1, 0.95),
        flagged(2, 0.7),
        past(3, scores=readings.scores(upset=0.8).as_dict(), received=MONDAY + timedelta(days=1)),
        past(4),
        past(5, kind="bulk", model=None, scores=None),
        past(6, rule="not scored: language pl", model=None, scores=None),
    ]
    found = trial(mails, strict)
    assert (found.customer_mails, found.read) == (5, 4)
    assert (found.before.flags, found.after.flags) == (3, 1)
    assert found.before.by_rule == {"angry": 2, "upset": 1}
    assert found.after.by_rule == {"angry": 1}
    assert found.before.by_severity == {"emergency": 0, "high": 2, "normal": 0, "low": 1}
    assert found.before.by_day == {"2026-11-02": 2, "2026-11-03": 1}
    assert found.first == MONDAY
    changes = {(one.before, one.after): one.mails for one in found.changes}
    assert changes == {
        ("angry (high)", "none"): ((2, 1002),),
        ("upset (low)", "none"): ((3, None),),
    }


def test_a_threshold_alone_changes_what_is_left_to_the_model() -> None:
    mine = policy.load()
    mails = [flagged(1, 0.65)]
    before, after = Course("a", mine, LEVELS), Course("b", mine, LEVELS | {"angry": 0.7})
    found = tried(mails, before, after, SINCE, UNTIL, model=MODEL)
    assert (found.before.flags, found.after.flags) == (1, 0)
    assert not found.has_desk
    assert found.before.pings == {}


def test_mail_that_is_not_read_may_be_flagged(tmp_path: Path) -> None:
    text = ANGRY.format(severity="high", level=0.5) + "[not_scored]\nnotify = true\n"
    unread = [past(1, rule="not scored: language pl", model=None, scores=None)]
    found = trial(unread, written(tmp_path, text))
    assert found.after.by_rule == {"not scored": 1}
    assert found.after.by_severity["low"] == 1
    assert found.changes[0].before == "not scored: language pl"


def test_misses_are_flags_that_a_person_took_up(strict: policy.Policy) -> None:
    mails = [
        flagged(1, 0.7),
        flagged(2, 0.7, status="in hand"),
        flagged(3, 0.7, status="dismissed"),
        flagged(4, 0.7, status="notified", taken_at=None),
        flagged(5, 0.95, status="dismissed"),
    ]
    found = trial(mails, strict)
    assert (found.before.missed, found.after.missed) == (0, 2)
    assert found.after.missed_mails == ((1, 1001), (2, 1002))
    assert (found.before.false_alarms, found.after.false_alarms) == (2, 1)


def test_what_to_expect_among_the_unflagged_is_the_sum_of_probabilities(
    strict: policy.Policy,
) -> None:
    found = trial([flagged(1, 0.7), flagged(2, 0.5, rule="none"), flagged(3, 0.95)], strict)
    assert found.after.unflagged["angry"] == pytest.approx(1.2)
    assert found.before.unflagged["angry"] == pytest.approx(0.5)
    assert "urgent" not in found.after.unflagged


def test_what_the_figures_rest_on_is_said(strict: policy.Policy) -> None:
    mails = [flagged(1, 0.7, model="mood-1.1"), flagged(2, 0.7, rule="irate"), past(3)]
    found = trial(mails, strict)
    assert (found.other_models, found.decided_otherwise) == (1, 1)


def test_who_would_have_been_pinged_and_when(desk: Duty, tmp_path: Path) -> None:
    """High: Point at once, the next after ten minutes, then all each quarter of an hour."""
    other = written(tmp_path, ANGRY.format(severity="normal", level=0.6))
    found = trial([flagged(1, 0.9)], other, duty=desk)
    assert found.before.pings == {("pat", "flag"): 1, ("max", "escalation"): 1}
    assert found.after.pings == {("pat", "flag"): 1}
    assert found.before.after_hours == {}
    (one,) = found.ping_changes
    assert (one.side, one.mail, one.case) == ("before", 1, 1001)
    assert one.ping.at == MONDAY + timedelta(minutes=10, seconds=5)


def test_pings_end_when_somebody_took_it(desk: Duty) -> None:
    at = MONDAY + timedelta(seconds=5)
    soon = flagged(1, 0.9, taken_at=at + timedelta(minutes=9))
    late = flagged(2, 0.9, taken_at=at + timedelta(minutes=26))
    found = trial([soon, late], policy.load(), duty=desk)
    assert found.before.pings == {
        ("pat", "flag"): 2,
        ("max", "escalation"): 1,
        ("pat", "reminder"): 1,
        ("max", "reminder"): 1,
    }
    assert found.ping_changes == ()


def test_a_flag_that_nobody_took_is_not_followed_for_ever(desk: Duty) -> None:
    pings = Pings.of(desk, SINCE, UNTIL)
    table = policy.load().clocks["high"]
    found = pings.of_flag(Severity.HIGH, table, MONDAY, None)
    assert len({ping.at for ping in found}) == MOST_RINGS + 1


def test_pings_at_night_are_told_apart(desk: Duty) -> None:
    night = MONDAY + timedelta(hours=10)
    mail = flagged(1, 0.9, received=night, flagged_at=night, taken_at=night + timedelta(minutes=1))
    assert trial([mail], policy.load(), duty=desk).before.after_hours == {"pat": 1}


def test_a_new_flag_is_reckoned_taken_after_the_usual_time(desk: Duty, tmp_path: Path) -> None:
    other = written(tmp_path, ANGRY.format(severity="high", level=0.3))
    mails = [past(1, scores=readings.scores(angry=0.4).as_dict())]
    usual = trial(mails, other, duty=desk, usual_wait=timedelta(minutes=11))
    assert usual.after.pings == {("pat", "flag"): 1, ("max", "escalation"): 1}
    unknown = trial(mails, other, duty=desk, usual_wait=None)
    assert unknown.after.pings == {("pat", "flag"): 1}


def test_a_further_flag_in_a_case_goes_to_who_has_it(desk: Duty) -> None:
    at = MONDAY + timedelta(hours=1)
    first = flagged(1, 0.9, taken_at=MONDAY + timedelta(minutes=5))
    while_waiting = flagged(
        2, 0.9, case_id=1001, flagged_at=MONDAY + timedelta(minutes=2), taken_at=None
    )
    later = flagged(3, 0.9, case_id=1001, flagged_at=at, taken_at=None, owner="max")
    found = trial([first, while_waiting, later], policy.load(), duty=desk)
    assert found.before.pings == {("pat", "flag"): 2, ("max", "flag"): 1}


@pytest.fixture
def example(desk: Duty, strict: policy.Policy) -> Trial:
    mails = [flagged(number, 0.5 + number % 50 / 100) for number in range(1, 60)]
    return trial(mails, strict, duty=desk)


def test_the_table_is_readable_at_80_columns(example: Trial) -> None:
    long = "in-a-folder-with-a-rather-long-name-of-a-policy-file-to-be-tried.toml, angry=0.6"
    found = replace(example, after=replace(example.after, name=long))
    said = list(lines(found))
    assert max(map(len, said)) <= 80
    text = "\n".join(said)
    assert "angry (high) -> none" in text
    assert "T-1010" in text
    assert "escalation max" in text


def test_the_table_of_a_long_time_goes_by_week(example: Trial) -> None:
    long_ago = replace(example, first=SINCE - timedelta(days=60))
    assert "  2026-11-02" in "\n".join(lines(long_ago))
    assert any("by week" in line for line in lines(long_ago))


def test_an_empty_past_has_a_table(strict: policy.Policy) -> None:
    assert any("No mail is decided otherwise" in line for line in lines(trial([], strict)))


@dataclass
class Filled:
    database: Database

    def trial(self, other: policy.Policy, since: datetime = SINCE) -> Trial:
        with self.database.transaction() as tx:
            wait = history.usual_wait(tx, since, UNTIL)
            mails = history.mails_since(tx, since, UNTIL)
            before, after = Course("a", policy.load(), LEVELS), Course("b", other, LEVELS)
            return tried(mails, before, after, since, UNTIL, model=MODEL, usual_wait=wait)

    def mail(self, number: int, rule: str, outcome: str, scores: dict[str, float] | None) -> None:
        with self.database.transaction() as tx:
            tx.execute(
                """insert into mail (digest, received, size, kind, outcome, rule, text, subject)
                   values (%s, %s, 1, 'customer', %s, %s, 'secret words', 'secret subject')""",
                [str(number), MONDAY + timedelta(minutes=number), outcome, rule],
            )
            if scores is not None:
                tx.execute(
                    "insert into assessment (mail_id, model, scores) values (%s, %s, %s)",
                    [number, MODEL, json.dumps(scores)],
                )

    def flag(self, number: int, status: str, *taken: timedelta) -> None:
        at = MONDAY + timedelta(minutes=number)
        with self.database.transaction() as tx:
            tx.execute(
                """insert into cases (customer_name, customer_address, subject, severity, status)
                   values ('a', 'b', 'c', 'high', %s)""",
                [status],
            )
            tx.execute(
                """insert into flag (case_id, mail_id, severity, rule, at)
                   select max(id), %s, 'high', 'angry', %s from cases""",
                [number, at],
            )
            tx.execute(
                "update mail set case_id = (select max(id) from cases) where id = %s", [number]
            )
            for wait in taken:
                tx.execute(
                    """insert into event (case_id, at, who, what)
                       select max(id), %s, 'pat', 'acknowledged' from cases""",
                    [at + wait],
                )


@pytest.fixture
def filled(database: Database) -> Iterator[Filled]:
    store = Filled(database)
    store.mail(1, "angry", "flag", readings.scores(angry=0.95).as_dict())
    store.mail(2, "angry", "flag", readings.scores(angry=0.7).as_dict())
    store.mail(3, "not scored: language pl", "unscored", None)
    store.mail(4, "unreadable", "failed", None)
    store.flag(1, "closed", timedelta(minutes=10), timedelta(minutes=50))
    store.flag(2, "acknowledged", timedelta(minutes=20))
    yield store


def test_the_past_is_read_from_the_store(filled: Filled, strict: policy.Policy) -> None:
    found = filled.trial(strict)
    assert (found.customer_mails, found.read, found.decided_otherwise) == (3, 2, 0)
    assert found.usual_wait == timedelta(minutes=15)
    assert (found.before.flags, found.after.flags) == (2, 1)
    assert found.after.missed_mails == ((2, 1002),)
    assert "secret" not in repr(found)


def test_only_mail_of_the_span_counts(filled: Filled, strict: policy.Policy) -> None:
    assert filled.trial(strict, MONDAY + timedelta(minutes=2)).before.flags == 1


def test_of_nothing_comes_nothing(database: Database, strict: policy.Policy) -> None:
    found = Filled(database).trial(strict)
    assert (found.customer_mails, found.usual_wait, found.first) == (0, None, None)
