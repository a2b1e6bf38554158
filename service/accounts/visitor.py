"""Who asks: a person in a browser, or a program with a token."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from service.permissions import Act, Role, Scope, may
from triage import duty

Origin = str
"""Where somebody comes from: a network address."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """``person`` is who they act as in the duty file, empty for those who act on no case.
    ``scopes`` are a token's, ``None`` in a browser; ``form_token`` is what forms must carry;
    ``came`` says how the session began: password, link, set-up or oidc."""

    account: int
    login: str
    name: str
    person: str
    roles: frozenset[Role]
    scopes: frozenset[Scope] | None
    how: Literal["session", "token"]
    address: Origin
    form_token: str = ""
    came: str = ""

    def may(self, act: Act) -> bool:
        return may(self.roles, self.scopes, act)

    @property
    def duties(self) -> tuple[duty.Role, ...]:
        """Their roles as the policy and the complaint record know them."""
        return tuple(role for role in duty.Role if role.value in self.roles)


def roles_of(names: Iterable[str]) -> frozenset[Role]:
    """Those of ``names`` that this version knows."""
    known = {role.value: role for role in Role}
    return frozenset(known[name] for name in names if name in known)


def scopes_of(names: Iterable[str]) -> frozenset[Scope]:
    known = {scope.value: scope for scope in Scope}
    return frozenset(known[name] for name in names if name in known)
