"""Many cases in one mail, a day's digest, holes in the rota, a swap of turns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.notices import AT, BUNDLE, DIGEST, HOLE, LINES, SWAP
from triage.notify import Bundle, HoleNotice, Line, SwapStep, compose_any
from triage.types import Severity

NOW = datetime(2026, 11, 3, 13, 6, tzinfo=UTC)
CLIPPED = 102_000
"""Gmail cuts a mail off when its HTML has more bytes."""


def text(message, kind: str = "plain") -> str:  # type: ignore[no-untyped-def]
    return str(message.get_body((kind,)).get_content())


def many(count: int) -> Bundle:
    line = Line(
        "2026-000000",
        Severity.NORMAL,
        "Maximiliane Mustermann",
        "asks for a manager",
        "We have been waiting for three weeks and nobody calls us back. " * 5,
        AT,
        "https://triage.desk.example/cases/1234567",
    )
    lines = tuple(
        replace(line, case_number=f"2026-{n:06}", since=AT + timedelta(minutes=n))
        for n in range(count)
    )
    return replace(BUNDLE, lines=lines)


def test_a_storm_is_one_mail_with_a_line_a_case() -> None:
    message = compose_any(many(200), NOW)
    assert message["Subject"] == "[Triage NORMAL] 200 cases for you"
    for kind in ("plain", "html"):
        assert all(f"2026-{n:06}" in text(message, kind) for n in range(200))
    assert len(text(message, "html").encode()) < CLIPPED


def test_a_bundle_without_end_is_counted_and_not_cut_off() -> None:
    message = compose_any(many(5000), NOW)
    assert message["Subject"] == "[Triage NORMAL] 5000 cases for you"
    assert "And 4750 more, in the list." in text(message)
    assert len(text(message, "html").encode()) < 125_000


def test_the_most_serious_stand_first_and_of_those_who_waits_longest() -> None:
    said = text(compose_any(BUNDLE, NOW))
    places = [said.index(f"Case {number}") for number in ("12344", "12345", "12346")]
    assert places == sorted(places)
    assert compose_any(BUNDLE, NOW)["X-Triage-Severity"] == "high"


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_line_says_what_it_is_about(kind: str) -> None:
    said = text(compose_any(BUNDLE, NOW), kind)
    for words in ("12345", "Jane Doe", "asks for a manager", "Manager!", "Tue 3 Nov, 14:05 CET"):
        assert words in said
    assert "https://t.example/8" in said


def test_an_emergency_is_never_in_a_bundle() -> None:
    emergency = replace(LINES[0], severity=Severity.EMERGENCY)
    with pytest.raises(ValueError, match="goes alone"):
        replace(BUNDLE, lines=(*LINES, emergency))


def test_nothing_to_tell_is_no_notice() -> None:
    with pytest.raises(ValueError):
        replace(BUNDLE, lines=())
    with pytest.raises(ValueError):
        replace(HOLE, gaps=())


@pytest.mark.parametrize(
    "notice", [BUNDLE, DIGEST, HOLE, SWAP], ids=["bundle", "digest", "hole", "swap"]
)
def test_what_is_of_no_case_is_in_no_cases_thread(notice) -> None:  # type: ignore[no-untyped-def]
    message = compose_any(notice, NOW)
    assert message["References"] is None
    assert message["Reply-To"] == "Help desk <desk@desk.example>"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_digest_is_the_day_in_figures(kind: str) -> None:
    message = compose_any(DIGEST, NOW)
    assert message["Subject"] == "[Triage] Digest: Tue 3 Nov 2026: 12 new, 7 open, 1 overdue"
    for words in (
        "half within 1 minute 35 seconds, the longest 21 minutes",
        "4 kept, 1 overdue, 2 due the next day",
        "12344",
        "https://triage.desk.example/cases",
    ):
        assert words in text(message, kind)


def test_a_quiet_day_is_told_too() -> None:
    quiet = replace(DIGEST, lines=(), took=())
    assert "Nothing that needs a look of yours." in text(compose_any(quiet, NOW))


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_hole_says_from_until_and_who_covers(kind: str) -> None:
    message = compose_any(HOLE, NOW)
    assert message["Subject"] == "[Triage ROTA] The rota has no point from Tue 3 Nov, 14:05 CET"
    for words in (
        "Tue 3 Nov 2026, 14:05 CET",
        "Tue 3 Nov 2026, 22:05 CET",
        "Sam Supervisor",
        "no layer covers these hours",
        "https://triage.desk.example/rota",
    ):
        assert words in text(message, kind)


def test_several_holes_are_counted() -> None:
    message = compose_any(HoleNotice(HOLE.envelope, HOLE.gaps * 3, None), NOW)
    assert "has 3 holes, the first from Tue 3 Nov, 14:05 CET" in message["Subject"]


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_swap_says_who_asks_for_which_days_and_where_to_answer(kind: str) -> None:
    message = compose_any(SWAP, NOW)
    assert message["Subject"] == (
        "[Triage ROTA] Sam Supervisor asks you to swap turns as point, from Tue 3 Nov, 14:05 CET"
    )
    for words in (
        "Sam Supervisor asks you to swap turns as point.",
        "Please accept or decline it.",
        "Sam Supervisor and Pat Point take each other",
        "Tue 3 Nov 2026, 14:05 CET",
        "Thu 5 Nov 2026, 14:05 CET",
        "My knee, on Wednesday",
        "https://triage.desk.example/rota?role=point",
    ):
        assert words in text(message, kind)


@pytest.mark.parametrize("step", SwapStep)
def test_every_step_of_a_swap_names_who_took_it_and_what_follows(step: SwapStep) -> None:
    said = text(compose_any(replace(SWAP, step=step, by="Rita", note=""), NOW))
    done, follows = said.splitlines()[:2]
    assert done.startswith("Rita ")
    assert follows.endswith(".")
    assert "Note" not in said
    assert ("Answer on" in said) == (step is SwapStep.ASKED)
