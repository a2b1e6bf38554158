"""HTML to the text a reader sees, one line a line, with quotes and signatures recognisable.

Own walk over lxml's parser events: inscriptis honours ``display:none`` only, knows no quotes and
took twice as long over the same 930 mails. White text on white is kept: what a mail programme
lost the background of is still the customer's text, and reading too much is the safe side.
Style sheets are not evaluated, only ``style`` and ``hidden`` attributes.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from triage.mail.charset import clean

MAX_HTML = 1_500_000
"""Characters of HTML that are read of one mail."""

QUOTE_BEGINS = "\x1e"
"""A line of its own: the sender's programme marks all that follows as the mail answered."""
SIGNED = "\x1f"
"""Begins a line that the sender's programme marks as signature."""

_SKIPPED = frozenset(
    str.split("head title style script noscript template svg math object iframe select datalist")
)
_BLOCKS = frozenset(
    str.split(
        "address article aside blockquote body center dd details div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary "
        "table tbody tfoot thead tr ul"
    )
)
_SPACED = frozenset(str.split("p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre dl"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:font-size|opacity|max-height)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)",
    re.I,
)
_TIGHT = re.compile(r"margin(?:-top|-bottom)?\s*:\s*0", re.I)
_REPLY_MARK = re.compile(
    r"divRplyFwdMsg|OLK_SRC_BODY_SECTION|yahoo_quoted|moz-forward-container"
    r"|mail-editor-reference-message-container|ms-outlook-mobile-reference-message"
)
_SIGNATURE_MARK = re.compile(
    r"(?:^|\s)(?:x_)*(?:gmail_signature|moz-signature|Signature|ms-outlook-mobile-signature"
    r"|protonmail_signature_block|zmail_signature)(?:\s|$)"
)
_INDENT = re.compile(r"webkit-indent-blockquote|border:\s*none", re.I)


class _Reader:
    """A parser target: keeps what is open, writes lines."""

    def __init__(self, limit: int) -> None:
        self.lines: list[str] = []
        self.left = limit
        self._line: list[str] = []
        self._open: list[tuple[bool, int, int, int, int]] = []
        self._skip = self._quote = self._pre = self._sign = 0
        self._blank = True

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        spaced = tag in _SPACED and not _is_tight(attributes)
        self._open.append((spaced, self._skip, self._quote, self._pre, self._sign))
        if self._skip or tag in _SKIPPED or _is_hidden(attributes):
            self._skip = 1
            return
        if tag in _BLOCKS:
            self._break(spaced)
        self._mark(tag, attributes)
        if tag == "br":
            self._write_line(keep_empty=True)
        elif tag == "li":
            self._line.append("- ")
        elif tag in ("td", "th") and self._line:
            self._line.append(" ")
        elif tag == "pre":
            self._pre = 1

    def _mark(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        if tag == "blockquote":
            style = f"{name} {attributes.get('style', '')}"
            self._quote += not _INDENT.search(style)
        elif name == " ":
            return
        elif _REPLY_MARK.search(name):
            self._break(spaced=False)
            self.lines.append(QUOTE_BEGINS)
        elif "moz-cite-prefix" in name:
            self._quote += 1
        elif _SIGNATURE_MARK.search(name):
            self._break(spaced=False)
            self._sign = 1

    def end(self, tag: str) -> None:
        if not self._open:
            return
        closes = not self._skip and tag in _BLOCKS
        if closes:
            self._break(spaced=False)
        spaced, self._skip, self._quote, self._pre, sign = self._open.pop()
        if sign != self._sign:
            self._break(spaced=False)
        self._sign = sign
        if closes and spaced:
            self._break(spaced)

    def data(self, data: str) -> None:
        if self._skip or self.left <= 0:
            return
        self.left -= len(data)
        data = clean(data)
        if self._pre:
            first, *rest = data.split("\n")
            self._line.append(first)
            for line in rest:
                self._write_line(keep_empty=True)
                self._line.append(line)
            return
        words = " ".join(data.split())
        if data[:1].isspace() and self._line:
            words = " " + words
        if words and words != " " and data[-1:].isspace():
            words += " "
        if words:
            self._line.append(words)

    def close(self) -> str:
        self._write_line(keep_empty=False)
        return "\n".join(self.lines).strip("\n ")

    def _break(self, spaced: bool) -> None:
        self._write_line(keep_empty=False)
        if spaced and not self._blank:
            self._write_line(keep_empty=True)

    def _write_line(self, keep_empty: bool) -> None:
        text = "".join(self._line)
        text = text.rstrip() if self._pre else re.sub(" {2,}", " ", text).strip()
        self._line.clear()
        if not text and not keep_empty:
            return
        mark = SIGNED if self._sign and not self._quote and text else ""
        self.lines.append(mark + "> " * min(self._quote, 20) + text)
        self._blank = not text


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and _HIDDEN.search(style or "") is not None


def _is_tight(attributes: Mapping[str, str]) -> bool:
    """Whether a paragraph is but a line, as Outlook writes them."""
    if "MsoNormal" in attributes.get("class", ""):
        return True
    return _TIGHT.search(attributes.get("style", "")) is not None


def html_to_text(html: str, limit: int) -> str:
    """What a reader of ``html`` sees, at most about ``limit`` characters; never raises.

    Quoted blocks come with ``> `` before each line. Two marks from the sender's programme,
    ``QUOTE_BEGINS`` and ``SIGNED``, are left in for ``split`` to use.
    """
    reader = _Reader(limit)
    # Bytes in a stated charset: text with an XML declaration of another would be refused.
    parser: Any = etree.HTMLParser(
        target=reader, encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        parser.feed(html[:MAX_HTML].encode("utf-8", "replace"))
        parser.close()
    except (etree.LxmlError, AssertionError):
        pass  # what was read so far stands
    return reader.close()
