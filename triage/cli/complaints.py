"""``triage complaint``: the log, one complaint's record and report."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal
from zoneinfo import ZoneInfo

import typer

from triage import complaints, duty
from triage.cli import wiring
from triage.complaints.log import LogFilter, LogRow
from triage.complaints.text import clean_line
from triage.config import Settings
from triage.errors import ConfigError, TriageError
from triage.store import log

if TYPE_CHECKING:
    from triage.complaints.document import Document
    from triage.complaints.html import Paper


Times = tuple[datetime | None, datetime | None]
_LISTS = ("status", "severity", "cause", "product", "team", "fault", "owner", "source")


def book(settings: Settings) -> complaints.Book:
    """What complaints.toml says. Raises ``ConfigError``."""
    return complaints.load(settings.complaints)


def wanted(
    settings: Settings, text: str, where: Sequence[str], times: Times, *, overdue: bool
) -> LogFilter:
    """What was typed, as a filter. ``times`` without a zone are by the desk's wall clock.

    Raises ``ConfigError`` that says how it is written.
    """
    chosen: dict[str, list[str]] = {}
    for one in where:
        name, equals, value = one.partition("=")
        if name not in {*_LISTS, "customer"} or not equals or not value:
            known = ", ".join((*_LISTS, "customer"))
            raise ConfigError(f"--where {clean_line(one)[:60]}: write FIELD=VALUE, of: {known}")
        chosen.setdefault(name, []).append(value)
    customer = chosen.pop("customer", [""])
    if len(customer) > 1:
        raise ConfigError("--where customer: only once")
    zone = desk(settings)[0]
    since, until = (by_wall(time, zone) for time in times)
    lists = {name: tuple(values) for name, values in chosen.items()}
    return LogFilter(
        text=text, customer=customer[0], since=since, until=until, overdue=overdue, **lists
    )


def list_complaints(settings: Settings, chosen: LogFilter, limit: int, before: str) -> int:
    """Print a page of the log, newest first, and how to ask for the next."""
    last = case_number(before) if before else None
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        rows = log.page(tx, chosen, datetime.now(UTC), limit=limit, before=last)
    zone = desk(settings)[0]
    for row in rows:
        typer.echo(_line(row, zone))
    if not rows:
        typer.echo("No complaint is like that.")
    elif len(rows) >= min(limit, log.MOST):
        typer.echo(f"More: the same with --before {rows[-1].reference}")
    return 0


def show_complaint(settings: Settings, reference: str) -> int:
    """Print the record as text, and what is missing; 1 where something is, for closing."""
    from triage.complaints.compose import for_the_house

    document, lacking = _document(settings, reference, for_the_house, "close")
    typer.echo(f"{document.title}\n{document.subtitle}")
    for section in document.sections:
        typer.echo(f"\n{section.heading.upper()}{' (internal)' if section.internal else ''}")
        for row in section.rows:
            typer.echo(f"  {row.label + ':':<22}{clean_line(row.text)}")
        for cells in section.cells:
            typer.echo("  " + "  ".join(clean_line(cell) for cell in cells if cell))
        if not (section.rows or section.cells):
            typer.echo(f"  {section.empty}")
    if lacking:
        words = ", ".join(complaints.WORDS[name] for name in lacking)
        typer.echo(f"\nMissing before it can be closed: {words}")
    return 1 if lacking else 0


def write_report(
    settings: Settings, reference: str, to: Path, *, for_customer: bool, paper: "Paper"
) -> int:
    """Write the incident report to ``to``, as its ending says: .pdf or .html.

    1 where it is written but a field or a letter's font is missing.
    """
    from triage.complaints.compose import for_the_customer, for_the_house
    from triage.complaints.html import report_html
    from triage.complaints.pdf import report_pdf

    kind = _kind(to, ".pdf", ".html")
    people = desk(settings)[1]
    make = partial(for_the_customer, people=people) if for_customer else for_the_house
    document, lacking = _document(settings, reference, make, "report")
    whole = True
    with whole_file(to) as file:
        if kind == ".html":
            file.write(report_html(document, paper).encode())
        else:
            pdf = report_pdf(document, paper)
            whole = pdf.whole
            file.write(pdf.content)
    typer.echo(f"Wrote {to}.")
    if lacking:
        words = ", ".join(complaints.WORDS[name] for name in lacking)
        typer.echo(f"The report is not complete; missing: {words}", err=True)
    if not whole:
        typer.echo("Some letters have no font on this machine; the page says so.", err=True)
    return 1 if lacking or not whole else 0


def export_log(settings: Settings, chosen: LogFilter, to: Path) -> int:
    """Write the log to ``to``, as its ending says: .csv, .xlsx or .jsonl."""
    from triage.complaints.export import csv_lines, json_lines, write_xlsx

    kind = _kind(to, ".csv", ".xlsx", ".jsonl")
    zone = desk(settings)[0]
    with (
        closing(wiring.database(settings)) as store,
        store.transaction() as tx,
        whole_file(to) as file,
    ):
        rows = log.stream(tx, chosen, datetime.now(UTC))
        if kind == ".xlsx":
            write_xlsx(rows, zone, file)
        else:
            file.writelines((csv_lines if kind == ".csv" else json_lines)(rows, zone))
    typer.echo(f"Wrote {to}.")
    return 0


def desk(settings: Settings) -> tuple[ZoneInfo, tuple[duty.Person, ...]]:
    """The desk's zone and people by its duty file; UTC and nobody without one."""
    if settings.duty is None:
        return ZoneInfo("UTC"), ()
    loaded = duty.load(settings.duty)
    return loaded.hours.zone, loaded.people


def case_number(reference: str) -> int:
    """``T-1001`` or ``1001`` as a case's id. Raises ``ConfigError``."""
    digits = reference.strip().upper().removeprefix("T-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
        raise ConfigError(f"{clean_line(reference)[:40]!r} is no case; one looks like T-1001")
    return int(digits)


def by_wall(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """What was typed without a zone is by the desk's wall clock."""
    return moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is there once it is whole, or not at all; readable by its owner alone, since
    customers are in it. Raises ``ConfigError`` where it cannot be written."""
    part = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)


def _document(
    settings: Settings,
    reference: str,
    make: Callable[..., "Document"],
    purpose: Literal["report", "close"],
) -> tuple["Document", tuple[str, ...]]:
    """The document, and what is missing for the purpose."""
    from triage.store import incident

    chosen, (zone, people) = book(settings), desk(settings)
    needed = chosen.to_report if purpose == "report" else chosen.to_close
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        report = incident.report(
            tx,
            case_number(reference),
            datetime.now(UTC),
            zone=zone,
            needed=needed,
            desk=settings.desk.name,
            names={one.id: one.name for one in people},
        )
    if report is None:
        raise TriageError(f"there is no case {clean_line(reference)[:40]}")
    return make(report), report.missing


def _kind(to: Path, *endings: str) -> str:
    if to.suffix.lower() not in endings:
        raise ConfigError(f"{to}: must end in {' or '.join(endings)}")
    return to.suffix.lower()


def _line(row: LogRow, zone: ZoneInfo) -> str:
    opened = row.opened_at.astimezone(zone)
    customer = clean_line(row.customer_name)[:28]
    told = clean_line(row.subject)[:50]
    line = f"{row.reference:9} {opened:%Y-%m-%d} {row.severity:9} {row.status:12} "
    return f"{line}{row.cause[:22]:22}  {customer:28}  {told}".rstrip()
