"""The table: every source's rows on their sides, without near-duplicates, checked for leaks."""

import json
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from training import duplicates, sources
from training.config import Config
from training.entry import run
from training.examples import Example
from triage.errors import ConfigError
from triage.types import SIGNALS

HERE = Path(__file__).parent

HELD_SHARE = {"cfpb": 0.15, "spamassassin": 0.7, "lists": 0.7, "enron": 0.6}
"""Share of a source's groups that no training ever sees, where the source has no such part.
The same senders write direct mail and on lists: the same share parts both alike."""

EXTRA = ("mail:extra", "narratives")
"""Mails written, and narratives read, where evaluation showed holes: they are in every training
(a fold of their own, after the last), and never in a figure."""

FEWEST = 3
"""A signal with fewer marked rows cannot be learnt; the run refuses to pretend."""


def verify(config: Config) -> None:
    """Compare every file that ``sources.toml`` names with its SHA-256. Raises ConfigError."""
    known = tomllib.loads((HERE / "sources.toml").read_text("utf-8"))
    for name, source in known.items():
        for file, wanted in source.get("files", {}).items():
            path = config.shared / file
            try:
                found = sha256(path.read_bytes()).hexdigest()
            except OSError as error:
                raise ConfigError(
                    f"source {name}: {error}; it is had from {source['where']}"
                ) from None
            if found != wanted:
                raise ConfigError(f"source {name}: {path} is another file (SHA-256 {found})")


def table(config: Config) -> list[Example]:
    """All rows: mail by writer in ``config.folds`` folds, the rest in folds or held back.

    Raises ConfigError for a source that is missing or broken, a class that is empty, a leak.
    """
    readers = {
        "mail": lambda: sources.own_mail(config.signals.unsure_weight, config.sources_left_out),
        "cfpb": lambda: sources.narratives(config.shared, config.signals.unsure_weight),
        "narratives": lambda: sources.more_narratives(config.shared, config.signals.unsure_weight),
        "spamassassin": lambda: sources.ham(config.shared, direct=True),
        "lists": lambda: sources.ham(config.shared, direct=False),
        "enron": lambda: sources.enron(config.shared),
        "banking77": lambda: sources.questions(config.shared),
        "bitext": lambda: sources.templates(config.shared),
    }
    rows: list[Example] = []
    for name, read in readers.items():
        if name not in config.sources_left_out:
            rows += sampled(sided(_read(name, read), config), config)
    rows = duplicates.drop(sorted(rows, key=lambda row: not row.held))
    check(rows)
    return rows


def _read(name: str, read: "sources.Reader") -> list[Example]:
    try:
        found = list(read())
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"source {name}: {error}") from error
    if not found:
        raise ConfigError(f"source {name}: no rows")
    return found


def sided(rows: Sequence[Example], config: Config) -> list[Example]:
    """``rows`` with their fold: a digest of the group decides, writers of mail go in turn."""
    writers = sorted({row.group for row in rows if row.source == "mail"} - set(EXTRA))
    turn = {group: place % config.folds for place, group in enumerate(writers)}
    turn |= dict.fromkeys(EXTRA, config.folds)
    made = []
    for row in rows:
        chance = int(sources.digest(f"{config.seed}{row.group}"), 16) / 16**12
        share = HELD_SHARE.get(row.source, 0.0)
        if row.held or chance < share:
            fold = -1
        else:
            fold = turn.get(row.group, int(chance * 1e6) % config.folds)
        made.append(replace(row, fold=fold))
    return made


def sampled(rows: list[Example], config: Config) -> list[Example]:
    """All held rows, and of the others as many as the settings name, drawn by the seed.

    Held questions and templates are many and alike: as many as for training are kept. Of
    lists none are: nothing is measured on mail that is never scored.
    """
    limit = config.calm_rows.get(rows[0].source)
    if limit is None:
        return rows
    chance = random.Random(config.seed)
    train = [row for row in rows if not row.held]
    held = [row for row in rows if row.held]
    held = chance.sample(held, 0 if rows[0].source == "lists" else min(limit, len(held)))
    return [*held, *chance.sample(train, min(limit, len(train)))]


def check(rows: Sequence[Example]) -> None:
    """Fail on a leak between any two sides, or a signal nobody shows."""
    for signal, place in zip(SIGNALS, range(len(SIGNALS)), strict=True):
        marked = sum(row.values[place] * (row.weights[place] > 0) for row in rows)
        if marked < FEWEST:
            raise ConfigError(f"signal {signal}: {marked:.0f} marked rows, {FEWEST} are needed")
    sides = sorted({row.fold for row in rows})
    for side in sides[1:]:
        found = duplicates.leaks(
            [row for row in rows if row.fold == side], [row for row in rows if row.fold < side]
        )
        if found:
            raise ConfigError(f"{len(found)} leaks between sides, the first: {found[0]}")


def checksum(rows: Iterable[Example]) -> str:
    """SHA-256 of the whole table: what a model was trained and measured on."""
    state = sha256()
    for row in rows:
        state.update(repr(row).encode("utf-8", "replace"))
    return state.hexdigest()


def summary(rows: Sequence[Example]) -> list[dict[str, object]]:
    """One record a source: rows by side, groups, marked rows by signal."""
    made: list[dict[str, object]] = []
    ordered = sorted(rows, key=lambda row: row.source)
    for source, found in groupby(ordered, key=lambda row: row.source):
        part = list(found)
        marks = {
            signal: int(sum(row.values[at] for row in part)) for at, signal in enumerate(SIGNALS)
        }
        sides = Counter(row.fold for row in part)
        made.append(
            {
                "source": source,
                "rows": len(part),
                "groups": len({row.group for row in part}),
                "held": sides.pop(-1, 0),
                "folds": {str(key): sides[key] for key in sorted(sides)},
                **marks,
            }
        )
    return made


def main(config: Config) -> Path:
    """Write the table's summary and checksum to ``<run>/data.json``; rows stay where they are."""
    verify(config)
    rows = table(config)
    config.run.mkdir(parents=True, exist_ok=True)
    target = config.run / "data.json"
    facts = {"sha256": checksum(rows), "sources": summary(rows)}
    target.write_text(json.dumps(facts, indent=1), "utf-8")
    for line in summary(rows):
        print(" ".join(f"{key}={value}" for key, value in line.items()))
    return target


if __name__ == "__main__":
    run(main)
