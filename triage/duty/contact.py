"""How a customer can be reached, read from what they wrote (P6)."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import phonenumbers

LONGEST_SIGNATURE, LONGEST_TEXT = 4_000, 20_000
"""Characters that are read; contact details stand at the end, so of a text it is the last."""

MOST = 5
"""Numbers, and addresses, that are kept."""

_TRIES = 200
_CALL = re.compile(
    r"(?:\b(?:tel|tél|phone|telephone|telefon|telefono|teléfono|telefone|telefoon|téléphone"
    r"|mobile|mobil|móvil|movil|cell|cellulare|celular|telemóvel|handy|mob|gsm|whatsapp"
    r"|call|ring|reach|contact|number is|erreichbar|erreichen|anrufen|rückruf|rufen|ruft"
    r"|appel\w*|joindre|llám\w*|llame\w*|chiam\w*|ligue\w*|bel|bellen|zadzwo\w*|numer)\b"
    r"|[☎📞📱])",
    re.I,
)
_NOT_A_CALL = re.compile(
    r"\b(?:fax|telefax|order|invoice|case|ticket|customer|account|acct|client|reference|ref"
    r"|tracking|parcel|serial|contract|policy|booking|vat|iban|bic|card|isbn|ean|sku"
    r"|bestell\w*|auftrag\w*|rechnung\w*|kunden\w*|vertrag\w*|vorgang\w*|sendung\w*|konto\w*"
    r"|commande|facture|pedido|factura|ordine|fattura|encomenda|fatura|bestelling|factuur"
    r"|zamówieni\w*|faktur\w*|ust\w*|hrb?|steuer\w*|siret|siren)\b|[#№]",
    re.I,
)
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![\w-])"
)
_OURS_TO_CALL = {
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    phonenumbers.PhoneNumberType.UAN,
}


@dataclass(frozen=True, slots=True)
class Contact:
    """The likeliest first. ``phones`` as ``+493012345678`` (E.164)."""

    phones: tuple[str, ...]
    mails: tuple[str, ...]


def contact_details(signature: str, text: str, region: str, own: Collection[str] = ()) -> Contact:
    """Phone numbers and mail addresses that the customer gave.

    ``region`` (ISO 3166, as ``DE``) is where a number without a country is taken to be. In the
    signature every valid number counts unless its line calls it something else (fax, order,
    IBAN); in the text only one that a word such as "call" or "mobile" introduces, or one written
    with its country and grouped as it is there. ``own`` addresses, in lower case, are left out.
    """
    signature, text = signature[:LONGEST_SIGNATURE], text[-LONGEST_TEXT:]
    phones = [*_phones(signature, region, False), *_phones(text, region, True)]
    mails = [one.lower().rstrip(".") for one in _MAIL.findall(f"{signature}\n{text}")]
    return Contact(
        tuple(dict.fromkeys(phones))[:MOST],
        tuple(one for one in dict.fromkeys(mails) if one not in own)[:MOST],
    )


def _phones(text: str, region: str, introduced: bool) -> Iterator[str]:
    matches = phonenumbers.PhoneNumberMatcher(
        text, region.upper() or None, phonenumbers.Leniency.VALID, max_tries=_TRIES
    )
    for match in matches:
        if phonenumbers.number_type(match.number) not in _OURS_TO_CALL:
            continue
        before = _before(text, match.start)
        called = [m.start() for m in _CALL.finditer(before)]
        otherwise = [m.start() for m in _NOT_A_CALL.finditer(before)]
        if otherwise and max(otherwise) > max(called, default=-1):
            continue
        if introduced and not called and not _as_there(match):
            continue
        yield phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)


def _before(text: str, at: int) -> str:
    """What the line says before a number, as far back as one reads on."""
    start = max(text.rfind("\n", 0, at) + 1, at - 60)
    return text[start:at]


def _as_there(match: phonenumbers.PhoneNumberMatch) -> bool:
    """Written with its country and grouped as its people do."""
    if not match.raw_string.startswith("+"):
        return False
    return any(
        phonenumbers.PhoneNumberMatcher(
            match.raw_string, None, phonenumbers.Leniency.EXACT_GROUPING, max_tries=2
        )
    )
