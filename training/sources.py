"""Readers: each turns one source into examples. What a source is and may be used for stands in
``sources.toml``; rows a reader gives are raw, sides and duplicates are ``data.py``'s."""

import csv
import gzip
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from training.examples import Example, calm, labelled, trust
from training.mailboxes import as_served, read_enron, read_spamassassin
from triage.errors import ConfigError
from triage.types import SIGNALS

HERE = Path(__file__).parent
Reader = Callable[[], Iterable[Example]]
MOST_A_SENDER = 60
"""Direct mails read of one sender: one news feed must not stand for a mailbox."""
UNKNOWN = ((0.0,) * len(SIGNALS), (0.0,) * len(SIGNALS))


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Numbered objects of a JSON-lines file. Raises ConfigError naming file and line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ConfigError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise ConfigError(f"{path}:{number}: a row must be an object")
        yield number, row


def own_mail(doubt: float, without: Collection[str] = ()) -> Iterator[Example]:
    """The project's hand-written mails; one file is one writer, but
    for ``extra_*.jsonl``, which are one together. Files named in ``without`` are not read."""
    for path in sorted((HERE / "data").glob("*.jsonl")):
        if path.stem in without:
            continue
        for number, row in rows(path):
            where = f"{path.name}:{number}"
            if row.get("kind", "customer") != "customer":
                continue
            body = row.get("body")
            if not isinstance(body, str):
                raise ConfigError(f"{where}: body must be text")
            if _MARKED.search(body):
                body = plain_narrative(body)
            tags = tuple(str(row[key]) for key in ("note", "domain") if row.get(key))
            yield Example(
                id=str(row.get("id") or where),
                source="mail",
                group=f"mail:{path.stem.split('_')[0]}",
                text=as_served(str(row.get("subject") or ""), body),
                values=labelled(row, where),
                weights=trust(row.get("unsure"), doubt),
                tags=(*tags, f"set:{path.stem}:{row['set']}") if "set" in row else tags,
            )


def narratives(shared: Path, doubt: float) -> Iterator[Example]:
    """Labelled complaint narratives, each its own writer."""
    folder = shared / "cfpb"
    texts = {str(row.get("id")): row for _, row in rows(folder / "selected.jsonl")}
    for path in sorted(folder.glob("labels_*.jsonl")):
        for number, row in rows(path):
            where = f"{path.name}:{number}"
            text = texts.get(str(row.get("id")), {})
            if text.get("sha") != row.get("sha"):
                raise ConfigError(f"{where}: no narrative with this id and checksum")
            yield Example(
                id=f"cfpb-{row['id']}",
                source="cfpb",
                group=f"cfpb:{row['id']}",
                text=plain_narrative(str(text["text"])),
                values=labelled(row, where),
                weights=trust(row.get("unsure"), doubt),
            )


