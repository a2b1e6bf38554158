"""What the house knows about a person is in nothing that is sent: there is no place for it."""

import dataclasses
import types
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notices import EVERY
from triage.duty import Person, Private, Role, gives_away
from triage.notify import (
    Done,
    Envelope,
    Escalation,
    Handover,
    Help,
    HelpGiven,
    HoldEnded,
    Notice,
    PromiseDue,
    Taken,
    compose_any,
    short_text,
)
from triage.types import Person as Named

PLAIN = {str, int, float, bool, bytes, type(None), datetime, date}


def leaves(kind: Any) -> set[Any]:
    """The plain types that a record consists of, at any depth."""
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = [hints[field.name] for field in dataclasses.fields(kind)]
        return set().union(*map(leaves, parts))
    if get_origin(kind) in {tuple, Union, types.UnionType}:
        return set().union(*(leaves(one) for one in get_args(kind) if one is not Ellipsis))
    if get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return {str}
    return {kind}


@pytest.mark.parametrize("kind", get_args(Notice))
def test_a_notice_has_no_place_for_what_is_private(kind: type) -> None:
    assert leaves(kind) <= PLAIN


DIGITS = st.text("0123456789", min_size=9, max_size=12)
WORDS = st.text("qxzwvkj", min_size=8, max_size=20)


def told(kind: str, person: Person) -> Notice:
    """The notice with this person wherever one of the desk stands in it."""
    notice: Any = EVERY[kind]
    name = person.name
    if kind in {"flag", "trouble"}:
        return replace(notice, recipient=person.address)  # type: ignore[no-any-return]
    envelope = Envelope("k", person.address, Named("Triage", "t@desk.example"), person.address)
    notice = replace(notice, envelope=envelope)
    if hasattr(notice, "case"):
        notice = replace(notice, case=replace(notice.case, owner=name))
    named = {
        Escalation: {"silent": (name,)},
        Help: {"asked_by": name},
        HelpGiven: {"by": name},
        Handover: {"by": name},
        PromiseDue: {"made_by": name},
        Taken: {"by": name},
        HoldEnded: {"by": name},
    }
    if hasattr(notice, "matter") and type(notice.matter) in named:
        notice = replace(notice, matter=replace(notice.matter, **named[type(notice.matter)]))
    if isinstance(getattr(notice, "standing", None), Done):
        notice = replace(notice, standing=replace(notice.standing, by=name))
    return notice  # type: ignore[no-any-return]


@settings(deadline=None, max_examples=60)
@given(DIGITS, WORDS, WORDS)
def test_nothing_private_is_in_any_notice(phone: str, home: str, notes: str) -> None:
    person = Person(
        "pat",
        "Pat Point",
        (Role.POINT, Role.MANAGER),
        "pat@desk.example",
        office_phone="+49 30 1234567",
        personal_phone=Private(f"+49 7{phone} 9876"),
        home_mail=Private(f"{home}@home.example"),
        notes=Private(notes),
    )
    for kind in EVERY:
        notice = told(kind, person)
        message = compose_any(notice)
        bodies = [str(message.get_body((one,)).get_content()) for one in ("plain", "html")]  # type: ignore[union-attr]
        headers = [f"{name}: {value}" for name, value in message.items()]
        said = "\n".join([*bodies, *headers, *short_text(notice), *short_text(notice, True)])
        assert "Pat Point" in said
        assert gives_away(said, (person,)) == ()
        assert notes not in said


@pytest.mark.parametrize(
    "kind", sorted(set(EVERY) - {"flag", "trouble", "bundle", "digest", "hole", "swap"})
)
def test_what_is_private_is_not_shown_even_where_types_are_ignored(kind: str) -> None:
    notice: Any = EVERY[kind]
    secret = Private("+49 170 5550123")
    for field in ("owner", "link", "rule", "because", "case_number"):
        broken = replace(notice, case=replace(notice.case, **{field: secret}))
        try:
            message = compose_any(broken)
        except (TypeError, AttributeError):
            continue
        assert "5550123" not in message.as_string().replace(" ", "")
