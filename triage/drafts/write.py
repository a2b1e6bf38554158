"""Facts and a step -> a draft, checked. A person reads, edits and sends it; nothing here can."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Template

from triage.drafts.book import Drafts
from triage.drafts.check import faults
from triage.drafts.facts import DraftFacts, Step
from triage.drafts.fault import Fault
from triage.drafts.private import blotted
from triage.drafts.words import in_words, name_in_letter, one_line, paragraphs
from triage.duty import ContactSheet, Person


@dataclass(frozen=True, slots=True)
class Draft:
    """``text`` is plain, its lines are paragraphs; ``subject`` is one line fit for a header."""

    step: Step
    subject: str
    text: str
    faults: tuple[Fault, ...]


def drafted(
    drafts: Drafts,
    step: Step,
    facts: DraftFacts,
    people: Sequence[Person],
    notes: Sequence[str],
) -> Draft:
    """The draft of ``step`` with what is wrong with it.

    What the facts lack stands there as a gap, ``[what was done]``, which is a fault. Anything
    private of ``people`` that came in with the facts is blotted out, which is a fault too.
    """
    subject, text = written(drafts, step, facts)
    subject, text = blotted(subject, people), blotted(text, people)
    return Draft(step, subject, text, faults(text, facts, people, notes, subject=subject))


def written(drafts: Drafts, step: Step, facts: DraftFacts) -> tuple[str, str]:
    """Subject and text, unchecked: for trying out templates. Raises jinja2's errors."""
    values = _values(facts, drafts.desk)
    parts = (drafts.greeting, drafts.bodies[step], drafts.sign_off)
    text = "\n\n".join(part for part in (_rendered(one, values) for one in parts) if part)
    return one_line(drafts.subject.render(values)), text + "\n"


def _rendered(template: Template, values: Mapping[str, Any]) -> str:
    lines = (line.rstrip() for line in template.render(values).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _values(facts: DraftFacts, desk: str) -> dict[str, Any]:
    return {
        "name": name_in_letter(facts.customer),
        "number": one_line(facts.case_number, 80),
        "subject": re.sub(
            r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", "", one_line(facts.subject), flags=re.I
        ),
        "matter": paragraphs(facts.matter),
        "offer": paragraphs(facts.offer),
        "agreed": paragraphs(facts.agreed),
        "done": paragraphs(facts.done),
        "promises": [
            {"what": one_line(one.what, 600).rstrip(" ."), "when": in_words(one.due, facts.zone)}
            for one in facts.promises
        ],
        "by": in_words(facts.by, facts.zone) if facts.by else "",
        "means": facts.means or "",
        "phone": one_line(facts.phone, 60),
        "mail": one_line(facts.mail, 254),
        "signer": _sheet(facts.signer),
        "manager": _sheet(facts.manager) if facts.manager else None,
        "desk": desk,
        "facts_known": facts.facts_known,
        "apologise": facts.apology_due,
    }


def _sheet(sheet: ContactSheet) -> dict[str, str]:
    return {
        "name": one_line(sheet.name, 120),
        "office_phone": one_line(sheet.office_phone, 60),
        "mail": one_line(sheet.mail, 254),
    }
