"""Templates tried on cases of every kind, before they are in force."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final
from zoneinfo import ZoneInfo

from triage.drafts.book import Drafts
from triage.drafts.check import faults
from triage.drafts.facts import AtFault, Commitment, DraftFacts, Step
from triage.drafts.fault import Fault, Kind
from triage.drafts.write import written
from triage.duty import ContactSheet

_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_BARE: Final = DraftFacts(
    customer="",
    case_number="T-1",
    subject="",
    signer=ContactSheet("Pat Example", "", "pat@example.org"),
    zone=ZoneInfo("Europe/Berlin"),
    now=_NOW,
)
_FULL: Final = DraftFacts(
    customer="Dana Reyes",
    case_number="T-1",
    subject="Where is my sofa?",
    signer=ContactSheet("Pat Example", "+49 30 23125 101", "pat@example.org"),
    zone=ZoneInfo("Europe/Berlin"),
    now=_NOW,
    matter="The sofa came three weeks later than agreed.",
    offer="Half of the price back.",
    agreed="Half of the price back.",
    done="Half of the price is on its way to your account.",
    promises=(Commitment("send you the receipt", _NOW + timedelta(days=3)),),
    by=_NOW + timedelta(days=1),
    means="phone",
    phone="+49 30 23125 900",
    mail="dana@customer.example",
    manager=ContactSheet("Max Example", "+49 30 23125 120", "max@example.org"),
)
CASES: Final = (
    _BARE,
    _FULL,
    replace(_FULL, facts_known=True, fault=AtFault.OURS, means="mail", phone=""),
    replace(_FULL, facts_known=True, fault=AtFault.OURS, apologised=True),
    replace(_FULL, facts_known=True, fault=AtFault.CUSTOMER, manager=None),
    replace(_BARE, facts_known=True, fault=AtFault.OURS),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """``template`` as ``drafts.outcome.text``; ``line`` within it, from 1, 0 where unknown."""

    template: str
    line: int
    reason: str


def tried(drafts: Drafts) -> Iterator[Trouble]:
    """What fails to render, and what the check finds in a draft that nothing was lacking for."""
    for step in Step:
        for case in CASES:
            name = f"drafts.{step}.text"
            try:
                subject, text = written(drafts, step, case)
            except Exception as error:  # whatever a template can do wrong
                where, line = _place(sys.exc_info()[2], name)
                yield Trouble(where, line, _short(error))
                break
            for fault in faults(text, case, (), (), subject=subject):
                if not _lacking(fault, text, case):
                    yield Trouble(name, 0, f"{fault.what} {fault.do} ({fault.rule})")


def _lacking(fault: Fault, text: str, case: DraftFacts) -> bool:
    """A gap is what a case without facts should give."""
    return (
        fault.kind is Kind.GAP
        and text[fault.start : fault.end].startswith("[")
        and (not case.matter or not case.phone or case.manager is None)
    )


def _place(trace: TracebackType | None, name: str) -> tuple[str, int]:
    """Template and line in which it went wrong: the innermost frame that is a template's."""
    found = name, 0
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in {"subject", "greeting", "sign_off"} or file.startswith("drafts."):
            found = file, trace.tb_lineno
        trace = trace.tb_next
    return found


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n")[0][:300]
