"""``triage check``: everything tried once, one line each, with what to do about it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import typer

from triage import duty
from triage.caseload import named
from triage.cli import folders, wiring
from triage.cli.drafts import check_drafts
from triage.config import Settings
from triage.errors import ConfigError, TriageError

Trial = tuple[str, Callable[[], str]]


def check_everything(settings: Settings) -> int:
    """Try each part; 0 when all work, else 1."""
    verdicts = [_try(name, attempt) for name, attempt in _trials(settings)]
    return 0 if all(verdicts) else 1


def _try(name: str, attempt: Callable[[], str]) -> bool:
    try:
        typer.echo(f"ok    {name}: {attempt()}")
    except TriageError as error:
        typer.echo(f"FAIL  {name}: {error}")
        return False
    return True


def _trials(settings: Settings) -> Iterator[Trial]:
    yield "people", lambda: _people(settings)
    yield from _mailboxes(settings)
    yield "mail server", lambda: wiring.smtp(settings).probe()
    yield "database", lambda: _database(settings)
    yield "model", lambda: _model(settings)
    yield "page", lambda: _page(settings)
    yield "policy", lambda: _policy(settings.policy)
    yield "drafts", lambda: check_drafts(settings.drafts, settings.guidance)


def _mailboxes(settings: Settings) -> Iterator[Trial]:
    from triage.mailbox import probe

    if not settings.mailboxes:
        yield "mailboxes", lambda: str(folders.sources(settings))  # says what is missing
    for name, mailbox in settings.mailboxes.items():
        for folder in mailbox.folders:
            yield (
                f"mailbox {name}/{folder}",
                lambda n=name, m=mailbox, f=folder: probe(folders.source_settings(n, m, f)),  # type: ignore[misc]
            )
        for folder, wish in folders.asking_folders(mailbox):
            yield (
                f"mailbox {name}/{folder} (asks: {wish})",
                lambda n=name, m=mailbox, f=folder: probe(folders.asking_settings(n, m, f)),  # type: ignore[misc]
            )


def _people(settings: Settings) -> str:
    desk = wiring.duty_in_force(settings)()
    told = named(duty.on_duty(desk, duty.Role.POINT, datetime.now(UTC)).person)
    if not settings.desk.operator:
        return f"flags now go to {told}; nobody is told of refused notices (desk.operator is empty)"
    return f"flags now go to {told}; refused notices to {settings.desk.operator}"


def _database(settings: Settings) -> str:
    with closing(wiring.database(settings)) as store:
        version = store.server_version()
    kind = "PostgreSQL" if settings.database_url.get_secret_value() else "bundled PostgreSQL"
    return f"{kind} {version}, schema up to date"


def _model(settings: Settings) -> str:
    from triage.classifier import Classifier, live_model

    classifier = Classifier.load(settings.model or live_model(settings.models))
    scores = classifier.score(["Nobody has answered me for two weeks. I am furious."])[0]
    reads = ", ".join(sorted(classifier.languages))
    return f"{classifier.name}, reads {reads}; an angry sentence scores {scores.angry:.2f}"


def _page(settings: Settings) -> str:
    web = settings.web
    if web.host in {"0.0.0.0", "::"} and not web.url:  # noqa: S104 - compared, not bound
        raise ConfigError(f"web.host is {web.host}: set web.url, or links in notices lead nowhere")
    return f"at {web.base_url}"


def _policy(path: Path | None) -> str:
    from triage import policy

    rules = policy.load(path)
    failures = policy.check(rules)
    if failures:
        raise TriageError("\n      ".join(["examples fail", *map(str, failures)]))
    return f"{len(rules.rules)} rules, all {len(rules.examples)} examples come out as they say"


def check_policy(path: Path | None) -> int:
    """``triage policy check``: 0 when every example comes out as it says, else 1.

    Raises ``ConfigError`` for a file that is no policy.
    """
    from triage import policy

    without = policy.unexampled(policy.load(path))
    passed = _try(f"policy {path or 'that comes with Triage'}", lambda: _policy(path))
    for name in without:
        typer.echo(f"note  rule “{name}” has no example of its own")
    return 0 if passed else 1
