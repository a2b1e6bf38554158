"""Running clocks under fire: workers are killed at random, and no clock is lost or rings twice."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from subprocess import Popen
from time import monotonic, sleep
from typing import Any

import pytest

from tests import duties, house, readings
from tests.caseloads import POLICY
from tests.servers.smtp import SmtpServer
from triage import duty, jobs, policy
from triage.caseload import Caseload
from triage.life import deeds
from triage.pipeline import Saver
from triage.policy import Policy
from triage.store import Database
from triage.types import Person, Severity

pytestmark = pytest.mark.timeout(900)

CASES = 60
KILLS = 15
TAKEN_UNDER_FIRE = 20
REPEAT, CEILING = 3.0, 8.0
STEPS = 3
"""Pat is Point, Max the backup and Manager, Robin the supervisor."""
TRIES = 2
PAST_THE_LADDER = STEPS * TRIES
"""From this round on everybody is told."""
SEVERITIES = (Severity.HIGH, Severity.NORMAL, Severity.EMERGENCY)

PEOPLE = """
[[people]]
id = "robin"
name = "Robin"
roles = ["supervisor"]
mail = "robin@desk.example"
"""
SETTINGS = """
duty = "{folder}/duty.toml"
policy = "{folder}/policy.toml"
"""


@dataclass(frozen=True, slots=True)
class Ring:
    """A notice of one who waits for an owner: its number, when, and to how many people."""

    times: int
    at: datetime
    people: int


def test_no_clock_rings_twice_and_none_is_lost_across_kills(
    database: Database, tmp_path: Path
) -> None:
    with SmtpServer() as smtp:
        settings = _settings(tmp_path, smtp)
        caseload = _compressed(tmp_path, database)
        ids = _flag(database, caseload)
        workers = [house.start("work", settings, database.url) for _ in range(2)]
        try:
            _kill_at_random(workers, settings, database, caseload, ids)
            _until_every_case_is_with_everybody(database, ids)
            _take(database, caseload, ids[TAKEN_UNDER_FIRE:])
            _until_all_notices_are_out(database)
            _until_both_are_at_work(database)
        finally:
            codes = [house.stop(process) for process in workers]
        assert codes == [0, 0], (tmp_path / "work.log").read_text()[-2000:]
    rings = _rings(database)
    _check_rounds(rings, ids)
    _check_nobody_pinged_after_a_word(database)
    _check_sink(database, smtp)
    _report(rings, smtp)


def _settings(folder: Path, smtp: SmtpServer) -> Path:
    """Without storms, which would make bundles of what is counted here."""
    duties.written(folder, duties.MINIMAL + PEOPLE)
    packaged = Path(policy.__file__).with_name("policy.toml").read_text()
    (folder / "policy.toml").write_text(packaged.replace("singly = 3", "singly = 1000"))
    text = house.SETTINGS.format(
        imap_host="localhost",
        imap_port=1,
        imap_password="none",
        smtp_host=smtp.host,
        smtp_port=smtp.port,
        web_port=0,
    )
    path = folder / "triage.toml"
    path.write_text(SETTINGS.format(folder=folder) + text)
    return path


def _compressed(folder: Path, database: Database) -> Caseload:
    """A caseload whose new cases have clocks of seconds; the workers' own policy has not."""
    table = replace(
        POLICY.clocks[Severity.HIGH],
        name="compressed",
        repeat=REPEAT,
        ceiling=CEILING,
        tries=TRIES,
    )
    fast: Policy = replace(POLICY, clocks=dict.fromkeys(POLICY.clocks, table))
    desk = duty.load(folder / "duty.toml")
    return Caseload(lambda: desk, lambda: fast, jobs.teller(database.url))


def _flag(database: Database, caseload: Caseload) -> list[int]:
    """Angry mails of as many customers; the ids of their cases."""
    saver = Saver(caseload)
    for number in range(1, CASES + 1):
        sender = Person(f"Customer {number}", f"c{number}@customer.example")
        severity = SEVERITIES[number % len(SEVERITIES)]
        with database.transaction() as tx:
            saver.save(tx, [readings.flagged(number, severity=severity, sender=sender)])
    with database.transaction() as tx:
        rows = tx.execute("select id from cases order by id").fetchall()
    assert len(rows) == CASES
    return [int(row[0]) for row in rows]


def _kill_at_random(
    workers: list[Popen[bytes]],
    settings: Path,
    database: Database,
    caseload: Caseload,
    ids: Sequence[int],
) -> None:
    """Each time one of two, at moments from its start-up to full work; the other goes on. In
    between somebody takes a case."""
    moments = random.Random(4711)
    taken = iter(ids[:TAKEN_UNDER_FIRE])
    for turn in range(KILLS):
        sleep(moments.uniform(0.2, 2.4))
        victim = moments.randrange(2)
        house.kill(workers[victim])
        workers[victim] = house.start("work", settings, database.url)
        share = TAKEN_UNDER_FIRE * (turn + 1) // KILLS - TAKEN_UNDER_FIRE * turn // KILLS
        _take(database, caseload, [next(taken) for _ in range(share)])


