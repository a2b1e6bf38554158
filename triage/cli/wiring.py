"""Settings in, running parts out."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from triage import duty, jobs
from triage.config import Mailbox, Settings
from triage.courier import Courier
from triage.errors import ConfigError
from triage.mail import ReadingRules
from triage.mailbox import FolderSettings, ImapSettings, Source, make_source
from triage.notify import Smtp, SmtpSettings
from triage.pipeline import OnDuty, Reader, Saver, always
from triage.store import Database
from triage.types import Severity
from triage.watcher import FolderWatcher, as_cutoff

if TYPE_CHECKING:
    from triage.classifier import ModelFolder


def database(settings: Settings) -> Database:
    return Database.open(settings.database_url.get_secret_value(), settings.data)


def reading_rules(settings: Settings) -> ReadingRules:
    return ReadingRules(
        own_addresses=settings.own_addresses,
        case_patterns=settings.reading.case_patterns,
        case_presets=settings.reading.case_presets,
    )


def reader(settings: Settings) -> Reader:
    """The reader with the live model and the policy in force.

    Raises ``ModelError`` or ``ConfigError`` when one of both is not as it should be.
    """
    from triage import policy
    from triage.classifier import Classifier, live_model

    rules = policy.load(settings.policy)
    failures = policy.check(rules)
    if failures:
        raise ConfigError(f"policy: {len(failures)} of its examples fail; see triage policy check")
    folder = settings.model or live_model(settings.models)
    classifier = Classifier.load(folder, threads=settings.score_threads)
    return Reader(reading_rules(settings), classifier, rules)


def model_folder(settings: Settings) -> "ModelFolder":
    """What the model in use says of itself, without loading its network. Raises ``ModelError``."""
    from triage.classifier import live_model, read_folder

    return read_folder(settings.model or live_model(settings.models))


def sources(settings: Settings) -> list[tuple[Mailbox, Source]]:
    """A source for each folder of each mailbox. Raises ``ConfigError``."""
    found = [
        (mailbox, make_source(source_settings(name, mailbox, folder)))
        for name, mailbox in settings.mailboxes.items()
        for folder in mailbox.folders
    ]
    if not found:
        raise ConfigError("no mailbox is configured; `triage init` writes a file to start from")
    return found


def source_settings(name: str, mailbox: Mailbox, folder: str) -> ImapSettings | FolderSettings:
    if mailbox.kind == "imap":
        return _imap_settings(name, mailbox, folder)
    if mailbox.path is None:
        raise ConfigError(f"mailboxes.{name}.path: needed for kind {mailbox.kind}")
    return FolderSettings(
        name=name,
        path=mailbox.path,
        kind=mailbox.kind,
        folder=folder,
        max_bytes=mailbox.max_bytes,
        poll_seconds=mailbox.pace,
        flag_keyword=mailbox.flag_keyword,
        flag_folder=mailbox.flag_folder,
    )


def _imap_settings(name: str, mailbox: Mailbox, folder: str) -> ImapSettings:
    if not mailbox.host:
        raise ConfigError(f"mailboxes.{name}.host: needed for kind imap")
    return ImapSettings(
        name=name,
        host=mailbox.host,
        port=mailbox.port or (993 if mailbox.security == "tls" else 143),
        security=mailbox.security,
        user=mailbox.user,
        secret=mailbox.secret,
        auth=mailbox.auth,
        folder=folder,
        ca_file=mailbox.ca_file,
        max_bytes=mailbox.max_bytes,
        idle=mailbox.idle,
        poll_seconds=mailbox.pace,
        flag_keyword=mailbox.flag_keyword,
        flag_folder=mailbox.flag_folder,
    )


def watchers(settings: Settings, store: Database) -> list[FolderWatcher]:
    saver = Saver(on_duty(settings), jobs.teller(store.url))
    read = reader(settings)
    return [
        FolderWatcher(
            source=source,
            database=store,
            reader=read,
            saver=saver,
            since=as_cutoff(mailbox.since),
            poll_seconds=mailbox.pace,
        )
        for mailbox, source in sources(settings)
    ]


def on_duty(settings: Settings) -> OnDuty:
    """Who is told: by the rota where there is one, else everybody in ``desk.point``.

    Raises ``ConfigError`` when that is nobody, or the rota's file is wrong.
    """
    if settings.duty is not None:
        return _by_rota(duty.load(settings.duty))
    if not settings.desk.point:
        raise ConfigError("desk.point: nobody would be told of a flag; name the Point Person")
    return always(*settings.desk.point)


def _by_rota(rota: duty.Duty) -> OnDuty:
    """Point now; in an emergency everybody on the ladder, since one person may not see it."""

    def addresses(severity: Severity) -> tuple[str, ...]:
        now = datetime.now(UTC)
        people = [duty.on_duty(rota, duty.Role.POINT, now).person]
        if severity is Severity.EMERGENCY:
            people = list(duty.ladder(rota, now))
        return tuple(map(_named, people))

    return addresses


def _named(person: duty.Person) -> str:
    """As people write it: ``formataddr`` would code a name that is not ASCII."""
    name = person.name.replace("\\", "").replace('"', "'")
    return f'"{name}" <{person.mail}>'


def smtp(settings: Settings) -> Smtp:
    chosen = settings.smtp
    ports = {"tls": 465, "starttls": 587, "plain": 25}
    return Smtp(
        SmtpSettings(
            host=chosen.host,
            port=chosen.port or ports[chosen.security],
            security=chosen.security,
            user=chosen.user,
            secret=chosen.secret,
            ca_file=chosen.ca_file,
            timeout=chosen.timeout_seconds,
        )
    )


def courier(settings: Settings, store: Database) -> Courier:
    return Courier(
        database=store,
        send=smtp(settings).send,
        desk=settings.desk,
        base_url=settings.web.base_url,
        tell=jobs.teller(store.url),
        tell_operator=jobs.operator_teller(store.url),
    )


def access_key(settings: Settings) -> str:
    """The key that opens the page; made once, readable by its owner alone."""
    path = settings.web.key_file or settings.data / "web.key"
    try:
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(24))
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"web.key_file {path}: {error.strerror}") from None


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
