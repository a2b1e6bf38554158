"""``triage duty``: who is there, and when nobody is."""

from datetime import UTC, datetime, timedelta

import typer

from triage import duty
from triage.config import Settings
from triage.errors import ConfigError

_MOMENT = "%a %d %b %Y %H:%M %Z"


def show_duty(settings: Settings) -> int:
    """Point now and next, the ladder, and a week's holes; 1 when there is one, else 0."""
    rota, now = _rota(settings), datetime.now(UTC)
    shift = duty.on_duty(rota, duty.Role.POINT, now)
    stands_in = " (the fallback: nobody has the turn)" if shift.covered_by_fallback else ""
    typer.echo(f"Point now   {shift.person.name} until {_when(shift.until)}{stands_in}")
    following = duty.next_on_duty(rota, duty.Role.POINT, now)
    if following is not None:
        typer.echo(f"Point next  {following.person.name} from {_when(following.since)}")
    typer.echo(f"Emergency   {', '.join(one.name for one in duty.ladder(rota, now))}")
    holes = duty.holes(rota, duty.Role.POINT, now, now + timedelta(days=7))
    for hole in holes:
        span = f"{_when(hole.since)} to {_when(hole.until)}"
        typer.echo(f"HOLE        {span}: {hole.because}; covered by {hole.covered_by.name}")
    return 1 if holes else 0


def print_calendar(settings: Settings, days: int) -> int:
    from triage.duty.ical import calendar_of

    rota, now = _rota(settings), datetime.now(UTC)
    until = now + timedelta(days=days)
    typer.echo(calendar_of(rota, duty.Role.POINT, now, until, now).decode(), nl=False)
    return 0


def _rota(settings: Settings) -> duty.Duty:
    if settings.duty is None:
        raise ConfigError("no rota: `triage duty init` writes one; name it in triage.toml")
    return duty.load(settings.duty)


def _when(moment: datetime | None) -> str:
    return moment.astimezone().strftime(_MOMENT) if moment else "further notice"
