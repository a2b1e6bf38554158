"""Who may do what: one table, which the manual and the tests are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """The policy's roles, and the one who looks after the desk itself."""

    REP = "rep"
    POINT = "point"
    SUPERVISOR = "supervisor"
    SPECIALIST = "specialist"
    MANAGER = "manager"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a token may be used for, at most: its account's roles still decide."""

    READ = "read"
    ACT = "act"
    SCORE = "score"
    EXPORT = "export"
    IMPORT = "import"
    WEBHOOKS = "webhooks"
    ADMIN = "admin"


class Act(StrEnum):
    """Everything that somebody may or may not do here; the words are those of a refusal."""

    SEE_QUEUE = "see the queue"
    SEE_CASE = "see a case"
    SEE_MAIL = "read customers' mail"
    DOWNLOAD = "download originals and attachments"
    SEE_EMERGENCY = "see the emergency number and steps"
    EVENTS_STREAM = "follow changes as they happen"
    ACT_CASE = "work on a case"
    HAND_OVER = "hand a case over"
    ASK_HELP = "ask for help"
    GIVE_HELP = "answer a call for help"
    RAISE_SEVERITY = "call a case more severe"
    CLOSE = "close a case"
    DISMISS = "dismiss a case"
    REOPEN = "open a case again"
    TELL_MANAGER = "tell the Manager"
    MANAGER_ANSWER = "answer for the Manager"
    VERDICT = "say whether a flag was right"
    LOG_CONTACT = "log a call or a visit"
    FLAG_BY_HAND = "flag a mail by hand"
    COMPLAINT_WRITE = "write the complaint record"
    COMPLAINT_APPROVE = "approve a remedy within one's authority"
    SEE_LOG = "see the complaint log"
    LOG_EXPORT = "export the complaint log"
    TRENDS = "see trends"
    MANAGER_VIEW = "see the Manager's view"
    ROTA_SEE = "see the rota"
    ROTA_SWAP = "swap one's own shift"
    ROTA_CHANGE = "change the rota"
    MAILBOXES_SEE = "see mailboxes and their health"
    MODEL_SEE = "see the model and its figures"
    SETTINGS_SEE = "see the settings"
    POLICY_TRY = "try a policy on past mail"
    AUDIT_SEE = "see the audit trail"
    ACCOUNTS_MANAGE = "manage accounts"
    ACCOUNT_OWN = "look after one's own account"
    TOKENS_OWN = "make tokens of one's own"
    SCORE = "score a text"
    IMPORT = "import mail and cases"
    WEBHOOKS_MANAGE = "manage webhooks"


@dataclass(frozen=True, slots=True)
class Rule:
    """``scope`` is what a token needs; ``None`` where no token will do."""

    roles: frozenset[Role]
    scope: Scope | None


R, P, S, X, M, A = Role
_DESK = (R, P, S, X, M)
_BACK_UP = (P, S, X, M)


def _rule(scope: Scope | None, *roles: Role) -> Rule:
    return Rule(frozenset(roles), scope)


TABLE: Mapping[Act, Rule] = MappingProxyType(
    {
        Act.SEE_QUEUE: _rule(Scope.READ, *_DESK, A),
        Act.SEE_CASE: _rule(Scope.READ, *_DESK, A),
        Act.SEE_MAIL: _rule(Scope.READ, *_DESK, A),
        Act.DOWNLOAD: _rule(Scope.READ, *_DESK, A),
        Act.SEE_EMERGENCY: _rule(Scope.READ, *_DESK, A),
        Act.EVENTS_STREAM: _rule(Scope.READ, *_DESK, A),
        Act.ACT_CASE: _rule(Scope.ACT, *_DESK),
        Act.HAND_OVER: _rule(Scope.ACT, *_DESK),
        Act.ASK_HELP: _rule(Scope.ACT, *_DESK),
        Act.GIVE_HELP: _rule(Scope.ACT, *_BACK_UP),
        Act.RAISE_SEVERITY: _rule(Scope.ACT, *_DESK),
        Act.CLOSE: _rule(Scope.ACT, *_BACK_UP),
        Act.DISMISS: _rule(Scope.ACT, *_BACK_UP),
        Act.REOPEN: _rule(Scope.ACT, *_DESK),
        Act.TELL_MANAGER: _rule(Scope.ACT, *_DESK),
        Act.MANAGER_ANSWER: _rule(Scope.ACT, M),
        Act.VERDICT: _rule(Scope.ACT, *_DESK),
        Act.LOG_CONTACT: _rule(Scope.ACT, *_DESK),
        Act.FLAG_BY_HAND: _rule(Scope.ACT, *_DESK),
        Act.COMPLAINT_WRITE: _rule(Scope.ACT, *_DESK),
        Act.COMPLAINT_APPROVE: _rule(Scope.ACT, *_BACK_UP),
        Act.SEE_LOG: _rule(Scope.READ, *_DESK, A),
        Act.LOG_EXPORT: _rule(Scope.EXPORT, P, S, M),
        Act.TRENDS: _rule(Scope.READ, *_BACK_UP, A),
        Act.MANAGER_VIEW: _rule(Scope.READ, S, M),
        Act.ROTA_SEE: _rule(Scope.READ, *_DESK, A),
        Act.ROTA_SWAP: _rule(Scope.ACT, *_DESK),
        Act.ROTA_CHANGE: _rule(Scope.ACT, S, M),
        Act.MAILBOXES_SEE: _rule(Scope.READ, P, S, M, A),
        Act.MODEL_SEE: _rule(Scope.READ, *_BACK_UP, A),
        Act.SETTINGS_SEE: _rule(Scope.READ, M, A),
        Act.POLICY_TRY: _rule(Scope.READ, S, M, A),
        Act.AUDIT_SEE: _rule(Scope.ADMIN, M, A),
        Act.ACCOUNTS_MANAGE: _rule(Scope.ADMIN, A),
        Act.ACCOUNT_OWN: _rule(None, *Role),
        Act.TOKENS_OWN: _rule(Scope.ADMIN, *Role),
        Act.SCORE: _rule(Scope.SCORE, *_DESK, A),
        Act.IMPORT: _rule(Scope.IMPORT, M, A),
        Act.WEBHOOKS_MANAGE: _rule(Scope.WEBHOOKS, A),
    }
)


def may(roles: frozenset[Role], scopes: frozenset[Scope] | None, act: Act) -> bool:
    """Whether somebody with ``roles`` may; ``scopes`` are a token's, ``None`` for a browser."""
    rule = TABLE[act]
    within = scopes is None or (rule.scope is not None and rule.scope in scopes)
    return within and not rule.roles.isdisjoint(roles)


def table_in_markdown() -> str:
    """The table as the manual shows it."""
    head = ["What", *(role.value for role in Role), "token scope"]
    lines = [_line(head), _line(["---", *([":-:"] * len(Role)), "---"])]
    for act, rule in TABLE.items():
        marks = ["yes" if role in rule.roles else "" for role in Role]
        lines.append(_line([act.value, *marks, rule.scope or "none will do"]))
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
