"""Where the pages are: one table, of which the bar of every page shows what its visitor may see."""

from dataclasses import dataclass

from service.permissions import Act


@dataclass(frozen=True, slots=True)
class Entry:
    """``here`` is what the page's template calls itself. ``first`` stands in the bar itself, the
    others behind its "More"."""

    here: str
    href: str
    name: str
    act: Act
    first: bool = False


ENTRIES = (
    Entry("queue", "/", "Queue", Act.SEE_QUEUE, first=True),
    Entry("unscored", "/mails/unscored", "Not scored", Act.SEE_MAIL, first=True),
    Entry("log", "/log", "Complaints", Act.SEE_LOG, first=True),
    Entry("rota", "/rota", "Rota", Act.ROTA_SEE, first=True),
    Entry("manager", "/manager", "Manager", Act.MANAGER_VIEW, first=True),
    Entry("contacts", "/contacts/new", "Log a call", Act.LOG_CONTACT),
    Entry("trends", "/trends", "Trends", Act.TRENDS),
    Entry("mailboxes", "/mailboxes", "Mailboxes", Act.MAILBOXES_SEE),
    Entry("model", "/model", "Model", Act.MODEL_SEE),
    Entry("people", "/people", "People", Act.ACCOUNTS_MANAGE),
    Entry("webhooks", "/webhooks", "Webhooks", Act.WEBHOOKS_MANAGE),
    Entry("audit", "/audit", "Audit trail", Act.AUDIT_SEE),
    Entry("settings", "/settings", "Settings", Act.SETTINGS_SEE),
    Entry("account", "/account", "Your account", Act.ACCOUNT_OWN),
    Entry("tokens", "/me/tokens", "Your tokens", Act.TOKENS_OWN),
)