def _take(database: Database, caseload: Caseload, ids: Sequence[int]) -> None:
    for case_id in ids:
        with database.transaction() as tx:
            caseload.act(tx, case_id, deeds.Acknowledge(), "pat")


def _until_every_case_is_with_everybody(database: Database, ids: Sequence[int]) -> None:
    _until(
        database,
        """select count(*) from clock where kind = 'acknowledge' and round < %s""",
        PAST_THE_LADDER + 1,
    )


def _until_all_notices_are_out(database: Database) -> None:
    _until(database, "select count(*) from notice where state not in ('sent', 'dropped')")


def _until_both_are_at_work(database: Database) -> None:
    """One that is still starting would die of the signal to stop."""
    _until(
        database,
        """select greatest(0, 2 - count(*)) from procrastinate_workers
           where last_heartbeat > %s""",
        datetime.now(UTC),
    )


def _until(database: Database, count: str, *values: object, seconds: float = 300) -> None:
    deadline = monotonic() + seconds
    left: Any = None
    while monotonic() < deadline:
        with database.transaction() as tx:
            left = tx.execute(count, values).fetchone()
        if left == (0,):
            return
        sleep(0.2)
    pytest.fail(f"{left} after {seconds} s: {count}")


def _rings(database: Database) -> dict[int, list[Ring]]:
    """Case -> its rings in the order of its history."""
    with database.transaction() as tx:
        rows = tx.execute(
            """select case_id, (data ->> 'times')::int, at, jsonb_array_length(data -> 'to')
               from event where what in ('reminded', 'escalated') order by case_id, place"""
        ).fetchall()
    found: dict[int, list[Ring]] = defaultdict(list)
    for case_id, *ring in rows:
        found[case_id].append(Ring(*ring))
    return found


def _check_rounds(rings: dict[int, list[Ring]], ids: Sequence[int]) -> None:
    """In order, without repeat or hole, never early; to everybody once past the ladder."""
    for case_id in ids:
        rounds = [ring.times for ring in rings[case_id]]
        assert rounds == list(range(1, len(rounds) + 1)), f"case {case_id}: {rounds}"
    for case_id in ids[TAKEN_UNDER_FIRE:]:
        assert len(rings[case_id]) > PAST_THE_LADDER
        assert rings[case_id][PAST_THE_LADDER].people == STEPS
    assert min(_lateness(rings)) >= 0


def _check_nobody_pinged_after_a_word(database: Database) -> None:
    with database.transaction() as tx:
        row = tx.execute(
            """select count(*), count(distinct taken.case_id) from event as taken
               left join event as ping on ping.case_id = taken.case_id
                 and ping.place > taken.place and ping.what in ('reminded', 'escalated')
               where taken.what = 'acknowledged' and ping.id is not null"""
        ).fetchone()
        left = tx.execute("select count(*) from clock where kind = 'acknowledge'").fetchone()
    assert row == (0, 0)
    assert left == (0,)


def _check_sink(database: Database, smtp: SmtpServer) -> None:
    """Each notice that is out is at the mail server, each under a Message-ID of its own; one that
    was sent again after a crash carries its first. Nothing is there that nobody prepared."""
    with database.transaction() as tx:
        rows = tx.execute("select key, state from notice").fetchall()
        rung = tx.execute(
            """select count(*), count(distinct (case_id, person, facts ->> 'times')) from notice
               where kind in ('reminder', 'escalation')"""
        ).fetchone()
    assert rung is not None
    assert rung[0] == rung[1], "a ring told somebody twice"
    sent = sum(state == "sent" for _, state in rows)
    seen = Counter(str(mail.message["Message-ID"]) for mail in smtp.received)
    assert len(seen) >= sent, f"{sent} notices are out, {len(seen)} came"
    assert len(seen) <= len(rows)
    assert sum(seen.values()) - len(seen) <= 4 * KILLS, "sent again more often than workers died"


def _lateness(rings: dict[int, list[Ring]]) -> list[float]:
    """Seconds from when a ring was due by the ring before it."""
    late = []
    for of_case in rings.values():
        for before, ring in pairwise(of_case):
            pause = REPEAT if ring.times < PAST_THE_LADDER else CEILING
            late.append((ring.at - before.at - timedelta(seconds=pause)).total_seconds())
    return late


def _report(rings: dict[int, list[Ring]], smtp: SmtpServer) -> None:
    late = sorted(_lateness(rings))
    again = len(smtp.received) - len({str(m.message["Message-ID"]) for m in smtp.received})
    print(
        f"{len(late)} rings over {KILLS} kills; late by {late[len(late) // 2]:.2f} s at the median,"
        f" {late[-1]:.2f} s at most; {len(smtp.received)} mails, {again} of them sent again"
    )
