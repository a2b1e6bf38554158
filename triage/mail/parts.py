"""Parts of a mail asked for one by one, out of its raw bytes."""

from triage.errors import ParseError
from triage.mail.body import read_body
from triage.mail.mime import read_tree
from triage.types import Attachment

_LIMIT = 1000


def attachment(content: bytes, index: int) -> tuple[Attachment, bytes]:
    """The attachment at ``index`` of ``Email.attachments``, and its decoded bytes.

    ``size`` is exact here. Raises ParseError where there is no such attachment.
    """
    root, _ = read_tree(content)
    files = read_body(root, _LIMIT).files
    if not 0 <= index < len(files):
        raise ParseError(f"the mail has no attachment {index}; it has {len(files)}")
    data = files[index].content()
    return Attachment(files[index].name, files[index].content_type, len(data)), data


def html_body(content: bytes) -> str | None:
    """The HTML that the mail's text comes in, as sent: not made safe. None where it has none.

    Raises ParseError where ``content`` is no mail.
    """
    root, _ = read_tree(content)
    return read_body(root, _LIMIT).html or None
