"""The customer's mail as an attachment, byte for byte."""

import copy
import re
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP

LIMIT = 7 * 2**20
"""Largest original that is attached, in bytes: coded it stays below the 10 MB that even modest
mail servers take."""

LONGEST_LINE = 998
"""RFC 5322, 2.1.1: without the line end, in bytes."""

_MOST_PARTS = 100
_NAME = "original.eml"
_FIRST_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_HEADERS = re.compile(rb".*?(?:\r?\n){2}", re.DOTALL)
_PART = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
_LONE_CR = re.compile(rb"\r(?!\n)")


class _Verbatim(EmailMessage):
    """A message/rfc822 part whose content is written as it is.

    The library would parse the mail inside and write it anew, which changes broken mail and fails
    on some; it writes the payload untouched only for what it takes for text.
    """

    original: bytes

    def get_content_maintype(self) -> str:
        return "text"


def attach(message: EmailMessage, content: bytes) -> None:
    """Attach a mail: as message/rfc822 where SMTP carries its bytes, else coded as a file.

    RFC 2046 (5.2.1) forbids coding a message/rfc822 part, so mail with overlong lines, stray
    carriage returns, raw 8-bit headers or the like goes as ``application/octet-stream`` named
    ``original.eml``, which mail programs open by its name.
    """
    message.make_mixed()
    if is_embeddable(content):
        message.attach(_verbatim(content))
    else:
        message.attach(_coded(content))


def is_embeddable(content: bytes) -> bool:
    """Whether the bytes, with CRLF line ends, may stand in a mail as they are."""
    headers = _HEADERS.match(content)
    return (
        _FIRST_FIELD.match(content) is not None
        and (headers[0] if headers else content).isascii()
        and b"\0" not in content
        and _LONE_CR.search(content) is None
        and max(map(len, content.replace(b"\r\n", b"\n").split(b"\n"))) <= LONGEST_LINE
        and sum(1 for _ in _PART.finditer(content)) <= _MOST_PARTS
    )


def as_seven_bit(message: EmailMessage) -> EmailMessage:
    """The message for a server without 8BITMIME: an 8-bit original is coded, the rest is as was."""
    if not message.is_multipart():
        return message
    same = copy.copy(message)
    same.set_payload([_seven_bit_part(part) for part in message.iter_parts()])
    return same


def _seven_bit_part(part: MIMEPart) -> MIMEPart:
    if not isinstance(part, _Verbatim) or part["Content-Transfer-Encoding"] != "8bit":
        return part
    return _coded(part.original)


def _verbatim(content: bytes) -> EmailMessage:
    part = _Verbatim(policy=SMTP)
    part.original = content
    part["Content-Type"] = "message/rfc822"
    part["Content-Transfer-Encoding"] = "7bit" if content.isascii() else "8bit"
    part["Content-Disposition"] = f'attachment; filename="{_NAME}"'
    part.set_payload(content.decode("ascii", "surrogateescape"))
    return part


def _coded(content: bytes) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part.set_content(content, "application", "octet-stream", cte="base64", filename=_NAME)
    part.set_param("name", _NAME)
    del part["MIME-Version"]
    return part
