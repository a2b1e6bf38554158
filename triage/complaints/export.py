"""The log as CSV, XLSX and JSON lines: row by row, so that its length does not matter."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from io import StringIO
from itertools import islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]

from triage.complaints.log import TITLES, LogRow
from triage.complaints.text import clean

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook may hold; a longer text is cut, and says so."""
MOST_ROWS = 1_048_575
"""Rows below the heads that a sheet may hold."""
_CUT = " [cut]"
_FORMULA = re.compile(r"(^|[;\t\n])([ \xa0'\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_PATTERN = "yyyy-mm-dd hh:mm"


def harmless(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would take it for a formula: at its
    beginning, and behind what some take for the end of a cell."""
    return _FORMULA.sub(r"\1'\2", clean(text))


def csv_lines(rows: Iterable[LogRow], zone: ZoneInfo) -> Iterator[bytes]:
    """UTF-8 with a mark, by which Excel knows it; times by the wall clock of ``zone`` with their
    offset. Cells cannot become formulas."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(TITLES.values())
    yield b"\xef\xbb\xbf" + _taken(buffer)
    for row in rows:
        writer.writerow([_plain(getattr(row, name), zone) for name in TITLES])
        yield _taken(buffer)


def json_lines(rows: Iterable[LogRow], zone: ZoneInfo) -> Iterator[bytes]:
    """One object a line, texts as they are, the amount as text so that no cent is lost."""
    for row in rows:
        line = {name: _json(getattr(row, name), zone) for name in TITLES}
        yield json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def write_xlsx(rows: Iterable[LogRow], zone: ZoneInfo, to: BinaryIO) -> int:
    """A workbook of one sheet, its rows kept in a temporary file until it is whole; the rows
    written. Times are those of ``zone``'s wall clock, texts are never formulas or links.

    Rows beyond ``MOST_ROWS`` are left out.
    """
    book = xlsxwriter.Workbook(to, {"constant_memory": True})
    sheet = book.add_worksheet("Complaints")
    formats = {
        datetime: book.add_format({"num_format": _PATTERN}),
        Decimal: book.add_format({"num_format": "0.00"}),
    }
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(TITLES) - 1, 18)
    sheet.repeat_rows(0)
    for column, title in enumerate(TITLES.values()):
        sheet.write_string(0, column, title, bold)
    written = 0
    for written, row in enumerate(islice(rows, MOST_ROWS), 1):
        for column, name in enumerate(TITLES):
            _write(sheet, (written, column), getattr(row, name), formats, zone)
    sheet.autofilter(0, 0, written, len(TITLES) - 1)
    book.close()
    return written


def _write(
    sheet: Any, cell: tuple[int, int], value: object, formats: dict[type, Any], zone: ZoneInfo
) -> None:
    match value:
        case datetime():
            wall = value.astimezone(zone).replace(tzinfo=None)
            sheet.write_datetime(*cell, wall, formats[datetime])
        case Decimal():
            sheet.write_number(*cell, value, formats[Decimal])
        case int():
            sheet.write_number(*cell, value)
        case str() if value:
            sheet.write_string(*cell, _fitting(clean(value)))


def _fitting(text: str) -> str:
    """Length counts in UTF-16 there."""
    units = text.encode("utf-16-le")
    if len(units) <= LONGEST_CELL * 2:
        return text
    kept = units[: (LONGEST_CELL - len(_CUT)) * 2].decode("utf-16-le", "ignore")
    return kept + _CUT


def _plain(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "seconds")
    return harmless(value) if isinstance(value, str) else value


def _json(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _taken(buffer: StringIO) -> bytes:
    said = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return said
