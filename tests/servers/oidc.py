"""An OpenID provider on this machine: discovery, consent, tokens, keys and user info over HTTP.

    with provider() as running:
        running.knows("pat", email="pat@desk.example", email_verified=True)
        back = running.sign_in("pat", address_from_the_desk)

As providers do in earnest, it demands PKCE (S256) of every client.
"""

import io
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import oidc_provider_mock
from werkzeug.serving import make_server

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True)
class PkceGate:
    """Before ``app``: notes each code's challenge, and lets none be used without its verifier."""

    app: Application
    challenges: dict[str, str] = field(default_factory=dict)

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            if not self._fits(parse_qs(body.decode())):
                start("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
        query = parse_qs(environ["QUERY_STRING"])

        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            for name, value in headers:
                code = parse_qs(urlsplit(value).query).get("code")
                if name.lower() == "location" and code:
                    assert query["code_challenge_method"] == ["S256"]
                    self.challenges[code[0]] = query["code_challenge"][0]
            return start(status, headers, *more)

        return self.app(environ, noted)

    def _fits(self, form: dict[str, list[str]]) -> bool:
        verifier = form.get("code_verifier", [""])[0]
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return self.challenges.pop(form.get("code", [""])[0], None) == challenge


@dataclass(frozen=True, slots=True)
class RunningProvider:
    issuer: str

    def knows(self, subject: str, **claims: object) -> None:
        httpx2.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def sign_in(self, subject: str, address: str) -> str:
        """The address that a browser is sent back to, once ``subject`` consents at ``address``."""
        return self._answer(address, {"sub": subject})

    def deny(self, address: str) -> str:
        return self._answer(address, {"action": "deny"})

    def register(self, back: str) -> tuple[str, str]:
        """A client's id and secret; ``back`` is the only address that it may come back to."""
        wanted = {"redirect_uris": [back]}
        made = httpx2.post(f"{self.issuer}/oauth2/clients", json=wanted).json()
        return made["client_id"], made["client_secret"]

    def _answer(self, address: str, form: dict[str, str]) -> str:
        answer = httpx2.post(address, data=form)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])


@contextmanager
def provider(
    *, registered: bool = False, lasts: timedelta = timedelta(hours=1)
) -> Iterator[RunningProvider]:
    """``registered``: only for clients that are; ``lasts``: how long its tokens do."""
    app = oidc_provider_mock.app(
        require_client_registration=registered, require_nonce=True, access_token_max_age=lasts
    )
    server = make_server("localhost", 0, PkceGate(app.wsgi_app), threaded=True)
    thread = Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield RunningProvider(f"http://localhost:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
