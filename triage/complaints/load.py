"""complaints.toml -> Book, or one error that says where and why; nothing is half taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from triage.complaints.book import Book, Limit, RemedyKind
from triage.complaints.record import WORDS, Choice
from triage.duty import Role
from triage.errors import ConfigError
from triage.tomlfile import Places, in_words, lines_of, read_toml

MOST = 1_000
"""Entries of any one kind in a file."""


def load(path: Path | None = None) -> Book:
    """The book of ``path``, or the one that comes with Triage.

    Raises ``ConfigError`` with file, line, key and reason for each thing wrong; a file with
    anything wrong is not taken at all.
    """
    file = read_toml(path, "triage.complaints", "complaints.toml")
    reader = _Reader(file.source, lines_of(file.text))
    try:
        read = _File.model_validate(file.document)
    except ValidationError as error:
        raise ConfigError(in_words(error, reader.says)) from None
    return reader.book(read, file.digest)


def _printable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of text")
    return text.strip()


def _field(name: str) -> str:
    if name not in WORDS:
        raise ValueError(f"no such field; there are: {', '.join(WORDS)}")
    return name


_Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
_Line = Annotated[str, Field(max_length=120), AfterValidator(_printable)]
_Money = Annotated[Decimal, Field(strict=False, gt=0, le=10**9, decimal_places=2)]
_Fields = Annotated[tuple[Annotated[str, AfterValidator(_field)], ...], Field(strict=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Named(_Section):
    id: _Id
    name: _Line


class _Cause(_Named):
    group: _Line


class _Remedy(_Named):
    amount: bool = False


class _Needed(_Section):
    report: _Fields
    close: _Fields


class _File(_Section):
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    causes: Annotated[tuple[_Cause, ...], Field(min_length=1, max_length=MOST, strict=False)]
    products: Annotated[tuple[_Named, ...], Field(min_length=1, max_length=MOST, strict=False)]
    teams: Annotated[tuple[_Named, ...], Field(min_length=1, max_length=MOST, strict=False)]
    remedies: Annotated[tuple[_Remedy, ...], Field(min_length=1, max_length=MOST, strict=False)]
    limits: dict[Annotated[Role, Field(strict=False)], _Money | Literal["unlimited"]]
    needed: _Needed


@dataclass(frozen=True, slots=True)
class _Reader(Places):
    """Makes records of what the file holds."""

    def book(self, read: _File, digest: str) -> Book:
        for name in ("causes", "products", "teams", "remedies"):
            self.distinct(name, getattr(read, name))
        return Book(
            source=self.source,
            digest=digest,
            currency=read.currency,
            causes=tuple(Choice(one.id, one.name, one.group) for one in read.causes),
            products=tuple(Choice(one.id, one.name) for one in read.products),
            teams=tuple(Choice(one.id, one.name) for one in read.teams),
            remedies=tuple(
                RemedyKind(Choice(one.id, one.name), one.amount) for one in read.remedies
            ),
            limits=self.limits(read),
            to_report=tuple(dict.fromkeys(read.needed.report)),
            to_close=tuple(dict.fromkeys(read.needed.close)),
        )

    def distinct(self, name: str, entries: Sequence[_Named]) -> None:
        seen: set[str] = set()
        for at, one in enumerate(entries):
            if one.id in seen:
                self.wrong((name, at, "id"), f"{one.id!r} is taken")
            seen.add(one.id)

    def limits(self, read: _File) -> tuple[Limit, ...]:
        limits = [
            Limit(role, None if up_to == "unlimited" else up_to)
            for role, up_to in read.limits.items()
        ]
        if all(limit.up_to is not None for limit in limits):
            self.wrong(("limits",), 'no role is "unlimited": nobody could decide on a large sum')
        ranks = list(Role)
        return tuple(
            sorted(limits, key=lambda one: (one.up_to or Decimal("Inf"), ranks.index(one.role)))
        )
