"""Who asks, and whether they may: the dependencies that every closed route has.

``VisitorOf`` is whoever is in; ``Depends(allowed(Act.X))`` is them if they may do X.
"""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service import keyring
from service.accounts.coming_in import Caller, Entered
from service.accounts.visitor import Visitor, roles_of, scopes_of
from service.desk import Desk, DeskOf
from service.permissions import TABLE, Act
from service.render import page
from triage.store import desk_audit, sessions, tokens

SIGN_IN_HEADER = "Triage-Sign-In"
"""On a 401 to a page's own request: where to sign in, in another tab, and lose nothing."""
FORM_FIELD, FORM_HEADER = "csrf", "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_AFTERLIFE = 7 * 24 * 3600
"""Seconds that a cookie outlives its session, so that a form open since then can be sent."""

_bearer = HTTPBearer(auto_error=False, description="A token of yours: `trg_...`.")


class Detour(Exception):
    """The visitor is sent elsewhere instead of to the page asked for."""

    def __init__(self, response: Response) -> None:
        self.response = response


def signed_in(request: Request, desk: DeskOf) -> Visitor | None:
    """Whose browser this is; ``None`` for a stranger's."""
    cookie = cookie_digest(request, desk)
    if cookie is None:
        return None
    now = datetime.now(UTC)
    with desk.database.transaction() as tx:
        found = sessions.live(tx, cookie, now, desk.web.idle)
    if found is None:
        return None
    return Visitor(
        account=found.account_id,
        login=found.login,
        name=found.name,
        person=found.person,
        roles=roles_of(found.roles),
        scopes=None,
        how="session",
        address=origin(request),
        form_token=found.form_token,
        came=found.how,
    )


