"""Mails made by hand, for the tests of reading."""

import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import pytest

from tests.shared import SHARED
from triage.mail import ReadingRules, parse
from triage.types import Email, Place, RawMail

RULES = ReadingRules(own_addresses=frozenset({"support@shop.example", "help@shop.example"}))


def raw(content: bytes, size: int | None = None) -> RawMail:
    place = Place("desk", "INBOX", 1, 1)
    received = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
    return RawMail(place, received, content, len(content) if size is None else size)


def mail(body: str = "Hello", *fields: str, subject: str = "Question") -> bytes:
    """A plain mail from a customer; ``fields`` are header lines that are added."""
    own = {line.partition(":")[0].lower() for line in fields}
    usual = {
        "from": "From: Jane Doe <jane@customer.example>",
        "to": "To: support@shop.example",
        "subject": f"Subject: {subject}",
        "message-id": "<1@customer.example>",
        "content-type": "Content-Type: text/plain; charset=utf-8",
    }
    usual["message-id"] = "Message-ID: <1@customer.example>"
    head = [line for name, line in usual.items() if name not in own]
    return "\n".join([*head, *fields, "", body]).encode()


def multipart(kind: str, *parts: str, fields: tuple[str, ...] = ()) -> bytes:
    """A multipart mail; each part begins with its own header lines."""
    body = "".join(f"--cut\n{part}\n" for part in parts) + "--cut--\n"
    return mail(body, f'Content-Type: multipart/{kind}; boundary="cut"', *fields)


def read(content: bytes, rules: ReadingRules = RULES) -> Email:
    return parse(raw(content), rules)


@lru_cache(maxsize=1)
def fixture_mails() -> dict[str, bytes]:
    """Broken and odd mails of fourteen other projects, by path; skips the test without them."""
    archive = SHARED / "data/corpora/mail_fixtures.tar.gz" if SHARED else None
    if archive is None or not archive.is_file():
        pytest.skip("the mail fixtures are not beside the project")
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is not None:
                found[member.name] = file.read()
    return found


@dataclass(frozen=True)
class Tongue:
    """How one language writes around a mail."""

    own: str
    attribution: str
    wrapped: str
    header: str
    original: str
    forward: str
    phone: str
    sign_off: str
    footer: str


def _header(words: str) -> str:
    sender, date, to, subject = words.split("|")
    return (
        f"{sender}: Help Desk <help@shop.example>\n{date}: 3. 3. 2025 14:05\n"
        f"{to}: Jane Doe <jane@customer.example>\n{subject}: Re: Order 4711"
    )


