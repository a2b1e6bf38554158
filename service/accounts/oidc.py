"""An OpenID provider: the code flow with PKCE, state and nonce, and what it says of somebody."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from triage.config import Oidc
from triage.errors import ConfigError, TriageError

log = structlog.get_logger()

BACK = "/sign-in/provider/back"
_TIMEOUT = 10
_LEEWAY = 60
"""Seconds that the provider's clock and ours may differ."""
_KEPT = 3600.0
"""Seconds that a provider's description and keys are kept."""
_SIGNED_WITH = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""By the provider's own key alone: never by a secret that we too know, never by none."""


class ProviderDown(TriageError):
    """The provider does not answer, or not as a provider does."""


class ProviderRefused(TriageError):
    """What came back from the provider proves nobody."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: where the browser is sent, and what must fit when it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom the provider vouches for; ``mail`` is empty unless it was verified there."""

    issuer: str
    subject: str
    name: str
    mail: str
    groups: tuple[str, ...]


class Provider:
    """One provider, and what it says of itself. Raises ``ConfigError`` for an issuer whose
    answers anybody on the way could change."""

    def __init__(self, settings: Oidc, base_url: str) -> None:
        issuer = urlsplit(settings.issuer)
        if issuer.scheme != "https" and issuer.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ConfigError(f"web.oidc.issuer {settings.issuer}: must begin with https://")
        self.settings = settings
        self._back = base_url + BACK
        self._kept: tuple[float, dict[str, Any], dict[str, Any]] | None = None
        self._lock = Lock()

    def begin(self) -> Begun:
        """Raises ``ProviderDown``."""
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(48)
        metadata, _ = self._description()
        with self._session(metadata) as session:
            address, _ = session.create_authorization_url(
                metadata["authorization_endpoint"],
                state=state,
                code_verifier=verifier,
                nonce=nonce,
            )
        return Begun(address, state, nonce, verifier)

    def prove(self, code: str, *, nonce: str, verifier: str, iss: str = "") -> Proven:
        """Whom ``code`` stands for. Raises ``ProviderDown`` or ``ProviderRefused``."""
        metadata, _ = self._description()
        if iss and iss != self.settings.issuer:
            raise ProviderRefused("the answer names another issuer")
        with self._session(metadata) as session:
            token = self._token(session, metadata["token_endpoint"], code, verifier)
            claims = self._claims(token.get("id_token"), nonce)
            more = self._more(session, metadata, claims)
        return self._proven({**more, **claims})

    def _token(
        self, session: OAuth2Session, endpoint: str, code: str, verifier: str
    ) -> Mapping[str, Any]:
        try:
            token: Mapping[str, Any] = session.fetch_token(
                endpoint, code=code, code_verifier=verifier, timeout=_TIMEOUT
            )
        except AuthlibBaseError as error:
            raise ProviderRefused(f"no token: {error.error or 'refused'}") from error
        except (OSError, ValueError, KeyError) as error:
            raise ProviderDown(f"no token: {type(error).__name__}") from error
        return token

    def _claims(self, id_token: object, nonce: str) -> dict[str, Any]:
        if not isinstance(id_token, str):
            raise ProviderRefused("the answer holds no ID token")
        metadata, keys = self._description()
        offered = set(metadata.get("id_token_signing_alg_values_supported", ["RS256"]))
        try:
            claims = self._decoded(id_token, keys, sorted(offered & _SIGNED_WITH))
            JWTClaimsRegistry(
                leeway=_LEEWAY,
                iss={"essential": True, "value": self.settings.issuer},
                sub={"essential": True},
                aud={"essential": True, "value": self.settings.client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderRefused(f"the ID token is no good: {error}") from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if several and claims.get("azp") != self.settings.client_id:
            raise ProviderRefused("the ID token is for somebody else")
        return claims

    def _decoded(
        self, id_token: str, keys: dict[str, Any], algorithms: list[str]
    ) -> dict[str, Any]:
        try:
            claims = jwt.decode(id_token, _key_set(keys), algorithms=algorithms).claims
        except JoseError:  # the provider may have changed its keys since we asked for them
            _, keys = self._description(anew=True)
            claims = jwt.decode(id_token, _key_set(keys), algorithms=algorithms).claims
        return dict(claims)

    def _more(
        self, session: OAuth2Session, metadata: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the ID token leaves to be asked for."""
        wanted = {"email", "name", *([self.settings.roles_claim] if self.settings.roles else [])}
        endpoint = metadata.get("userinfo_endpoint")
        if not endpoint or wanted <= claims.keys():
            return {}
        said = _json(session, endpoint, withhold_token=False)
        if said.get("sub") != claims["sub"]:
            raise ProviderRefused("the user info is of somebody else")
        return said

    def _proven(self, claims: Mapping[str, Any]) -> Proven:
        mail = claims.get("email")
        verified = claims.get("email_verified") is True and isinstance(mail, str) and "@" in mail
        groups = claims.get(self.settings.roles_claim, ())
        names = [groups] if isinstance(groups, str) else groups
        address = str(mail).strip().lower() if verified else ""
        return Proven(
            issuer=self.settings.issuer,
            subject=str(claims["sub"]),
            name=" ".join(str(claims.get("name") or address)[:100].split()),
            mail=address,
            groups=tuple(str(one) for one in names) if isinstance(names, list) else (),
        )

    def _session(self, metadata: Mapping[str, Any]) -> OAuth2Session:
        secret = self.settings.secret()
        known = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = "client_secret_basic" in known
        method = "client_secret_basic" if basic else "client_secret_post"
        session = OAuth2Session(
            self.settings.client_id,
            secret or None,
            token_endpoint_auth_method=method if secret else "none",
            scope=" ".join(self.settings.scopes),
            redirect_uri=self._back,
            code_challenge_method="S256",
        )
        session.trust_env = False
        if self.settings.ca_file is not None:
            session.verify = str(self.settings.ca_file)
        return session

    def _description(self, *, anew: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """The provider's metadata and keys. Raises ``ProviderDown``."""
        with self._lock:
            if self._kept is None or anew or self._kept[0] < time.monotonic():
                metadata, keys = self._asked()
                self._kept = (time.monotonic() + _KEPT, metadata, keys)
            return self._kept[1], self._kept[2]

    def _asked(self) -> tuple[dict[str, Any], dict[str, Any]]:
        issuer = self.settings.issuer
        with self._session({}) as session:
            metadata = _json(session, issuer.rstrip("/") + "/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            good = all(_as_safe(metadata.get(name), issuer) for name in needed)
            if metadata.get("issuer") != issuer or not good:
                raise ProviderDown("what is at the issuer's address describes another provider")
            return metadata, _json(session, metadata["jwks_uri"])


def _key_set(keys: dict[str, Any]) -> KeySet:
    return KeySet.import_key_set({"keys": list(keys["keys"])})


def _json(session: OAuth2Session, address: str, *, withhold_token: bool = True) -> dict[str, Any]:
    try:
        answer = session.get(address, timeout=_TIMEOUT, withhold_token=withhold_token)
        answer.raise_for_status()
        said = answer.json()
    except (OSError, ValueError, AuthlibBaseError) as error:
        raise ProviderDown(f"{address}: {type(error).__name__}") from error
    if not isinstance(said, dict):
        raise ProviderDown(f"{address}: not an object")
    return said


def _as_safe(address: object, issuer: str) -> bool:
    """Whether ``address`` is as well protected on its way as the issuer's."""
    return isinstance(address, str) and address.startswith(("https:", urlsplit(issuer).scheme))
