"""Working time of the simulated desk, by its two rules and nothing of the program's."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 10, 19)
"""The week's first day. On its Sunday the clocks are put back."""
START = datetime.combine(MONDAY, time(), ZONE).astimezone(UTC)
OPENS, CLOSES = time(9), time(17)
SHORT_DAY, CLOSES_SHORT = date(2026, 10, 23), time(12)
"""The desk closes at noon on this Friday."""
_DAYS = 60


@cache
def open_times() -> tuple[tuple[datetime, datetime], ...]:
    """Monday to Friday 09:00 to 17:00, for two months from the week's first day."""
    found = []
    for day in (MONDAY + timedelta(days=n) for n in range(_DAYS)):
        if day.weekday() < 5:
            end = CLOSES_SHORT if day == SHORT_DAY else CLOSES
            found.append((_moment(day, OPENS), _moment(day, end)))
    return tuple(found)


def is_open(moment: datetime) -> bool:
    return any(start <= moment < end for start, end in open_times())


def opening(moment: datetime) -> datetime:
    """Now, or when the desk opens next."""
    return next(max(start, moment) for start, end in open_times() if end > moment)


def after(moment: datetime, seconds: float, working: bool) -> datetime:
    """The moment so much later, in open time only where ``working`` is set; years later for what
    lies past the two months."""
    left = timedelta(seconds=seconds)
    if not working:
        return moment + left
    for start, end in open_times():
        begin = max(start, moment)
        if end <= begin:
            continue
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return moment + timedelta(days=3650)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE).astimezone(UTC)