SignedIn = Annotated[Visitor | None, Depends(signed_in)]
BearerOf = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def with_token(request: Request, desk: DeskOf, bearer: BearerOf) -> Visitor | None:
    """Whose program this is. Raises 401 for a token that is no good (any more)."""
    if bearer is None or not for_program(request):
        return None
    now = datetime.now(UTC)
    with desk.database.transaction() as tx:
        found = tokens.bearer(tx, keyring.digest(bearer.credentials), now)
    if found is None:
        raise HTTPException(
            401,
            "This token is unknown, revoked or has run out.",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    return Visitor(
        account=found.account_id,
        login=found.login,
        name=found.name,
        person=found.person,
        roles=roles_of(found.roles),
        scopes=scopes_of(found.scopes),
        how="token",
        address=origin(request),
    )


async def visitor(
    request: Request,
    desk: DeskOf,
    program: Annotated[Visitor | None, Depends(with_token)],
    inside: SignedIn,
) -> Visitor:
    """Whoever is in; else a 401 for programs and for requests of a page, and the sign-in for
    people. A change asked for by a browser must come from a page of ours."""
    found = program or inside
    if found is None:
        raise _stranger(request, desk)
    request.state.visitor = found
    if found.how == "session" and request.method not in _SAFE:
        require_own_page(request, desk)
        await _require_form_token(request, found)
    return found


VisitorOf = Annotated[Visitor, Depends(visitor)]


@lru_cache
def allowed(act: Act) -> Callable[..., Visitor]:
    """The dependency that gives the visitor if they may ``act``; else 403, and it is noted."""

    def permitted(request: Request, desk: DeskOf, visitor: VisitorOf) -> Visitor:
        if not visitor.may(act):
            note_refusal(request, desk, visitor, act.name.lower())
            raise HTTPException(403, refusal(visitor, act))
        return visitor

    permitted.act = act  # type: ignore[attr-defined]
    return permitted


def refusal(visitor: Visitor, act: Act) -> str:
    """Why ``visitor`` may not ``act``, and who may."""
    rule = TABLE[act]
    if rule.roles & visitor.roles and visitor.scopes is not None:
        needs = f"needs the scope “{rule.scope}”" if rule.scope else "cannot be done with a token"
        return f"To {act.value} {needs}."
    roles = ", ".join(sorted(role.value for role in rule.roles))
    return f"Your roles do not let you {act.value}. It takes one of: {roles}."


def require_own_page(request: Request, desk: Desk) -> None:
    """Raises 403 for what another site makes a browser send. Browsers say where from; where
    one does not, the form's token must do."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    source = request.headers.get("origin")
    ours = source is None or source in _own_origins(request, desk)
    if site not in {"same-origin", "none"} or not ours:
        raise HTTPException(403, "This came from another site, and was not done.")


def entered(desk: Desk, come: Entered, address: str) -> Response:
    """On to ``address`` with the cookie that stands for the session."""
    response = RedirectResponse(address, 303)
    set_session(desk, response, come)
    return response


def set_session(desk: Desk, response: Response, come: Entered) -> None:
    response.set_cookie(
        cookie_name(desk),
        come.secret,
        max_age=int(desk.web.session_lasts.total_seconds()) + _AFTERLIFE,
        secure=secure(desk),
        httponly=True,
        samesite="strict",
    )


def farewell(desk: Desk) -> Response:
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(desk), secure=secure(desk), httponly=True, samesite="strict")
    return response


def caller(request: Request, desk: Desk) -> Caller:
    """Where the browser calls from, for signing in."""
    agent = request.headers.get("user-agent", "")
    return Caller(origin(request), agent, cookie_digest(request, desk))


def own_address(offered: str) -> str:
    """``offered`` when it is a page of ours, else the first page: no redirect leaves the house."""
    strange = any(character in offered for character in "\\\r\n\t") or not offered.isprintable()
    doors = ("//", "/sign-", "/set-up")
    if strange or not offered.startswith("/") or offered.startswith(doors):
        return "/"
    parts = urlsplit(offered)
    return offered if not parts.scheme and not parts.netloc and len(offered) < 2000 else "/"


def origin(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def for_program(request: Request) -> bool:
    """Whether the answer is read by a program: a part of the API."""
    return request.url.path.startswith("/api/")


def cookie_name(desk: Desk) -> str:
    """Its own for each port, since browsers share cookies between ports; bound to the host and
    to TLS by its prefix where there is TLS."""
    return f"{'__Host-' if secure(desk) else ''}triage-{desk.web.port}"


def cookie_digest(request: Request, desk: Desk) -> bytes | None:
    cookie = request.cookies.get(cookie_name(desk))
    return keyring.digest(cookie) if cookie and len(cookie) < 200 else None


def secure(desk: Desk) -> bool:
    return desk.web.base_url.startswith("https:")


def _own_origins(request: Request, desk: Desk) -> tuple[str, str]:
    """The desk's own, and that of the host asked for, which the guard let through."""
    own = urlsplit(desk.web.base_url)
    host = request.headers.get("host", "")
    return f"{own.scheme}://{own.netloc}", f"{own.scheme}://{host}"


async def _require_form_token(request: Request, visitor: Visitor) -> None:
    offered = request.headers.get(FORM_HEADER)
    if offered is None and "form" in request.headers.get("content-type", ""):
        field = (await request.form()).get(FORM_FIELD)
        offered = field if isinstance(field, str) else None
    given = (offered or "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, visitor.form_token.encode()):
        raise HTTPException(403, "This page is out of date. Load it again, then send it again.")


def _stranger(request: Request, desk: Desk) -> Exception:
    """What somebody gets who is not in."""
    if for_program(request):
        said = "Send a token as “Authorization: Bearer trg_…”, or sign in."
        return HTTPException(401, said, {"WWW-Authenticate": "Bearer", SIGN_IN_HEADER: "/sign-in"})
    if request.headers.get("hx-request") == "true" or request.method not in _SAFE:
        said = "You were signed out. Sign in in another tab, then send this again."
        answer = page(desk, "signed_out.html", status=401, said=said)
        answer.headers[SIGN_IN_HEADER] = "/sign-in"
        return Detour(answer)
    if request.headers.get("sec-fetch-site") == "cross-site":
        return Detour(_by_ourselves(request, desk))
    return Detour(to_sign_in(_address(request)))


def to_sign_in(address: str, **more: str) -> Response:
    back = {"next": address} if address != "/" else {}
    query = urlencode({**back, **more})
    return RedirectResponse("/sign-in" + (f"?{query}" if query else ""), 303)


def _by_ourselves(request: Request, desk: Desk) -> Response:
    """A link in a mail read in the browser comes without our strict cookie: a page of ours that
    asks for the same address brings it along."""
    address = _address(request)
    return page(desk, "opening.html", address=address, headers={"Refresh": f"0; url={address}"})


def _address(request: Request) -> str:
    """The path and query asked for."""
    query = request.query_params.multi_items()
    return own_address(quote(request.url.path) + (f"?{urlencode(query)}" if query else ""))


def note_refusal(request: Request, desk: Desk, visitor: Visitor, act: str) -> None:
    """Into the audit trail; ``act`` is the name of what was not allowed."""
    with desk.database.transaction() as tx:
        desk_audit.note(
            tx,
            desk_audit.REFUSED,
            who=visitor.login,
            address=visitor.address,
            now=datetime.now(UTC),
            act=act,
            path=request.url.path[:200],
            how=visitor.how,
        )
