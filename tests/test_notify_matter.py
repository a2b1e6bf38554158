"""Matters as they are kept: kind and facts, and back."""

import json

import pytest

from tests.notices import MATTERS
from triage.notify import NoticeKind, facts_of, matter_of


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_matter_comes_back_as_it_was(kind: NoticeKind) -> None:
    matter = MATTERS[kind]
    kept = json.loads(json.dumps(facts_of(matter)))
    assert matter.kind is kind
    assert matter_of(kind, kept) == matter


WRONG = {
    "no such kind": ("flag", {}),
    "facts of another": ("taken", {"number": 1}),
    "no facts": ("reminder", {}),
    "a wrong choice": ("manager_task", {"by": "pigeon"}),
    "no such due": ("overdue", {"what": "tea", "since": "2026-11-03T14:05:00+01:00"}),
}


@pytest.mark.parametrize(("kind", "facts"), WRONG.values(), ids=WRONG)
def test_what_is_no_matter_is_named_as_wrong(kind: str, facts: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        matter_of(kind, facts)
