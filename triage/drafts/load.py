"""drafts.toml -> Drafts, or one error that says where and why; nothing is half taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from jinja2 import Template, TemplateSyntaxError, meta
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from triage.drafts.book import VALUES, Drafts, environment
from triage.drafts.facts import Step
from triage.drafts.trial import Trouble, tried
from triage.errors import ConfigError
from triage.tomlfile import TomlFile, in_words, line_at, lines_of, read_toml

SUBJECT, GREETING, SIGN_OFF = "subject", "greeting", "sign_off"


def load(path: Path | None = None) -> Drafts:
    """The drafts of ``path``, or those that come with Triage.

    Every template is tried on cases of every kind. Raises ``ConfigError`` with file, line, key
    and reason for each thing wrong; a file with anything wrong is not taken at all.
    """
    file = read_toml(path, "triage.drafts", "drafts.toml")
    reader = _Reader(file)
    try:
        read = _File.model_validate(file.document)
    except ValidationError as error:
        raise ConfigError(in_words(error, reader.says_of)) from None
    return reader.drafts(read)


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of text")
    return text.strip()


_Line = Annotated[str, Field(max_length=120), AfterValidator(_line)]
_Text = Annotated[str, Field(min_length=1, max_length=10_000)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Draft(_Section):
    title: _Line
    text: _Text


class _File(_Section):
    desk: _Line
    subject: _Line
    greeting: _Text
    sign_off: _Text
    drafts: dict[Annotated[Step, Field(strict=False)], _Draft]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes templates of what the file holds."""

    file: TomlFile

    def drafts(self, read: _File) -> Drafts:
        missing = [step for step in Step if step not in read.drafts]
        if missing:
            raise ConfigError(f"{self.file.source}: drafts: there is none for {', '.join(missing)}")
        sources: dict[tuple[str, ...], str] = {
            (SUBJECT,): read.subject,
            (GREETING,): read.greeting,
            (SIGN_OFF,): read.sign_off,
            **{("drafts", step.value, "text"): read.drafts[step].text for step in Step},
        }
        compiled = {path: self.compiled(path, source) for path, source in sources.items()}
        wrong = [one for one in compiled.values() if isinstance(one, str)]
        if wrong:
            raise ConfigError("\n".join(wrong))
        made = {path: one for path, one in compiled.items() if isinstance(one, Template)}
        drafts = Drafts(
            source=self.file.source,
            digest=self.file.digest,
            desk=read.desk,
            subject=made[SUBJECT,],
            greeting=made[GREETING,],
            sign_off=made[SIGN_OFF,],
            bodies={step: made["drafts", step.value, "text"] for step in Step},
            titles={step: read.drafts[step].title for step in Step},
        )
        wrong = list(dict.fromkeys(self.troubles(drafts)))
        if wrong:
            raise ConfigError("\n".join(wrong))
        return drafts

    def compiled(self, path: tuple[str, ...], source: str) -> Template | str:
        """The template, or what is wrong with it."""
        made = environment()
        name = ".".join(path)
        try:
            unknown = sorted(meta.find_undeclared_variables(made.parse(source)) - {*VALUES, "gap"})
            if unknown:
                at = next(n for n, line in enumerate(source.split("\n"), 1) if unknown[0] in line)
                return self.says(path, at, f"there is no {unknown[0]!r}; there are {_VALUES}")
            code = made.compile(source, name, name)
        except TemplateSyntaxError as error:
            return self.says(path, error.lineno, error.message or "not a template")
        except RecursionError:
            return self.says(path, 1, "nested too deep")
        return Template.from_code(made, code, made.globals)

    def troubles(self, drafts: Drafts) -> Iterator[str]:
        for one in tried(drafts):
            yield self.trouble(one)

    def trouble(self, one: Trouble) -> str:
        return self.says(tuple(one.template.split(".")), one.line, one.reason)

    def says_of(self, path: tuple[str | int, ...], reason: str) -> str:
        return self.says(path, 0, reason)

    def says(self, path: tuple[str | int, ...], inner: int, reason: str) -> str:
        """``inner`` is the line within the text that stands at ``path``, 0 for the text itself."""
        line = line_at(lines_of(self.file.text), path)
        if line and inner and self._begins_below(line):
            line += inner
        where = f"{self.file.source}, line {line}" if line else self.file.source
        return f"{where}: {'.'.join(map(str, path)) or 'the file'}: {reason}"

    def _begins_below(self, line: int) -> bool:
        """Whether the text begins on the line after its key, as after ``'''``."""
        return self.file.text.splitlines()[line - 1].rstrip().endswith(("'''", '"""'))


_VALUES = ", ".join(VALUES)
