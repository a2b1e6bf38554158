"""What belongs to somebody else: numbers of other cases, addresses, unknown phone numbers."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from triage.drafts.facts import DraftFacts
from triage.drafts.plain import Plain, Span
from triage.duty import ContactSheet, Person

_LABELLED = re.compile(
    r"(?<!\bin )\b(?:case|ticket|reference|ref|incident)\b\.?\s*"
    r"(?:(?:number|no\.?|nr\.?|id|#)\s*(?:is\s+|:\s*)?#?([A-Z]{0,10}-?\d[\w/-]{0,30})"
    r"|:?\s*#?([A-Z]{1,10}-\d[\w/-]{0,30}|\d{4,20}))",
    re.I,
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![\w-])")
_PHONE = re.compile(r"(?<![\w.-])(?:\+|00?)[1-9][\d \t()/.-]{6,24}\d(?![\w-])")
_FEWEST: Final = 8
_TELLING: Final = 8
"""Digits of a phone number; so many of the last of them tell."""


def own_numbers(facts: DraftFacts) -> tuple[str, ...]:
    return tuple(one for one in (facts.case_number, *facts.own_numbers) if one)


def has_number(read: Plain, facts: DraftFacts) -> bool:
    """One of the case's own numbers stands there, not merely inside a longer one."""
    return any(
        re.search(rf"(?<![\w-]){re.escape(one)}(?![\w]|-\w)", read.text, re.I)
        for one in own_numbers(facts)
    )


def other_numbers(read: Plain, facts: DraftFacts) -> Iterator[Span]:
    """Numbers called a case's, or that look like this case's number, and are another."""
    own = {_bare(one) for one in own_numbers(facts)}
    for match in _LABELLED.finditer(read.text):
        group = 1 if match[1] else 2
        if _bare(match[group]) not in own:
            yield read.span(*match.span(group))
    for one in own_numbers(facts):
        if re.match(r"[^\W\d]+[-#/]?\d+$", one):
            for match in re.finditer(_shape(one), read.text):
                if _bare(match[0]) not in own:
                    yield read.span(*match.span())


def _shape(number: str) -> str:
    """``T-12`` as any ``T-`` with a number."""
    return rf"(?<![\w-]){re.sub(r'[0-9]+', lambda _: '[0-9]{1,18}', re.escape(number))}(?![\w-])"


def _bare(number: str) -> str:
    return number.strip(" #-/.").casefold()


def other_addresses(read: Plain, facts: DraftFacts, people: Sequence[Person]) -> Iterator[Span]:
    known = {facts.mail, *facts.desk_mails, *(one.mail for one in _sheets(facts))}
    known |= {one.mail for one in people}
    known = {one.casefold() for one in known}
    for match in _MAIL.finditer(read.text):
        if match[0].rstrip(".").casefold() not in known:
            yield read.span(*match.span())


def unknown_phones(read: Plain, facts: DraftFacts, people: Sequence[Person]) -> Iterator[Span]:
    given = [facts.phone, *(one.office_phone for one in _sheets(facts))]
    given += [one.office_phone for one in people]
    known = {_tail(one) for one in given if one}
    for match in _PHONE.finditer(read.text):
        if len(_digits(match[0])) >= _FEWEST and _tail(match[0]) not in known:
            yield read.span(*match.span())


def _sheets(facts: DraftFacts) -> tuple[ContactSheet, ...]:
    return (facts.signer, facts.manager) if facts.manager else (facts.signer,)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _tail(phone: str) -> str:
    return _digits(phone)[-_TELLING:]
