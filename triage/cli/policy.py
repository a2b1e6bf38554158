"""``triage policy try``: the mail of the past under another policy, side by side."""

import json
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from triage import policy
from triage.cli import wiring
from triage.config import Settings
from triage.duty import Duty
from triage.duty import load as load_duty
from triage.errors import ConfigError
from triage.types import SIGNALS

if TYPE_CHECKING:
    from triage.whatif import Course, Trial

_SPAN = re.compile(r"([1-9]\d{0,3}) ?(h|d|w)")
_FARTHEST = timedelta(days=3_660)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def try_policy(
    settings: Settings,
    file: Path | None,
    since: str = "30d",
    thresholds: Sequence[str] = (),
    *,
    as_json: bool = False,
) -> int:
    """Replay the mail kept since then under ``file`` (default: the policy in force) and under the
    given thresholds ("angry=0.6"); no model runs and nothing is changed. Always 0.

    Raises ``ConfigError`` for a file, a span or a threshold that cannot be used.
    """
    from triage.cli.policy_table import lines

    if file is None and not thresholds:
        raise ConfigError("nothing to try: name a policy file or a --threshold")
    until = datetime.now(UTC)
    trial = _trial(settings, _courses(settings, file, thresholds), _start(since, until), until)
    if as_json:
        typer.echo(json.dumps(as_plain(trial), indent=2, default=str))
        return 0
    for line in lines(trial):
        typer.echo(line)
    failures = policy.check(policy.load(file)) if file else ()
    if failures:
        typer.echo(f"\nnote: {len(failures)} of the new file's own examples come out otherwise,")
        typer.echo("so it would not be taken into force; see triage policy check")
    return 0


def as_plain(trial: "Trial") -> dict[str, Any]:
    """For JSON: records as objects, pings by person and reason nested."""
    plain = asdict(trial)
    plain["usual_wait"] = trial.usual_wait.total_seconds() if trial.usual_wait else None
    for name, side in (("before", trial.before), ("after", trial.after)):
        pings: dict[str, dict[str, int]] = {}
        for (person, why), count in side.pings.items():
            pings.setdefault(person, {})[why] = count
        plain[name]["pings"] = pings
    return plain


def _trial(
    settings: Settings, courses: "tuple[Course, Course]", since: datetime, until: datetime
) -> "Trial":
    from triage.store import history
    from triage.whatif import tried

    desk = _desk(settings)
    model = wiring.model_folder(settings).name
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        wait = history.usual_wait(tx, since, until)
        past = history.mails_since(tx, since, until)
        return tried(past, *courses, since, until, model=model, duty=desk, usual_wait=wait)


def _courses(
    settings: Settings, file: Path | None, given: Sequence[str]
) -> "tuple[Course, Course]":
    from triage.whatif import Course

    model = wiring.model_folder(settings).thresholds
    in_force = policy.load(settings.policy)
    other = policy.load(file) if file else in_force
    changed = dict(_threshold(text, other) for text in given)
    name = ", ".join([*([file.name] if file else []), *given])
    return Course("in force", in_force, model), Course(name, other, {**model, **changed})


def _threshold(text: str, used_by: policy.Policy) -> tuple[str, float]:
    signal, equals, number = text.partition("=")
    try:
        level = float(number)
    except ValueError:
        level = -1.0
    if not equals or signal not in SIGNALS or not 0 <= level <= 1:
        raise ConfigError(f"--threshold {text}: write it as a signal and a number, as angry=0.6")
    left = {
        one.signal
        for rule in used_by.rules
        for one in (*rule.when, *rule.also)
        if one.level == "model"
    }
    if signal not in left:
        raise ConfigError(f"--threshold {text}: no rule leaves {signal} to the model")
    return signal, level


def _start(text: str, now: datetime) -> datetime:
    match = _SPAN.fullmatch(text.strip())
    if match:
        span = int(match[1]) * _UNITS[match[2]]
        if span > _FARTHEST:
            raise ConfigError(f"--since {text}: reaches back too far")
        return now - span
    try:
        start = datetime.fromisoformat(text.strip())
    except ValueError:
        reason = "write a span such as 30d, 12h or 4w, or a date such as 2026-05-01"
        raise ConfigError(f"--since {text}: {reason}") from None
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    if start >= now:
        raise ConfigError(f"--since {text}: lies ahead")
    if start < now - _FARTHEST:
        raise ConfigError(f"--since {text}: reaches back too far")
    return start


def _desk(settings: Settings) -> Duty | None:
    return load_duty(settings.duty) if settings.duty else None
