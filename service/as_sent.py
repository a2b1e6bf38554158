"""A mail's HTML made harmless to look at: it runs nothing, fetches nothing and leads nowhere."""

import html
import re
from typing import Final

import nh3

from service.plain import plain
from triage.errors import ParseError
from triage.mail import parts

LONGEST = 400_000
"""Characters of HTML that are shown; the original mail has the rest."""

SECURITY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)

DEEPEST = 300
"""Elements within each other; a mail nested deeper keeps its words and loses its looks, since
browsers take minutes over it."""

_TAGS: Final = frozenset(
    str.split(
        "a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em font"
        " h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub"
        " sup table tbody td tfoot th thead tr tt u ul"
    )
)
_LOOKS: Final = frozenset({"align", "valign", "bgcolor", "color", "dir", "style", "width"})
_ATTRIBUTES: Final = {
    "*": set(_LOOKS),
    "a": {"href"},
    "img": {"alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_STYLES: Final = frozenset(
    str.split(
        "background-color border border-bottom border-collapse border-color border-left"
        " border-right border-style border-top border-width color direction font-family"
        " font-size font-style font-weight line-height list-style-type margin margin-bottom"
        " margin-left margin-right margin-top padding padding-bottom padding-left padding-right"
        " padding-top text-align text-decoration vertical-align white-space"
    )
)
_LINK: Final = re.compile(r'<a(?: href="([^"]*)")?[^>]*>(.*?)</a>', re.S)
_ELEMENT: Final = re.compile(r"<(/?)([a-z0-9]+)")
_VOID: Final = frozenset({"br", "col", "hr", "img"})
_IMAGE: Final = re.compile(r'<img(?:[^>]*? alt="([^"]*)")?[^>]*>')

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The mail as it was sent</title>
<style>
body {{ margin: 1rem; background: #fff; color: #111; font: 1rem/1.5 sans-serif; }}
body {{ overflow-wrap: anywhere; }}
table {{ max-width: 100%; }}
pre {{ white-space: pre-wrap; }}
.triage-target, .triage-image, .triage-note {{ color: #444; font: 0.8125rem/1.4 monospace; }}
</style></head><body>{note}{body}</body></html>
"""


def page(content: bytes) -> str:
    """The HTML of a mail as a document of its own; the text of one that has none."""
    try:
        found = parts.html_body(content)
    except ParseError:
        found = None
    if found is None:
        return _PAGE.format(note=_note("The mail has no HTML part."), body="")
    cut = len(found) > LONGEST
    note = _note("Only the first part is shown; the original mail has the rest.") if cut else ""
    return _PAGE.format(note=note, body=harmless(found[:LONGEST]))


def harmless(markup: str) -> str:
    """``markup`` without anything that acts; links and pictures become text. Cleaned twice: what
    was made of links and pictures is itself looked at as if a stranger had written it."""
    first = _cleaned(plain(markup), _TAGS)
    if _depth(first) > DEEPEST:
        first = _cleaned(first, frozenset({"br", "p"}))
    shown = _IMAGE.sub(_as_image, _LINK.sub(_as_link, first))
    return _cleaned(shown, _TAGS - {"a", "img"})


def _depth(markup: str) -> int:
    """How deep the elements of cleaned markup lie within each other."""
    depth = deepest = 0
    for closing, name in _ELEMENT.findall(markup):
        if name not in _VOID:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest


def _cleaned(markup: str, tags: frozenset[str]) -> str:
    return nh3.clean(
        markup,
        tags=set(tags),
        attributes={tag: names for tag, names in _ATTRIBUTES.items() if tag in {"*", *tags}},
        clean_content_tags={"script", "style", "title", "template", "noscript", "svg", "math"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        filter_style_properties=set(_STYLES),
        allowed_classes={"span": {"triage-target", "triage-image"}},
    )


def _as_link(found: "re.Match[str]") -> str:
    target = html.unescape(found[1] or "").strip()
    said = found[2]
    if not target or _says(said, target):
        return f"<span>{said}</span>"
    return f'<span>{said}</span> <span class="triage-target">[leads to {_text(target)}]</span>'


def _says(said: str, target: str) -> bool:
    """Whether a link's text is its target already."""
    return html.unescape(re.sub(r"<[^>]*>", "", said)).strip() == target


def _as_image(found: "re.Match[str]") -> str:
    alt = html.unescape(found[1] or "").strip()
    words = f"picture: {_text(alt)}" if alt else "picture"
    return f'<span class="triage-image">[{words}]</span>'


def _text(said: str) -> str:
    return html.escape(plain(said)[:300])


def _note(said: str) -> str:
    return f'<p class="triage-note">{html.escape(said)}</p>'
