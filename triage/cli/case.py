"""``triage case``: what runs out first, one case, flagging and logging by hand."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import typer

from triage.byhand import Contact, as_mail
from triage.cli import wiring
from triage.cli.complaints import by_wall, case_number, desk
from triage.cli.deeds import hyphened
from triage.complaints import How
from triage.complaints.text import clean_line
from triage.config import Settings
from triage.errors import ActRefused
from triage.life import CaseState
from triage.life.guide import next_deeds
from triage.store import cases, docket, life
from triage.store.cases import Case, EventRow
from triage.types import Severity

_DATA = 160
"""Characters of an event's particulars."""


@dataclass(frozen=True, slots=True)
class LogOptions:
    """A contact as it was typed; ``at`` by the desk's wall clock."""

    how: str
    who: str
    words: str
    severity: Severity | None
    name: str
    mail: str
    phone: str
    subject: str
    case: str
    at: datetime | None


def list_cases(settings: Settings, owner: str, severity: Severity | None, limit: int) -> int:
    """Open cases; 1 when a clock of one has run out, else 0."""
    now = datetime.now(UTC)
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        rows = docket.open_cases(tx, limit, owner or None, severity)
    for row in rows:
        runs = f"{row.clock} {_wait(row.due, now)}" if row.due else "no clock yet"
        customer = clean_line(row.customer_name or row.customer_address)[:30]
        has = row.owner or "nobody"
        line = f"{row.reference:8} {row.severity:9} {row.status:12} {runs:24} {has:12}"
        typer.echo(f"{line} {customer}: {clean_line(row.subject)[:60]}")
    if not rows:
        typer.echo("No case is open.")
    return 1 if any(row.due and row.due < now for row in rows) else 0


def show_case(settings: Settings, reference: str) -> int:
    """Raises ``ActRefused`` where there is no such case."""
    number = case_number(reference)
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        case, state = cases.detail(tx, number), life.state(tx, number)
    if case is None or state is None:
        raise ActRefused(f"there is no case T-{number}")
    zone, now = desk(settings)[0], datetime.now(UTC)
    for line in _told(case, state, zone, now):
        typer.echo(line)
    return 0


def list_mails(settings: Settings, sender: str, limit: int) -> int:
    zone = desk(settings)[0]
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        rows = docket.recent_mails(tx, sender.strip(), limit)
    for row in rows:
        by = clean_line(row.sender_address or row.sender_name)[:40]
        came = f"{row.received.astimezone(zone):%Y-%m-%d %H:%M}"
        line = f"{row.id:6} {came} {row.source:5} {row.outcome:9} {row.reference or '-':8} {by}"
        typer.echo(f"{line}: {clean_line(row.subject)[:70]}")
    if not rows:
        typer.echo("No mail was read yet." if not sender else f"No mail of {sender} was read.")
    return 0


def flag_mail(settings: Settings, mail: int, severity: Severity, who: str, note: str) -> int:
    """Raises ``ActRefused`` where there is no such mail or person."""
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        hand = wiring.by_hand(settings, wiring.caseload(settings, store))
        done = hand.flag(tx, mail, severity, who, note)
    typer.echo(f"{'Flagged' if done.new else 'Was flagged by hand already'}: T-{done.case_id}")
    return 0


def ask_help(settings: Settings, mail: int, who: str, why: str) -> int:
    """Raises ``ActRefused`` where there is no such mail or person, or nobody to ask."""
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        hand = wiring.by_hand(settings, wiring.caseload(settings, store))
        done = hand.ask_help(tx, mail, why, who)
    typer.echo(
        f"{'Help is asked for' if done.new else 'Help was asked for already'}: T-{done.case_id}"
    )
    return 0


def log_contact(settings: Settings, said: LogOptions) -> int:
    """Raises ``ActRefused`` for what cannot be kept, and where there is no such person or case."""
    at = by_wall(said.at, desk(settings)[0]) or datetime.now(UTC)
    words = sys.stdin.read() if said.words == "-" else said.words
    contact = Contact(
        How(said.how), words, at, said.name, said.mail, said.phone, said.subject, said.case
    )
    with closing(wiring.database(settings)) as store:
        hand = wiring.by_hand(settings, wiring.caseload(settings, store))
        reading = hand.read(*as_mail(contact, said.who))
        with store.transaction() as tx:
            done = hand.log(tx, contact, reading, said.who, said.severity)
    if done.case_id is None:
        typer.echo(f"Kept as mail {done.mail_id}; no rule of the policy flags it. If the customer")
        typer.echo(f"is upset: triage case flag {done.mail_id} --severity normal --who {said.who}")
    else:
        typer.echo(f"{'Logged' if done.new else 'Was logged already'}: T-{done.case_id}")
    return 0


def _told(case: Case, state: CaseState, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    row = case.row
    yield f"{row.reference}  {row.severity}  {row.status}  {state.owner or 'nobody'} has it"
    reached = ", ".join(filter(None, [row.customer_address, state.phone])) or "no address known"
    yield f"  {clean_line(row.customer_name)} ({clean_line(reached)}): {clean_line(row.subject)}"
    yield f"  flagged as “{clean_line(row.rule)}”, revision {state.revision}"
    yield ""
    for clock in sorted(state.clocks, key=lambda one: one.due):
        about = f" {clock.about}" if clock.about else ""
        yield f"  runs    {clock.kind}{about}: {_at(clock.due, zone)}, {_wait(clock.due, now)}"
    for promise in state.promises:
        kept = "kept" if promise.kept_at else f"due {_at(promise.due, zone)}"
        yield f"  promise {promise.number}: {clean_line(promise.what)[:100]} ({kept})"
    for mail in case.mails:
        by = clean_line(mail.sender_address or mail.sender_name)
        came = _at(mail.received, zone)
        yield f"  mail    {mail.id}: {came} {by}: {clean_line(mail.subject)[:70]} ({mail.outcome})"
    yield ""
    for event in case.events:
        yield _happened(event, zone)
    yield ""
    named = ", ".join(hyphened(deed) for deed in next_deeds(state))
    yield f"Next: triage case do {row.reference} {named.partition(', ')[0]} --who ID"
    yield f"May be done: {named}"


def _happened(event: EventRow, zone: ZoneInfo) -> str:
    data = ", ".join(f"{key} {clean_line(str(value))}" for key, value in event.data.items())
    return (
        f"  {_at(event.at, zone)} {event.who}: {event.what}{f' ({data[:_DATA]})' if data else ''}"
    )


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _wait(due: datetime | None, now: datetime) -> str:
    """``in 2 h 5 min``, or how long ago."""
    minutes = int(((due or now) - now).total_seconds() // 60)
    days, rest = divmod(abs(minutes), 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{left} min"]
    long = " ".join(filter(None, parts[:2] if days else parts))
    return f"in {long}" if minutes >= 0 else f"overdue by {long}"
