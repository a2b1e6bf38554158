"""The project's own mails and the behavioural cases: whole, in range, free of contradictions."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from training.behaviour import CASES, read_cases
from training.duplicates import sketch

DATA = Path(__file__).parent.parent / "training" / "data"
EXTRA = ("signals", "calm", "anger", "contrast", "long")
FLAGS = (
    "complaint",
    "supervisor",
    "threat_leave",
    "threat_legal",
    "threat_public",
    "threat_safety",
    "abusive",
    "urgent",
)
KNOWN = {"id", "subject", "body", "kind", "anger", *FLAGS, "domain", "note", "set", "unsure"}
POSITIVES = 40
"""How many mails of the extra files carry each rare signal, at least."""
CASE_WORDS = 8
"""Shorter cases ("thx all good now") may well stand in somebody's mail."""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


FILES = sorted(DATA.glob("*.jsonl"))
OWN = {path.stem: rows(path) for path in FILES}
ADDED = [row for name in EXTRA for row in OWN[f"extra_{name}"]]


def labels(row: dict[str, Any]) -> tuple[int, ...]:
    return (row["anger"], *(row[flag] for flag in FLAGS))


@pytest.mark.parametrize("name", OWN)
def test_rows_have_the_schema(name: str) -> None:
    for row in OWN[name]:
        assert set(row) <= KNOWN, row["id"]
        assert set(row) >= KNOWN - {"set", "unsure"}, row["id"]
        assert type(row["anger"]) is int, row["id"]
        assert 0 <= row["anger"] <= 3, row["id"]
        assert all(type(row[flag]) is bool for flag in FLAGS), row["id"]
        assert isinstance(row["subject"], str), row["id"]
        assert row["body"].strip(), row["id"]
        assert row["kind"] in {"customer", "auto", "internal", "bulk"}, row["id"]
        assert set(row.get("unsure", [])) <= {"anger", *FLAGS}, row["id"]


def test_ids_are_unique() -> None:
    ids = [row["id"] for found in OWN.values() for row in found]
    assert len(ids) == len(set(ids))


def test_mail_no_customer_wrote_has_no_labels() -> None:
    for found in OWN.values():
        assert not [row["id"] for row in found if row["kind"] != "customer" and any(labels(row))]


def test_calm_mail_is_calm() -> None:
    for row in OWN["extra_calm"]:
        assert not any((*labels(row)[:-1],)), row["id"]


def test_notes_do_not_contradict_the_level() -> None:
    for row in ADDED:
        if re.match(r"(irate|rage|furious)\b", row["note"]):
            assert row["anger"] == 3, row["id"]
        if "no insult" in row["note"]:
            assert not row["abusive"], row["id"]


@pytest.mark.parametrize("flag", FLAGS)
def test_every_signal_occurs_often_and_at_each_level(flag: str) -> None:
    levels = [row["anger"] for row in ADDED if row[flag]]
    assert len(levels) >= POSITIVES
    assert set(levels) == {0, 1, 2, 3} or flag == "complaint"


def test_contrast_sets_differ_in_labels_and_text() -> None:
    sets = defaultdict(list)
    for row in OWN["extra_contrast"]:
        sets[row["set"]].append(row)
    assert len(sets) >= 30
    for name, members in sets.items():
        assert len(members) >= 4, name
        assert len({row["body"] for row in members}) == len(members), name
        assert len({labels(row) for row in members}) >= 3, name


def test_one_text_is_labelled_once() -> None:
    seen: dict[str, tuple[int, ...]] = {}
    for row in ADDED:
        text = " ".join(f"{row['subject']} {row['body']}".lower().split())
        assert seen.setdefault(text, labels(row)) == labels(row), row["id"]


def test_cases_can_be_read_and_differ() -> None:
    cases = read_cases()
    assert len(cases) >= 250
    assert len({case.id for case in cases}) == len(cases)
    assert len({(case.text, case.other, case.signal) for case in cases}) == len(cases)
    for case in cases:
        assert case.text != case.other, case.id
        assert bool(case.other) == (case.kind != "mft"), case.id


def test_cases_ask_for_each_answer_of_every_signal() -> None:
    asked = {(case.signal, case.expect) for case in read_cases()}
    assert {(flag, expect) for flag in FLAGS for expect in ("on", "off")} <= asked


def test_cases_do_not_repeat_a_mail() -> None:
    """The suite is a test set: none of its texts may be one that was trained on."""
    mails = [
        (row["id"], sketch(f"{row['subject']} {row['body']}"))
        for found in OWN.values()
        for row in found
    ]
    for number, case in enumerate(rows(CASES), 1):
        for text in (case["text"], case.get("other", "")):
            if len(text.split()) < CASE_WORDS:
                continue
            mine = sketch(text)
            alike = [at for at, other in mails if len(mine & other) * 2 >= len(mine)]
            assert not alike, (number, case["id"], alike)