def more_narratives(shared: Path, doubt: float) -> Iterator[Example]:
    """Narratives of the larger collection that were read and labelled where a model was in doubt.
    Their labels name them by the digest of their text, which lies in the collection alone."""
    with gzip.open(shared / "corpora" / "cfpb_merged.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = {digest(text): text for text in (str(json.loads(line)["text"]) for line in lines)}
    path = HERE / "labels" / "narratives.jsonl"
    for number, row in rows(path):
        where = f"{path.name}:{number}"
        text = texts.get(str(row.get("digest")))
        if text is None:
            raise ConfigError(f"{where}: no narrative with this digest")
        yield Example(
            id=f"narrative-{row['digest']}",
            source="narratives",
            group="narratives",
            text=plain_narrative(text),
            values=labelled(row, where),
            weights=trust(row.get("unsure"), doubt),
        )


_DATE = re.compile(r"\bX{2}/X{2}(?:/(?:X{4}|X{2}|\d{4}))?")
_MARKED = re.compile(r"X{2}/X{2}|X{4}")
_NUMBER = re.compile(r"X{4}(?:[ -]X{4})+")
_HIDDEN = re.compile(r"X{2,}")
_MONEY = re.compile(r"\{(\$[\d.,]+)\}")
_NAMES = (
    "Miller",
    "Northway",
    "Dana",
    "Okafor",
    "Larsen",
    "Ruiz",
    "Meyer",
    "Patel",
    "Brook",
    "Kim",
)


def plain_narrative(text: str) -> str:
    """A narrative without the marks of its publisher, so that no model can know it by them:
    blacked-out dates, numbers and names are filled in, by a digest of the text."""
    fill = random.Random(int(digest(text), 16))
    text = _MONEY.sub(r"\1", text)
    text = _DATE.sub(lambda _: f"{fill.randint(1, 12)}/{fill.randint(1, 28)}/2023", text)
    text = _NUMBER.sub(lambda _: str(fill.randint(10_000_000, 99_999_999)), text)
    text = _HIDDEN.sub(lambda _: fill.choice(_NAMES), text)
    return text.replace(" 's ", "'s ").replace(" ''", '"').replace("  ", " ").strip()


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def emotions(shared: Path, split: str) -> list[Example]:
    """GoEmotions' official ``split``: "train", "dev", "test". Raises ConfigError naming a line."""
    path = shared / "corpora" / "goemotions" / f"{split}.tsv"
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        try:
            text, labels, name = line.split("\t")
            marks = tuple(int(label) for label in labels.split(","))
        except ValueError as error:
            raise ConfigError(f"{path}:{number}: not a text, labels and a name: {error}") from error
        found.append(Example(name, "goemotions", name, text, *UNKNOWN, emotions=marks))
    return found


def questions(shared: Path) -> Iterator[Example]:
    """Banking77: calm questions to a bank; whether they are urgent is not known."""
    for name in ("train", "test"):
        with (shared / "corpora" / "banking77" / f"{name}.csv").open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file)):
                text = " ".join(row["text"].split())
                yield Example(
                    id=f"banking77-{name}-{number}",
                    source="banking77",
                    group=f"banking77:{name}:{row['category']}",
                    text=text,
                    values=calm(0.0)[0],
                    weights=calm(0.7, upset=0.3, urgent=0.0)[1],
                    fold=-1 if name == "test" else 0,
                )


def templates(shared: Path) -> Iterator[Example]:
    """Bitext: template questions; swear words (tag W) in them aim at nobody."""
    folder = shared / "corpora" / "bitext"
    for name in ("train", "dev", "test"):
        for path in sorted((folder / name).glob("*.csv")):
            with path.open(encoding="utf-8") as file:
                for number, row in enumerate(csv.DictReader(file)):
                    rude, wants = "W" in row["tags"], row["intent"] == "complaint"
                    person = "human" in row["intent"] or "agent" in row["intent"]
                    unknown = {"urgent": 0.0, "upset": 0.0 if rude or wants else 0.5}
                    unknown |= {"complaint": 0.0} if wants else {}
                    unknown |= {"supervisor": 0.0} if person else {}
                    yield Example(
                        id=f"bitext-{name}-{number}",
                        source="bitext",
                        group=f"bitext:{name}:{row['intent']}",
                        text=row["utterance"],
                        values=calm(0.0)[0],
                        weights=calm(0.5, **unknown)[1],
                        fold=0 if name == "train" else -1,
                        tags=("swearing",) if rude else (),
                    )


def ham(shared: Path, direct: bool) -> Iterator[Example]:
    """SpamAssassin's good mail; one sender is one group.

    ``direct`` mail, from person to person, is what a desk would score. The rest, talk on lists
    and newsletters, is only trained on.
    """
    values, weights = calm(0.6, urgent=0.3, upset=0.4)
    seen: Counter[str] = Counter()
    for mail in read_spamassassin(shared / "corpora" / "spamassassin_ham.tar.gz"):
        seen[mail.sender] += mail.direct
        if mail.direct is direct and seen[mail.sender] <= MOST_A_SENDER:
            source = "spamassassin" if direct else "lists"
            group = f"ham:{mail.sender}"
            yield Example(mail.id, source, group, mail.text, values, weights, tags=mail.tags)


def enron(shared: Path) -> Iterator[Example]:
    """Enron's sent mail: business mail, and some private. ``set_aside`` in ``sources.toml``
    names mails that read upset: they are never trained on as calm."""
    settings = tomllib.loads((HERE / "sources.toml").read_text("utf-8"))
    aside = set(settings["enron"]["set_aside"])
    values, weights = calm(0.6, urgent=0.0, upset=0.5)
    for mail in read_enron(shared / "corpora" / "enron_sent.tar.gz"):
        known = UNKNOWN[1] if mail.id in aside else weights
        yield Example(mail.id, "enron", f"enron:{mail.sender}", mail.text, values, known)
