"""Records of the store -> what the pages show, with every word chosen and every text harmless."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service import words
from service.plain import one_line
from service.words import Due, Moment
from triage.duty import Person
from triage.life import WAITING
from triage.store.attention import StuckNotice
from triage.store.mailboxes import FolderHealth
from triage.store.mails import UnscoredMail
from triage.store.queue import QueueRow

SILENCE = timedelta(minutes=10)
"""A watcher reports every half minute or so; one silent for longer is taken for dead."""
PATIENCE = timedelta(minutes=1)
"""A notice goes out within seconds; one still waiting after this is worth a word."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a person is waited for, and until when."""

    what: str
    due: Due
    kind: str


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case as the queue shows it; ``number`` is the help desk's own, empty where unknown.
    ``owner`` is a name; ``wait`` is ``None`` for a case that ended, ``free`` one nobody has."""

    id: int
    href: str
    reference: str
    number: str
    customer: str
    address: str
    subject: str
    severity: str
    severity_word: str
    status: str
    sentence: str
    rule: str
    opened: Moment
    owner: str
    mine: bool
    free: bool
    wait: Wait | None


@dataclass(frozen=True, slots=True)
class Names:
    """Persons' names by their ids, as ``me`` reads them."""

    by_id: Mapping[str, str]
    me: str = ""

    def of(self, id: str | None) -> str:
        """Empty where nobody is meant; of one who left the desk the id is all there is."""
        if not id:
            return ""
        return "You" if id == self.me else one_line(self.by_id.get(id, id), 80)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that keeps flags from being seen; ``href`` is empty where nothing leads on."""

    what: str
    detail: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class UnscoredCard:
    href: str
    sender: str
    subject: str
    why: str
    received: Moment


@dataclass(frozen=True, slots=True)
class Watch:
    """How the watching goes, in one line; ``well`` when every folder is watched."""

    line: str
    well: bool


def names(people: Iterable[Person], me: str = "") -> Names:
    return Names({one.id: one.name for one in people}, me)


def case_card(row: QueueRow, who: Names, now: datetime) -> CaseCard:
    name = one_line(row.customer_name, 80)
    address = one_line(row.customer_address, 120)
    return CaseCard(
        id=row.id,
        href=f"/cases/{row.id}",
        reference=row.reference,
        number=one_line(row.number or "", 40),
        customer=name or address or "Unknown sender",
        address=address if address != name else "",
        subject=one_line(row.subject, 160) or "(no subject)",
        severity=row.severity if row.severity in words.SEVERITY else "normal",
        severity_word=words.SEVERITY.get(row.severity, row.severity),
        status=words.STATUS.get(row.status, row.status),
        sentence=one_line(row.sentence or "", 280),
        rule=words.sentence_case(one_line(row.rule, 80)),
        opened=words.moment(row.opened_at, now),
        owner=who.of(row.owner),
        mine=bool(row.owner) and row.owner == who.me,
        free=row.status in WAITING,
        wait=wait(row.clock, row.since, now),
    )


def wait(clock: str | None, since: datetime | None, now: datetime) -> Wait | None:
    if clock is None or since is None:
        return None
    return Wait(words.CLOCK.get(clock, clock), words.due(since, now), clock)


def unscored_card(row: UnscoredMail, now: datetime) -> UnscoredCard:
    return UnscoredCard(
        href=f"/mails/{row.id}",
        sender=one_line(row.sender_name or row.sender_address, 80) or "Unknown sender",
        subject=one_line(row.subject, 160) or "(no subject)",
        why=words.sentence_case(words.unread(one_line(row.rule, 80))),
        received=words.moment(row.received, now),
    )


def troubles(
    notices: Iterable[StuckNotice], folders: Iterable[FolderHealth], now: datetime
) -> tuple[Trouble, ...]:
    """What stands between a flag and the people to be told, the silent mailboxes first."""
    silent = (_folder_trouble(folder, now) for folder in folders)
    stuck = (_notice_trouble(notice, now) for notice in notices)
    return tuple(trouble for trouble in (*silent, *stuck) if trouble is not None)


def watch(folders: Sequence[FolderHealth], now: datetime) -> Watch:
    if not folders:
        return Watch("No mailbox is watched yet", False)
    heard = [folder.seen_at for folder in folders if folder.seen_at is not None]
    well = sum(_folder_trouble(folder, now) is None for folder in folders)
    noun = "folder" if len(folders) == 1 else "folders"
    count = f"{len(folders)} {noun}" if well == len(folders) else f"{well} of {len(folders)} {noun}"
    last = f", last heard {words.age(max(heard), now)}" if heard else ""
    return Watch(f"Watching {count}{last}", well == len(folders))


def _notice_trouble(notice: StuckNotice, now: datetime) -> Trouble:
    told = one_line(notice.recipient.replace('"', ""), 120)
    about = notice.reference or words.NOTICE_OF.get(notice.kind, "Of no case")
    what = f"{about}: the notice to {told} is {words.NOTICE[notice.state]}"
    tries = "1 attempt" if notice.attempts == 1 else f"{notice.attempts} attempts"
    since = f"Made {words.age(notice.created_at, now)}, {tries}"
    answer = one_line(notice.answer, 200)
    detail = f"{since}. Because: {answer}" if answer else since
    return Trouble(what, detail, f"/cases/{notice.case_id}" if notice.case_id else "")


def _folder_trouble(folder: FolderHealth, now: datetime) -> Trouble | None:
    name = one_line(f"{folder.mailbox} / {folder.folder}", 120)
    since = f"since {words.age(folder.changed_at, now)}"
    reason = one_line(folder.trouble, 240)
    if folder.state in {"trouble", "refused", "stopped"}:
        what = f"Mailbox {name}: {words.MAILBOX[folder.state]}"
        return Trouble(what, f"{reason} ({since})" if reason else since.capitalize())
    last = folder.seen_at or folder.changed_at
    if folder.state != "standby" and now - last > SILENCE:
        return Trouble(f"Mailbox {name}: no word from its watcher", f"Last {words.age(last, now)}")
    return None
