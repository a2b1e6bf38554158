"""Exports: no cell becomes a formula, nothing is lost, and length costs no memory."""

import csv
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import repeat
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.complaints import NOW
from triage.complaints.export import LONGEST_CELL, csv_lines, harmless, json_lines, write_xlsx
from triage.complaints.log import TITLES, LogRow

BERLIN = ZoneInfo("Europe/Berlin")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXTS = {one.name: "" for one in fields(LogRow) if one.type is str}
ROW = LogRow(
    **TEXTS
    | {"case_id": 1001, "reference": "T-1001", "opened_at": NOW, "customer_name": "Dana"}
    | {"amount": Decimal("120.00"), "currency": "EUR", "promises": 2, "overdue": 1}
    | dict.fromkeys(("acknowledged_at", "answered_at", "told_at", "ended_at"))
)  # type: ignore[arg-type]


def cells(row: LogRow) -> dict[str, str]:
    content = b"".join(csv_lines([row], BERLIN)).decode("utf-8-sig")
    heads, values = csv.reader(StringIO(content, newline=""))
    assert heads == list(TITLES.values())
    return dict(zip(TITLES, values, strict=True))


def sheet(*rows: LogRow) -> list[dict[str, str]]:
    file = BytesIO()
    assert write_xlsx(rows, BERLIN, file) == len(rows)
    with ZipFile(file) as book:
        assert book.testzip() is None
        root = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not root.findall(f".//{SHEET}f")  # no formulas
    assert not root.findall(f".//{SHEET}hyperlink")
    return [
        {cell.get("r"): "".join(cell.itertext()) for cell in row.findall(f"{SHEET}c")}
        for row in root.iter(f"{SHEET}row")
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t=", "\r=", "\n@", " =", "'=", '"=', "＝"])
def test_a_cell_that_would_be_a_formula_is_none(first: str) -> None:
    text = f"{first}cmd|' /C calc'!A0"
    assert cells(replace(ROW, subject=text))["subject"].startswith("'")


@pytest.mark.parametrize("text", ["a;=1+1", "a\n=1+1", "a\t@x", "a; -1", 'a;"=1"'])
def test_nor_behind_what_some_take_for_the_end_of_a_cell(text: str) -> None:
    assert "'" in cells(replace(ROW, subject=text))["subject"]


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[ '\";\t\r\n\x00]{0,4}[=+@\-][ -~]{0,20}", fullmatch=True))
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    said = harmless(text)
    for part in said.replace("\t", "\n").replace(";", "\n").split("\n"):
        assert not part.lstrip(" \xa0\"'").startswith(tuple("=+-@＝＋－＠")) or part.startswith("'")
    content = b"".join(csv_lines([replace(ROW, subject=text)], BERLIN))
    assert len(list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))) == 2
    kept = [one for one in text if one.isalnum()]
    assert [one for one in said if one.isalnum()] == kept


def test_a_plain_row_is_as_it_was() -> None:
    row = cells(replace(ROW, subject="Where; is\nmy “sofa”, please? 5-3", happened="王小明 محمد"))
    assert row["subject"] == "Where; is\nmy “sofa”, please? 5-3"
    assert row["happened"] == "王小明 محمد"
    assert row["opened_at"] == "2026-03-04 11:30:00+01:00"
    assert (row["amount"], row["overdue"], row["told_at"]) == ("120.00", "1", "")


def test_json_lines_keep_texts_and_cents() -> None:
    (line,) = json_lines([replace(ROW, subject="=1+1\n\ud800")], BERLIN)
    row = json.loads(line)
    assert list(row) == list(TITLES)
    assert row["subject"] == "=1+1\n?"
    assert (row["amount"], row["opened_at"]) == ("120.00", "2026-03-04T11:30:00+01:00")
    assert line.count(b"\n") == 1


def test_a_workbook_holds_texts_numbers_and_times_and_no_formula() -> None:
    hostile = replace(ROW, subject="=1+1", happened="http://x.example", lesson="{=A1}\0\x01")
    heads, row = sheet(hostile)
    assert list(heads.values()) == list(TITLES.values())
    by_name = dict(zip(TITLES, (row.get(at.replace("1", "2")) for at in heads), strict=True))
    assert (by_name["subject"], by_name["happened"]) == ("=1+1", "http://x.example")
    assert (by_name["lesson"], by_name["amount"]) == ("{=A1}", "120.00")
    assert by_name["opened_at"] is not None
    assert float(by_name["opened_at"]) == pytest.approx(46085 + 11.5 / 24)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    _, row = sheet(replace(ROW, subject="🎉" * LONGEST_CELL))
    text = next(value for value in row.values() if "🎉" in value)
    assert text.endswith(" [cut]")
    assert len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL


def many(number: int) -> Iterator[LogRow]:
    rows = repeat(replace(ROW, happened="It came late. " * 20), number)
    return (replace(row, opened_at=NOW + timedelta(seconds=n)) for n, row in enumerate(rows))


def test_length_costs_no_memory() -> None:
    """What is held at once is the same for ten times the rows, give or take a buffer."""

    def peak(number: int) -> int:
        tracemalloc.start()
        for _ in csv_lines(many(number), BERLIN):
            pass
        for _ in json_lines(many(number), BERLIN):
            pass
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    peak(10)
    assert peak(3_000) < peak(300) + 200_000
