"""Whom a flag goes to in turn (P7, P8)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from tests.duties import START, a_desk, a_layer, desks, someone
from triage import duty
from triage.duty import Absence, Duty, Override, Role

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)
WEEKS = a_layer("pat", "sam", "kim")
ANN, BOB = someone("ann", Role.SUPERVISOR), someone("bob", Role.SPECIALIST)


def gone(*ids: str) -> list[Absence]:
    return [Absence(id, NOW - timedelta(hours=1), NOW + timedelta(hours=1)) for id in ids]


def steps(desk: Duty, *away: str) -> str:
    return " ".join(one.id for one in duty.ladder(desk, NOW, absences=gone(*away)))


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        ((), "pat sam ann max"),
        (("pat",), "sam kim ann max"),
        (("ann",), "pat sam bob max"),  # a specialist where no supervisor is there
        (("ann", "bob"), "pat sam max"),
        (("sam", "kim"), "pat lee ann max"),  # nobody else in turn: another Point
        (("max",), "pat sam ann"),
        (("pat", "sam", "kim"), "max lee ann"),  # the fallback is Point now, and not named twice
        (("pat", "sam", "kim", "lee", "ann", "bob"), "max"),
        (("pat", "sam", "kim", "lee", "ann", "bob", "max"), "max"),
    ],
)
def test_p7_p8_the_ladder(away: tuple[str, ...], expected: str) -> None:
    assert steps(a_desk(WEEKS, people=(ANN, BOB)), *away) == expected


def test_p7_a_supervisor_who_is_point_now_is_not_the_step_above() -> None:
    both = someone("ann", Role.POINT, Role.SUPERVISOR)
    desk = a_desk(a_layer("ann", "pat"), people=(both, BOB))
    assert steps(desk) == "ann pat bob max"


def test_p8_overrides_count() -> None:
    desk = a_desk(WEEKS, people=(ANN, BOB))
    lee = Override("lee", Role.POINT, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert [one.id for one in duty.ladder(desk, NOW, overrides=[lee])] == [
        "lee",
        "pat",
        "ann",
        "max",
    ]


@settings(max_examples=60, deadline=None)
@given(desks())
def test_p8_nobody_twice_nobody_away_and_never_empty(desk: Duty) -> None:
    moment = START + timedelta(days=200)
    ladder = duty.ladder(desk, moment)
    away = {a.person for a in desk.rota.absences if a.start <= moment < a.until}
    assert ladder[0] == duty.on_duty(desk, Role.POINT, moment).person
    assert len({one.id for one in ladder}) == len(ladder)
    assert not away & {one.id for one in ladder[1:]}
