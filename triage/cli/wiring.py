"""Settings in, running parts out."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from triage import duty, jobs
from triage.caseload import Caseload
from triage.config import Mailbox, Settings, person
from triage.courier import Courier
from triage.duty import Duty
from triage.errors import ConfigError
from triage.mail import ReadingRules
from triage.mailbox import FolderSettings, ImapSettings, Source, make_source
from triage.notify import Smtp, SmtpSettings
from triage.pipeline import Reader, Saver
from triage.policy import Policy
from triage.reload import kept_duty, kept_policy
from triage.store import Database
from triage.watcher import FolderWatcher, as_cutoff
from triage.wording import Wording

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
    from triage.classifier import Classifier, live_model

    rules = policy_in_force(settings)
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
    saver = Saver(caseload(settings, store))
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


def duty_in_force(settings: Settings) -> Callable[[], Duty]:
    """People and rota, taken anew when their file changes; without a file those of the settings.

    Raises ``ConfigError`` when that is nobody, or the file is wrong.
    """
    if settings.duty is not None:
        kept = kept_duty(settings.duty)
        return lambda: kept.value
    manager = person(settings.desk.manager) if settings.desk.manager else None
    plain = duty.simple([person(one) for one in settings.desk.point], manager)
    return lambda: plain


def policy_in_force(settings: Settings) -> Callable[[], Policy]:
    """The policy, taken anew when its file changes. Raises ``ConfigError``."""
    kept = kept_policy(settings.policy)
    return lambda: kept.value


def caseload(settings: Settings, store: Database) -> Caseload:
    return Caseload(duty_in_force(settings), policy_in_force(settings), jobs.teller(store.url))


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
    from triage.notify.channels import send

    in_force, rules = duty_in_force(settings), policy_in_force(settings)
    return Courier(
        database=store,
        send=smtp(settings).send,
        send_short=send,
        wording=Wording(settings.desk, settings.web.base_url, in_force, rules),
        duty=in_force,
        policy=rules,
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
