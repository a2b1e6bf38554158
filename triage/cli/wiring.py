"""Settings in, running parts out."""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from triage import complaints, drafts, duty, jobs
from triage.bringing import Bringing
from triage.byhand import ByHand, Forwarding, Wish
from triage.caseload import Caseload
from triage.cli.folders import asking_folders, asking_settings, sources
from triage.config import Mailbox, Settings, person
from triage.courier import Courier
from triage.daily import Daily
from triage.duty import Duty
from triage.errors import ConfigError
from triage.heeding import Heeding, Keywords
from triage.mail import ReadingRules
from triage.mailbox import Source, make_source
from triage.notify import Smtp, SmtpSettings
from triage.pipeline import Reader, Saver
from triage.policy import Policy
from triage.reload import kept_duty, kept_policy
from triage.rota import RotaInForce
from triage.store import Database
from triage.types import Email, RawMail, Reading
from triage.watcher import FolderWatcher, as_cutoff
from triage.webhooks import Messenger
from triage.wording import Wording

if TYPE_CHECKING:
    from service.works import Works
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
    judge = forwarding(settings).judged
    return Reader(reading_rules(settings), classifier, rules, judge)


def forwarding(settings: Settings) -> Forwarding:
    """What is made of mail to the addresses by which the desk's people ask for something."""
    desk = settings.desk
    asked = ((desk.flag_address, Wish.FLAG), (desk.help_address, Wish.HELP))
    addresses = {person(one).address.lower(): wish for one, wish in asked if one}
    people = duty_in_force(settings) if addresses else _nobody
    return Forwarding(addresses, reading_rules(settings), people, settings.reading.authserv_id)


def _nobody() -> Duty:
    raise ConfigError("desk.flag_address and desk.help_address are not set")


def by_hand(settings: Settings, cases: Caseload, read: Reader | None = None) -> ByHand:
    """``read`` is loaded when it is first needed, where none is given."""

    def read_one(raw: RawMail, email: Email) -> Reading:
        return (read or reader(settings)).read_one(raw, email)

    return ByHand(cases, read_one, settings.desk.by_hand_severity)


def model_folder(settings: Settings) -> "ModelFolder":
    """What the model in use says of itself, without loading its network. Raises ``ModelError``."""
    from triage.classifier import live_model, read_folder

    return read_folder(settings.model or live_model(settings.models))


def watchers(settings: Settings, store: Database) -> list[FolderWatcher]:
    """One a folder of mail, and one a folder by which people ask for something."""
    cases, read, forwards = caseload(settings, store), reader(settings), forwarding(settings)
    hand = by_hand(settings, cases, read)
    saver = Saver(cases, obey=partial(forwards.obey, hand))

    def watcher(mailbox: Mailbox, source: Source, saves: Saver | Heeding) -> FolderWatcher:
        since = as_cutoff(mailbox.since)
        return FolderWatcher(source, store, read, saves, since=since, poll_seconds=mailbox.pace)

    made = []
    for mailbox, source in sources(settings):
        one = watcher(mailbox, source, saver)
        by = f"by keyword in {source.name}/{source.folder}"
        words = {mailbox.flag_by_hand_keyword: Wish.FLAG, mailbox.help_keyword: Wish.HELP}
        heeds = {word: Heeding(saver, hand, wish, by) for word, wish in words.items() if word}
        one.keywords = Keywords(source, store, read, heeds) if heeds else None
        made.append(one)
    for name, mailbox in settings.mailboxes.items():
        for folder, wish in asking_folders(mailbox):
            source = make_source(asking_settings(name, mailbox, folder))
            heeding = Heeding(saver, hand, wish, f"by folder {name}/{folder}")
            made.append(watcher(mailbox, source, heeding))
    return made


def duty_in_force(settings: Settings, store: Database | None = None) -> Callable[[], Duty]:
    """People and rota, taken anew when their file changes; without a file those of the settings.
    With ``store`` also what people agreed on at the desk.

    Raises ``ConfigError`` when that is nobody, or the file is wrong.
    """
    base = _duty_of_file(settings)
    return RotaInForce(base, store) if store else base


def _duty_of_file(settings: Settings) -> Callable[[], Duty]:
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
    return Caseload(
        duty_in_force(settings, store), policy_in_force(settings), jobs.teller(store.url)
    )


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

    in_force, rules = duty_in_force(settings, store), policy_in_force(settings)
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


def daily(settings: Settings, store: Database) -> Daily:
    return Daily(
        database=store,
        desk=settings.desk,
        duty=duty_in_force(settings, store),
        policy=policy_in_force(settings),
        tell=jobs.teller(store.url),
    )


def works(settings: Settings, store: Database) -> "Works":
    """What the desk acts and answers with; the model is loaded when it is first asked."""
    from service.scoring import Scorer
    from service.works import Works

    book, texts, guide = complaints.load(), drafts.load(), drafts.load_guide()
    return Works(
        caseload=caseload(settings, store),
        settings=settings,
        scorer=Scorer(lambda: reader(settings)),
        book=lambda: book,
        drafts=lambda: texts,
        guide=lambda: guide,
        bring_in=jobs.bringer(store.url),
    )


def messenger(settings: Settings, store: Database) -> Messenger:
    """Who tells programs outside."""
    return Messenger(
        database=store,
        defer=jobs.outside_teller(store.url),
        url=settings.web.base_url,
        private=settings.web.webhooks_private,
    )


def bringing(settings: Settings, store: Database) -> Bringing:
    """Who reads mail that is sent in; the model is loaded when there is some."""
    loaded = cache(lambda: reader(settings))
    return Bringing(store, loaded, caseload(settings, store))
