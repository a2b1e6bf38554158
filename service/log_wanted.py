"""What an address asks of the complaint log, and back: every view of it has an address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from service import asked
from service.forms import Form
from triage.complaints import Book, Fault, How
from triage.complaints.log import LogFilter
from triage.complaints.text import clean_line
from triage.duty import Duty
from triage.life import Status
from triage.types import Severity

LISTS = ("status", "severity", "cause", "product", "team", "fault", "owner", "source")
SINGLES = ("text", "customer", "since", "until")
_LONGEST = 500
_MOST_VALUES = 20
NAMES = {
    "text": "Words",
    "status": "Status",
    "severity": "Severity",
    "cause": "Cause",
    "product": "Product",
    "team": "Team",
    "fault": "Whose fault",
    "owner": "Owner",
    "source": "By",
    "customer": "Customer",
    "since": "Opened from",
    "until": "Opened to",
    "overdue": "Promises",
}

Options = Mapping[str, tuple[tuple[str, str], ...]]
"""Field -> what may be chosen in it, and its words."""


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that narrows the log down, and the address without it."""

    name: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """``pairs`` are the parts of the address that were understood."""

    filter: LogFilter
    pairs: tuple[tuple[str, str], ...]
    form: Form = field(default_factory=Form)

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    def href(self, path: str = "/log", **more: object) -> str:
        query = urlencode([*self.pairs, *more.items()])
        return f"{path}?{query}" if query else path

    def chips(self, options: Options) -> Iterator[Chip]:
        for at, (name, value) in enumerate(self.pairs):
            rest = urlencode([*self.pairs[:at], *self.pairs[at + 1 :]])
            words = dict(options.get(name, ())).get(value, value)
            said = "some are overdue" if name == "overdue" else words
            yield Chip(NAMES[name], said, f"/log?{rest}" if rest else "/log")


def options_of(book: Book, duty: Duty) -> Options:
    return {
        "status": tuple((one.value, _capital(one.value)) for one in Status),
        "severity": tuple((one.value, _capital(one.value)) for one in Severity),
        "cause": tuple((one.id, f"{one.group}: {one.name}") for one in book.causes),
        "product": tuple((one.id, one.name) for one in book.products),
        "team": tuple((one.id, one.name) for one in book.teams),
        "fault": tuple((one.value, _capital(one.value)) for one in Fault),
        "owner": tuple((one.id, one.name) for one in duty.people),
        "source": tuple((one.value, _capital(one.value)) for one in How),
    }


def read(query: QueryParams, zone: ZoneInfo) -> Wanted:
    """What the address says; what cannot be is beside its field and narrows nothing down."""
    wrong: dict[str, str] = {}
    lists = {name: _several(query, name) for name in LISTS}
    since = until = None
    try:
        first = asked.day(query.get("since", ""))
        since = asked.begin_of(first, zone) if first else None
    except asked.Wrong as error:
        wrong["since"] = str(error)
    try:
        last = asked.day(query.get("until", ""))
        until = asked.end_of(last, zone) if last else None
    except asked.Wrong as error:
        wrong["until"] = str(error)
    if since and until and since >= until:
        wrong["until"] = "This lies before the first day."
        until = None
    singles = {name: clean_line(query.get(name, "")[:_LONGEST]) for name in SINGLES}
    overdue = query.get("overdue") == "on"
    chosen = LogFilter(
        text=singles["text"],
        customer=singles["customer"],
        since=since,
        until=until,
        overdue=overdue,
        **lists,
    )
    pairs = [(name, singles[name]) for name in SINGLES if singles[name] and name not in wrong]
    pairs += [(name, value) for name in LISTS for value in lists[name]]
    pairs += [("overdue", "on")] if overdue else []
    values = {
        **singles,
        **{name: found[0] for name, found in lists.items() if found},
        "overdue": "on" if overdue else "",
    }
    return Wanted(chosen, tuple(pairs), Form(values, wrong))


def _several(query: QueryParams, name: str) -> tuple[str, ...]:
    found = (clean_line(value[:100]) for value in query.getlist(name)[:_MOST_VALUES])
    return tuple(dict.fromkeys(value for value in found if value))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
