"""By phone or by mail (P6), as the file's table says."""

import pytest

from triage import duty
from triage.duty.answer import Answer, idle, undecided
from triage.types import Severity

ANSWERS = duty.load(None).answers
E, H, N, L = Severity


@pytest.mark.parametrize(
    ("severity", "urgent", "has_phone", "open", "expected"),
    [
        (E, False, True, False, "phone"),
        (E, True, True, True, "phone"),
        (E, True, False, False, "mail"),  # no number to call
        (H, True, True, False, "phone"),
        (H, False, True, False, "mail"),
        (H, False, True, True, "phone"),
        (N, True, True, False, "phone"),
        (N, False, True, False, "mail"),
        (N, True, False, False, "mail"),
        (L, False, True, True, "mail"),
        (L, True, True, True, "phone"),
    ],
)
def test_p6_urgency_picks_the_channel(
    severity: Severity, urgent: bool, has_phone: bool, open: bool, expected: str
) -> None:
    assert duty.channel_for(ANSWERS, severity, urgent, has_phone, open) == expected


def test_the_first_row_that_holds_decides() -> None:
    rows = (Answer("mail", urgent=True, open=False), Answer("phone", urgent=True), Answer("mail"))
    assert duty.channel_for(rows, N, True, True, False) == "mail"
    assert duty.channel_for(rows, N, True, True, True) == "phone"
    assert duty.channel_for(rows, N, False, True, True) == "mail"


def test_a_table_must_decide_everything_and_hold_no_idle_row() -> None:
    only_high = (Answer("phone", severity=(E, H)), Answer("mail", urgent=True))
    assert undecided(only_high) == "severity normal, urgent false, open true"
    assert undecided((*only_high, Answer("mail"))) == ""
    assert idle((*only_high, Answer("mail"))) is None
    assert idle((Answer("mail", severity=(H, E)), Answer("phone", severity=(E,)))) == 1
    assert idle((Answer("mail", urgent=True), Answer("mail", urgent=False), Answer("mail"))) == 2