TONGUES = {
    "en": Tongue(
        "This is the third time that I ask where my order is.",
        "On Mon, 3 Mar 2025 at 14:05, Help Desk <help@shop.example> wrote:",
        "On Mon, 3 Mar 2025 at 14:05, Help Desk\n<help@shop.example> wrote:",
        _header("From|Sent|To|Subject"),
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "Sent from my iPhone",
        "Kind regards,\nJane Doe",
        "This e-mail is confidential and intended solely for the addressee. If you are not the "
        "intended recipient, any disclosure is prohibited.",
    ),
    "de": Tongue(
        "Ich frage nun zum dritten Mal, wo meine Bestellung bleibt.",
        "Am 03.03.2025 um 14:05 schrieb Help Desk <help@shop.example>:",
        "Am Mo., 3. März 2025 um 14:05 Uhr schrieb Help Desk <\nhelp@shop.example>:",
        _header("Von|Gesendet|An|Betreff"),
        "-----Ursprüngliche Nachricht-----",
        "-------- Weitergeleitete Nachricht --------",
        "Von meinem iPhone gesendet",
        "Mit freundlichen Grüßen\nJane Doe",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat "
        "sind, vernichten Sie diese Mail; unbefugte Weitergabe ist nicht gestattet.",
    ),
    "fr": Tongue(
        "C'est la troisième fois que je demande où est ma commande.",
        "Le 3 mars 2025 à 14:05, Help Desk <help@shop.example> a écrit :",
        "Le lun. 3 mars 2025 à 14:05, Help Desk <help@shop.example> a\nécrit :",
        _header("De|Envoyé|À|Objet"),
        "-----Message d'origine-----",
        "-------- Message transféré --------",
        "Envoyé de mon iPhone",
        "Cordialement,\nJane Doe",
        "Ce message est confidentiel et destiné exclusivement à son destinataire ; toute "
        "utilisation non autorisée est interdite.",
    ),
    "es": Tongue(
        "Es la tercera vez que pregunto dónde está mi pedido.",
        "El 3 mar 2025, a las 14:05, Help Desk <help@shop.example> escribió:",
        "El lun, 3 mar 2025 a las 14:05, Help Desk (<help@shop.example>)\nescribió:",
        _header("De|Enviado el|Para|Asunto"),
        "-----Mensaje original-----",
        "---------- Mensaje reenviado ---------",
        "Enviado desde mi iPhone",
        "Un cordial saludo,\nJane Doe",
        "Este mensaje es confidencial y va dirigido exclusivamente a su destinatario; queda "
        "prohibida su divulgación.",
    ),
    "it": Tongue(
        "È la terza volta che chiedo dove sia il mio ordine.",
        "Il giorno 3 mar 2025, alle ore 14:05, Help Desk <help@shop.example> ha scritto:",
        "Il giorno lun 3 mar 2025 alle ore 14:05 Help Desk <help@shop.example> ha\nscritto:",
        _header("Da|Inviato|A|Oggetto"),
        "-----Messaggio originale-----",
        "---------- Messaggio inoltrato ---------",
        "Inviato da iPhone",
        "Cordiali saluti\nJane Doe",
        "Il presente messaggio è riservato ed esclusivamente destinato al destinatario; ne è "
        "vietata la diffusione.",
    ),
    "pt": Tongue(
        "É a terceira vez que pergunto onde está a minha encomenda.",
        "Em 3 de mar. de 2025, à(s) 14:05, Help Desk <help@shop.example> escreveu:",
        "Em seg., 3 de mar. de 2025 às 14:05, Help Desk <help@shop.example>\nescreveu:",
        _header("De|Enviada em|Para|Assunto"),
        "-----Mensagem original-----",
        "---------- Mensagem encaminhada ---------",
        "Enviado do meu iPhone",
        "Atenciosamente,\nJane Doe",
        "Esta mensagem é confidencial e destina-se exclusivamente ao destinatário; é proibida a "
        "sua divulgação.",
    ),
    "nl": Tongue(
        "Dit is de derde keer dat ik vraag waar mijn bestelling blijft.",
        "Op 3 mrt. 2025 om 14:05 schreef Help Desk <help@shop.example>:",
        "Op ma 3 mrt 2025 om 14:05 schreef Help Desk <help@shop.example\n>:",
        _header("Van|Verzonden|Aan|Onderwerp"),
        "-----Oorspronkelijk bericht-----",
        "---------- Doorgestuurd bericht ---------",
        "Verstuurd vanaf mijn iPhone",
        "Met vriendelijke groet,\nJane Doe",
        "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
    ),
    "pl": Tongue(
        "Już trzeci raz pytam, gdzie jest moje zamówienie.",
        "W dniu 3.03.2025 o 14:05, Help Desk <help@shop.example> napisał(a):",
        "W dniu pon., 3 mar 2025 o 14:05 Help Desk <help@shop.example>\nnapisał(a):",
        _header("Od|Wysłano|Do|Temat"),
        "-----Oryginalna wiadomość-----",
        "---------- Przekazana wiadomość ---------",
        "Wysłane z iPhone'a",
        "Z poważaniem\nJane Doe",
        "Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata.",
    ),
}
