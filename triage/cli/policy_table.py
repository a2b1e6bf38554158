"""A trial of a policy as text: two columns, readable at 80 characters."""

import textwrap
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain

from triage.policy.duration import in_words
from triage.whatif import Side, Trial

_LABEL, _COLUMN, _WIDTH = 44, 11, 80
_FIRST = 10
"""Of a long list; ``--json`` has more."""
_BY_DAY = 31


def lines(trial: Trial) -> Iterator[str]:
    """For a terminal. Ids, counts and names of rules and people; never a word of a mail."""
    start = trial.first or trial.since
    days = max((trial.until - start) / timedelta(days=1), 1.0)
    yield f"{days:.1f} days, from {start:%Y-%m-%d %H:%M} to {trial.until:%Y-%m-%d %H:%M} UTC"
    yield f"{trial.customer_mails:,} mails by customers, {trial.read:,} read by the model"
    yield from _remarks(trial)
    yield ""
    yield f"before: {trial.before.name}"
    yield from _wrapped(f"after: {trial.after.name}", "")
    yield ""
    yield _row("", "before", "after", "change")
    yield from _flags(trial, days)
    yield from _judged(trial)
    yield from _days(trial)
    yield from _pings(trial)
    yield from _changes(trial)
    yield from _ping_changes(trial)


def _remarks(trial: Trial) -> Iterator[str]:
    if trial.other_models:
        yield f"{trial.other_models:,} of them were read by another model than the one in use"
    if trial.decided_otherwise:
        yield f"{trial.decided_otherwise:,} were decided otherwise by the policy of their time"


def _flags(trial: Trial, days: float) -> Iterator[str]:
    before, after = trial.before, trial.after
    yield _count("Flags", before.flags, after.flags)
    yield _row("  a day", f"{before.flags / days:.1f}", f"{after.flags / days:.1f}", "")
    most = [max(side.by_day.values(), default=0) for side in (before, after)]
    yield _count("  most in one day", *most)
    yield "By severity"
    for severity in before.by_severity:
        yield _count(f"  {severity}", before.by_severity[severity], after.by_severity[severity])
    yield "By rule"
    for rule in _keys(before.by_rule, after.by_rule):
        yield _count(f"  {rule}", before.by_rule.get(rule, 0), after.by_rule.get(rule, 0))


def _judged(trial: Trial) -> Iterator[str]:
    before, after = trial.before, trial.after
    yield "What people made of the flags there were"
    yield _count("  taken up, but not flagged (missed)", before.missed, after.missed)
    yield _count("  dismissed, but flagged", before.false_alarms, after.false_alarms)
    yield "To expect among the unflagged, by the model"
    for signal in _keys(before.unflagged, after.unflagged):
        old, new = before.unflagged.get(signal, 0.0), after.unflagged.get(signal, 0.0)
        change = new - old
        signed = f"{change:+.1f}" if abs(change) >= 0.05 else ""
        yield _row(f"  {signal.replace('_', ' ')}", f"{old:.1f}", f"{new:.1f}", signed)


def _days(trial: Trial) -> Iterator[str]:
    """By day, or by week where there are many days."""
    weekly = trial.until - (trial.first or trial.since) > timedelta(days=_BY_DAY)
    sides = [_by_span(side, weekly) for side in (trial.before, trial.after)]
    yield "Flags by week, from Monday" if weekly else "Flags by day"
    for span in sorted({*sides[0], *sides[1]}):
        yield _count(f"  {span}", sides[0].get(span, 0), sides[1].get(span, 0))


def _by_span(side: Side, weekly: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for text, count in side.by_day.items():
        day = date.fromisoformat(text)
        span = (day - timedelta(days=day.weekday())).isoformat() if weekly else text
        found[span] = found.get(span, 0) + count
    return found


def _pings(trial: Trial) -> Iterator[str]:
    if not trial.has_desk:
        yield "Pings: no rota to go by; name a duty file in the settings"
        return
    before, after = trial.before, trial.after
    yield "Pings"
    for person in sorted({name for name, _ in chain(before.pings, after.pings)}):
        yield _count(f"  {person}", _of(before, person), _of(after, person))
        closed = before.after_hours.get(person, 0), after.after_hours.get(person, 0)
        if any(closed):
            yield _count("    while the desk was closed", *closed)
    for why in ("flag", "reminder", "escalation"):
        yield _count(f"  by {why}", *(_by(side, why) for side in (before, after)))
    yield from _how_reckoned(trial)


def _how_reckoned(trial: Trial) -> Iterator[str]:
    if trial.usual_wait is None:
        yield "  No flag was ever taken up, so these are first notices only."
        return
    wait = in_words(max(round(trial.usual_wait.total_seconds() / 60) * 60.0, 60.0))
    yield f"  Flags that were not raised then are reckoned taken up after {wait},"
    yield "  the usual time; the rota is that of the duty file as it is now."


def _changes(trial: Trial) -> Iterator[str]:
    total = sum(one.count for one in trial.changes)
    yield f"{total:,} mails are decided otherwise" if total else "No mail is decided otherwise"
    for one in trial.changes:
        yield from _wrapped(f"{one.count:,}: {one.before} -> {one.after}", "  ")
        yield from _wrapped(_ids(one.mails, one.count), "    ")


def _ids(mails: tuple[tuple[int, int | None], ...], count: int) -> str:
    said = ", ".join(f"{mail}" + (f" (T-{case})" if case else "") for mail, case in mails[:_FIRST])
    more = count - min(len(mails), _FIRST)
    return f"mail {said}" + (f" and {more:,} more" if more else "")


def _ping_changes(trial: Trial) -> Iterator[str]:
    if not trial.ping_changes:
        return
    yield "Pings that change, first of them"
    for one in trial.ping_changes[:_FIRST]:
        ping = one.ping
        sign = "-" if one.side == "before" else "+"
        where = f"mail {one.mail}" + (f" (T-{one.case})" if one.case else "")
        text = f"  {sign} {ping.at:%Y-%m-%d %H:%M} {ping.why:<10} {ping.person}, {where}"
        yield _cut(text, _WIDTH)
    more = len(trial.ping_changes) + trial.ping_changes_left_out - _FIRST
    if more > 0:
        yield f"  and {more:,} more"


def _of(side: Side, person: str) -> int:
    return sum(count for (name, _), count in side.pings.items() if name == person)


def _by(side: Side, why: str) -> int:
    return sum(count for (_, reason), count in side.pings.items() if reason == why)


def _keys(one: Mapping[str, object], other: Mapping[str, object]) -> dict[str, None]:
    return dict.fromkeys([*one, *other])


def _count(label: str, before: int, after: int) -> str:
    change = after - before
    return _row(label, f"{before:,}", f"{after:,}", f"{change:+,}" if change else "")


def _row(label: str, before: str, after: str, change: str) -> str:
    text = (
        f"{_cut(label, _LABEL):<{_LABEL}}{before:>{_COLUMN}} {after:>{_COLUMN}} {change:>{_COLUMN}}"
    )
    return text.rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
