"""What an operator may set about the reading of mail."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from triage.errors import ConfigError

_WORDS = (
    "case|ticket|request|incident|reference|ref|vorgang|fall|anfrage|dossier|demande|caso|solicitud"
    "|incidencia|pratica|segnalazione|richiesta|chamado|processo|pedido|zaak|melding|dossiernummer"
    "|zgłoszenie|zgłoszenia|sprawa|sprawy|ticketnummer|fallnummer|vorgangsnummer|zaaknummer"
)
_NUMBER = "number|no|nr|num|id|nummer|numéro|número|numero|numer"

PRESETS: dict[str, str] = {
    "rt": r"\[[\w .-]{1,60}? #(\d{1,12})\]",
    "zammad": r"(?i)\[?\bticket#(\d{4,20})\b",
    "otrs": r"(?i)\[(?:ticket|case|vorgang)[#:] ?(\d{5,20})\]",
    "jira": r"[(\[]([A-Z][A-Z0-9_]{1,14}-\d{1,9})[)\]]",
    "zendesk": r"\[([A-Z0-9]{5,7}-[A-Z0-9]{4,6})\]",
    "salesforce": r"\[? ?(ref:[!_]00D[\w.!]{5,60}:ref)\b",
    "case": rf"(?i)\b(?:{_WORDS})[ -]?(?:(?:{_NUMBER})\b\.?|n[°º])? ?[:#] ?#? ?"
    r"((?:[a-z]{1,5}-?)?\d{3,15})\b"
    rf"|\b(?:{_WORDS})[ -]?(?:(?:{_NUMBER})\b\.?|n[°º])? ?((?:[a-z]{{1,5}}-)?\d{{4,15}})\b",
}
"""Where help desks put a case's number, by name: the first group that matched is the number."""

HEADERS = ("x-case-number", "x-ticket-number", "x-ticket-id", "x-otrs-ticketnumber", "rt-ticket")


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """How mails are read.

    ``own_addresses``: the help desk's own, lower-case; they tell outgoing mail and own groups.
    ``case_patterns``: RE2 regular expressions with one group, tried before the presets.
    ``case_presets``: names from ``PRESETS``, tried in this order. ``case_headers``: lower-case.
    ``max_text``: characters kept of text, of quotes and of the signature each.
    Raises ConfigError naming the pattern or preset that is wrong.
    """

    own_addresses: frozenset[str] = frozenset()
    case_patterns: tuple[str, ...] = ()
    case_presets: tuple[str, ...] = tuple(PRESETS)
    case_headers: tuple[str, ...] = HEADERS
    max_text: int = 100_000

    def __post_init__(self) -> None:
        if self.max_text < 1:
            raise ConfigError("max_text must be at least 1")
        for address in self.own_addresses:
            if address != address.lower() or "@" not in address:
                raise ConfigError(f"own address {address!r} is not a lower-case mail address")
        compiled(self)


@dataclass(frozen=True, slots=True)
class Compiled:
    """Rules made ready: case patterns, and the domains that are ours."""

    cases: tuple[Any, ...]
    domains: frozenset[str]


SHARED_DOMAINS = frozenset(
    str.split(
        "gmail.com googlemail.com googlegroups.com outlook.com hotmail.com live.com yahoo.com "
        "aol.com gmx.de gmx.net web.de icloud.com me.com proton.me protonmail.com yahoogroups.com "
        "groups.io freelists.org orange.fr free.fr libero.it wp.pl onet.pl t-online.de zoho.com "
        "fastmail.com"
    )
)
"""Domains that belong to everybody: there only the full address is ours."""


@lru_cache(maxsize=64)
def compiled(rules: ReadingRules) -> Compiled:
    unknown = [name for name in rules.case_presets if name not in PRESETS]
    if unknown:
        known = ", ".join(PRESETS)
        raise ConfigError(f"case preset {unknown[0]!r} is unknown; there are {known}")
    patterns = [*rules.case_patterns, *(PRESETS[name] for name in rules.case_presets)]
    domains = {address.rpartition("@")[2] for address in rules.own_addresses}
    return Compiled(tuple(map(_compile, patterns)), frozenset(domains - SHARED_DOMAINS))


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        made = re2.compile(pattern, options)
    except (re2.error, re.error, TypeError, ValueError) as error:
        raise ConfigError(f"case pattern {pattern!r} is no RE2 expression: {error}") from error
    if made.groups < 1:
        raise ConfigError(f"case pattern {pattern!r} needs one group, around the number")
    return made
