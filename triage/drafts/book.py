"""The drafts of the desk as its file describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.drafts.facts import Step


@dataclass(frozen=True, slots=True)
class Drafts:
    """``digest`` is the SHA-256 (hex) of the file's bytes. A draft is ``greeting``, the body of
    its step and ``sign_off``; ``titles`` are the steps' names for people."""

    source: str
    digest: str
    desk: str
    subject: Template
    greeting: Template
    sign_off: Template
    bodies: Mapping[Step, Template]
    titles: Mapping[Step, str]


def gap(what: str) -> str:
    """Something that a person must still fill in; the check finds it."""
    return f"[{what}]"


def environment() -> ImmutableSandboxedEnvironment:
    """No loader, no globals but ``gap``: a template sees the values it is given and nothing else.
    Values are never templates themselves."""
    made = ImmutableSandboxedEnvironment(
        autoescape=False,  # plain text, shown as such
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals = {"gap": gap}
    return made


VALUES: Final = (
    *("name", "number", "subject", "matter", "offer", "agreed", "done", "promises", "by"),
    *("means", "phone", "mail", "signer", "manager", "desk", "facts_known", "apologise"),
)
"""What templates may use; ``docs/drafts.md`` says what each is."""
