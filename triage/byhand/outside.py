"""Signs that a mail did not come from where its From says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.mail.headers import Headers

_COMMENT = re.compile(r"\([^()]*\)")
_VERDICT = re.compile(r"([a-z0-9_-]{1,40})(?:/\d+)?\s*=\s*([a-z]{1,40})")
_DOMAIN = re.compile(r"(?:header\.(?:d|i|from)|smtp\.(?:mailfrom|helo))\s*=\s*\"?([^\s;\"]{1,320})")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A line of Authentication-Results (RFC 8601): a method, what came out, for which domain."""

    method: str
    result: str
    domain: str


def why_doubted(headers: Headers, sender: str, authserv_id: str) -> str:
    """Why a mail is not believed to come from ``sender``; empty where it is.

    With the id of a server of ours its own verdict decides: DMARC, or where that says nothing a
    DKIM signature or an SPF pass of the sender's domain, or a log-in. Without one a mail is
    believed unless something in it speaks against it: From alone proves nothing.
    """
    if authserv_id:
        return _why_not_passed(list(_verdicts(headers, authserv_id)), sender, authserv_id)
    return next((why for why, so in _against(headers) if so), "")


def _against(headers: Headers) -> Iterator[tuple[str, bool]]:
    results = {one.method: one.result for one in reversed(list(_verdicts(headers, "")))}
    unsigned = results.get("dkim") != "pass"
    yield "DMARC failed", results.get("dmarc") == "fail"
    yield "SPF failed", results.get("spf") in {"fail", "softfail"} and unsigned
    yield "SPF failed", _says(headers, "received-spf", "fail", "softfail")
    outside = _says(headers, "x-ms-exchange-organization-authas", "anonymous")
    yield "Exchange says it came from outside", outside
    yield "marked as spam", _says(headers, "x-spam-flag", "yes")


def _says(headers: Headers, name: str, *words: str) -> bool:
    return (headers.get(name) or "").strip().lower().startswith(words)


def _why_not_passed(found: list[_Verdict], sender: str, authserv_id: str) -> str:
    if not found:
        return f"no verdict of {authserv_id} on it"
    own = sender.rpartition("@")[2].lower()
    dmarc = next((one.result for one in found if one.method == "dmarc"), "none")
    if dmarc not in {"none", "bestguesspass"}:
        return "" if dmarc == "pass" else f"DMARC: {dmarc}"
    for one in found:
        if one.result != "pass":
            continue
        if one.method == "auth" or (one.method in {"dkim", "spf"} and _aligned(one.domain, own)):
            return ""
    return "neither DKIM nor SPF passed for its domain"


def _verdicts(headers: Headers, authserv_id: str) -> Iterator[_Verdict]:
    """Those of one server, or of the topmost field: the server nearest to us wrote it."""
    for value in headers.all("authentication-results"):
        server, _, rest = _COMMENT.sub(" ", value.lower()).partition(";")
        if authserv_id and server.split()[:1] != [authserv_id.lower()]:
            continue
        for part in rest.split(";")[:50]:
            match = _VERDICT.match(part.strip())
            if match:
                domain = _DOMAIN.search(part)
                at = domain[1].rpartition("@")[2] if domain else ""
                yield _Verdict(match[1], match[2], at)
        if not authserv_id:
            return


def _aligned(domain: str, own: str) -> bool:
    """Relaxed alignment, of a domain and those below it."""
    return bool(domain) and (
        domain == own or own.endswith(f".{domain}") or domain.endswith(f".{own}")
    )
