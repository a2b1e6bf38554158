"""guidance.toml -> Guide, or one error that says where and why; nothing is half taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from triage.drafts.apology import apologies
from triage.drafts.facts import Step
from triage.drafts.guide import Advice, Aside, Guide, Stage
from triage.drafts.plain import plain
from triage.drafts.promises import undated
from triage.errors import ConfigError
from triage.tomlfile import Places, in_words, lines_of, read_toml

_NO_APOLOGY = (Stage.LISTEN, Stage.RESTATE, Stage.FEEL, Stage.FACTS)
"""Before the facts are known."""


def load_guide(path: Path | None = None) -> Guide:
    """The guidance of ``path``, or the one that comes with Triage.

    Raises ``ConfigError`` with file, line, key and reason for each thing wrong; a file with
    anything wrong is not taken at all.
    """
    file = read_toml(path, "triage.drafts", "guidance.toml")
    reader = _Reader(file.source, lines_of(file.text))
    try:
        read = _File.model_validate(file.document)
    except ValidationError as error:
        raise ConfigError(in_words(error, reader.says)) from None
    wrong = list(reader.faults(read))
    if wrong:
        raise ConfigError("\n".join(wrong))
    return Guide(
        source=file.source,
        digest=file.digest,
        stages={stage: _advice(stage, read.steps[stage]) for stage in Stage},
        asides={aside: _advice(aside, read.asides[aside]) for aside in Aside},
    )


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of text")
    return text.strip()


_Line = Annotated[str, Field(max_length=240), AfterValidator(_line)]
_Lines = Annotated[tuple[_Line, ...], Field(max_length=12, strict=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Advice(_Section):
    title: _Line
    do: Annotated[_Lines, Field(min_length=1)]
    avoid: _Lines = ()
    say: _Lines = ()
    why: _Line
    rules: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Z]\d{1,3}$")], ...],
        Field(max_length=9, strict=False),
    ] = ()
    drafts: Annotated[
        tuple[Annotated[Step, Field(strict=False)], ...], Field(max_length=9, strict=False)
    ] = ()


class _File(_Section):
    steps: dict[Annotated[Stage, Field(strict=False)], _Advice]
    asides: dict[Annotated[Aside, Field(strict=False)], _Advice]


def _advice(id: str, one: _Advice) -> Advice:
    return Advice(str(id), one.title, one.do, one.avoid, one.say, one.why, one.rules, one.drafts)


@dataclass(frozen=True, slots=True)
class _Reader(Places):
    def faults(self, read: _File) -> Iterator[str]:
        missing = [f"steps.{one}" for one in Stage if one not in read.steps]
        missing += [f"asides.{one}" for one in Aside if one not in read.asides]
        if missing:
            yield f"{self.source}: there is no {', '.join(missing)}"
            return
        for stage in _NO_APOLOGY:
            said = apologies(plain("\n\n".join(read.steps[stage].say)))
            if said.acts or said.admissions:
                reason = "apologises for the company before the facts are known (P12)"
                yield self.says(("steps", stage, "say"), reason)
        for kind, many in (("steps", read.steps), ("asides", read.asides)):
            for id, one in many.items():
                if any(list(undated(plain(words))) for words in one.say):
                    yield self.says((kind, str(id), "say"), "promises without a date (P13)")

    def key(self, path: Sequence[str | int]) -> str:
        return ".".join(map(str, path))
