"""The words of notices about many cases, or about none: a bundle, a digest, the rota."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from triage.frame import Frame
from triage.notify import Bundle, Digest, Gap, HoleNotice, Promises, SwapNotice, SwapStep, Took
from triage.store import Transaction, days
from triage.store.case_facts import case_facts
from triage.store.notices import Claimed
from triage.types import Severity

_DUE = {
    "overdue": "The {clock} is overdue.",
    "promise": "Promise overdue: {what}",
    "customer_wrote": "The customer wrote again.",
    "hold_ended": "The hold on the case has ended.",
}
"""What a line of a bundle says in place of the customer's words."""


def bundle(
    frame: Frame, tx: Transaction, claimed: Claimed, carried: Sequence[Claimed]
) -> Bundle | None:
    """A line a case, whatever was to be told of it; ``None`` where nothing is left."""
    lines = []
    for case_id, found in groupby(carried, key=lambda one: one.case_id):
        told = list(found)
        case = case_facts(tx, case_id, told[-1].flag_id) if case_id else None
        if case is None:
            continue
        due = [_DUE[one.kind].format(**one.facts) for one in told if one.kind in _DUE]
        line = frame.line(case, " ".join(dict.fromkeys(due)))
        if line.severity is Severity.EMERGENCY:  # became one just now, and is told of alone too
            line = replace(line, severity=Severity.HIGH)
        lines.append(line)
    return Bundle(frame.envelope(claimed), tuple(lines), f"{frame.base_url}/") if lines else None


def digest(frame: Frame, tx: Transaction, claimed: Claimed) -> Digest:
    facts = claimed.facts
    since, until = (datetime.fromisoformat(facts[key]) for key in ("since", "until"))
    counts = days.counts(tx, since, until)
    cases = [case_facts(tx, case_id) for case_id in days.to_look_at(tx)]
    return Digest(
        envelope=frame.envelope(claimed),
        day=date.fromisoformat(facts["day"]),
        new=counts.new,
        open=counts.open,
        closed=counts.closed,
        overdue=counts.overdue,
        took=tuple(Took(*row) for row in days.waits(tx, since, until)),
        promises=Promises(counts.kept, counts.gone_by, counts.coming),
        lines=tuple(frame.line(case) for case in cases if case),
        link=f"{frame.base_url}/",
    )


def hole(frame: Frame, claimed: Claimed) -> HoleNotice:
    gaps = tuple(
        Gap(
            role=one["role"],
            since=frame.local(datetime.fromisoformat(one["since"])),
            until=frame.local(datetime.fromisoformat(one["until"])),
            covered_by=frame.name(one["covered_by"]),
            because=one["because"],
        )
        for one in claimed.facts["gaps"]
    )
    return HoleNotice(frame.envelope(claimed), gaps, None)


def swap(frame: Frame, claimed: Claimed) -> SwapNotice:
    facts = claimed.facts
    since, until = (frame.local(datetime.fromisoformat(facts[key])) for key in ("since", "until"))
    return SwapNotice(
        envelope=frame.envelope(claimed),
        step=SwapStep(facts["step"]),
        by=frame.name(facts["by"]),
        role=facts["role"],
        people=(frame.name(facts["person"]), frame.name(facts["other"])),
        since=since,
        until=until,
        note=facts["note"],
        link=f"{frame.base_url}/rota?role={facts['role']}",
    )
