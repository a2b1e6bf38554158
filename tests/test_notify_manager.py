"""The Manager's notice: all that P4 asks for, or it does not go out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.notices import AT, BRIEF, DONE, NOT_YET
from tests.servers.smtp import SmtpServer
from triage.errors import DeliveryRefused
from triage.notify import (
    Done,
    ManagerNotice,
    NoticeIncomplete,
    NotYet,
    Smtp,
    SmtpSettings,
    compose_any,
    deliver,
    missing_fields,
)
from triage.types import Person, Severity

NOW = datetime(2026, 11, 3, 13, 6, tzinfo=UTC)
NOBODY = Person("\u200b", " ")
EMPTY = {
    "customer": (replace(DONE, case=replace(BRIEF, customer=NOBODY)), "the customer's name"),
    "number": (replace(DONE, case=replace(BRIEF, case_number=" ")), "the case number"),
    "what": (replace(DONE, standing=Done("\u202e", "Pat", AT)), "what was done"),
    "by": (replace(DONE, standing=Done("x", "", AT)), "by whom"),
    "when": (replace(DONE, standing=Done("x", "Pat", None)), "when"),
    "next": (replace(DONE, standing=NotYet("")), "what runs next"),
}


@pytest.mark.parametrize(("notice", "name"), EMPTY.values(), ids=EMPTY)
def test_p4_a_field_that_is_missing_is_named(notice: ManagerNotice, name: str) -> None:
    assert missing_fields(notice) == (name,)
    with pytest.raises(NoticeIncomplete, match=f"cannot go out: {name} is missing") as caught:
        compose_any(notice, NOW)
    assert caught.value.missing == (name,)


def test_p4_all_that_is_missing_is_named_at_once() -> None:
    notice = replace(DONE, standing=Done("", "", None))
    with pytest.raises(NoticeIncomplete, match="what was done, by whom and when are missing"):
        compose_any(notice, NOW)


def test_p4_an_incomplete_notice_reaches_nobody() -> None:
    notice = replace(DONE, standing=Done("", "Pat", AT))
    with SmtpServer() as server:
        smtp = Smtp(SmtpSettings(server.host, server.port, "plain"))
        with pytest.raises(DeliveryRefused, match="what was done is missing"):
            deliver(smtp.send, notice)
        deliver(smtp.send, DONE)
        [mail] = server.wait_for(1)
    assert mail.message["X-Triage-Kind"] == "manager"


def test_p4_subject_and_two_lines_carry_it_all() -> None:
    message = compose_any(DONE, NOW)
    assert message["Subject"] == (
        "[Triage HIGH] Case 12345: Jane Doe – Replaced the router; a month is free"
    )
    [first, second, *_] = _text(message).splitlines()
    assert first == "Jane Doe, case 12345: Replaced the router; a month is free"
    assert second == "Done by Pat Point, Tue 3 Nov 2026, 14:05 CET."


def test_p4_not_resolved_yet_says_who_has_it_and_what_runs_next() -> None:
    assert missing_fields(NOT_YET) == ()
    message = compose_any(NOT_YET, NOW)
    assert message["Subject"] == "[Triage HIGH] Case 12345: Jane Doe – not resolved yet"
    [first, second, *_] = _text(message).splitlines()
    assert first == "Jane Doe, case 12345: not resolved yet"
    assert second == "Pat Point has it. Next: the customer has an answer, Tue 3 Nov, 17:05 CET."


def test_p4_a_case_that_nobody_has_is_told_of_too() -> None:
    notice = replace(NOT_YET, case=replace(BRIEF, owner=""))
    assert "\nNobody has it yet. Next: the customer has an answer, " in _text(compose_any(notice))


def test_p4_a_customer_without_a_name_goes_by_their_address() -> None:
    case = replace(BRIEF, customer=Person("", "jane@customer.example"))
    message = compose_any(replace(DONE, case=case), NOW)
    assert "jane@customer.example – Replaced" in message["Subject"]


def test_p4_told_again_says_why() -> None:
    notice = replace(NOT_YET, change="the severity rose to emergency")
    assert "You are told again: the severity rose to emergency." in _text(compose_any(notice, NOW))


@pytest.mark.parametrize("severity", list(Severity))
def test_only_an_emergency_presses_the_manager(severity: Severity) -> None:
    message = compose_any(replace(DONE, case=replace(BRIEF, severity=severity)), NOW)
    assert (message["Importance"] == "high") is (severity is Severity.EMERGENCY)


def test_times_are_shown_in_the_cases_zone() -> None:
    done = Done("x", "Pat", AT.astimezone(UTC) + timedelta(hours=1))
    assert "15:05 CET" in _text(compose_any(replace(DONE, standing=done), NOW))


def _text(message) -> str:  # type: ignore[no-untyped-def]
    return str(message.get_body(("plain",)).get_content())
