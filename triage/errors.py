"""What can go wrong, by who can mend it."""


class TriageError(Exception):
    """Root of every error Triage raises on purpose; its text is written for a person."""


class ConfigError(TriageError):
    """A setting, policy or model choice is wrong; the operator mends it."""


class MailboxError(TriageError):
    """A mailbox cannot be reached or read now; worth trying again."""


class MailboxRefused(MailboxError):
    """The mailbox says no (login, folder, rights); trying again will not help by itself."""


class ParseError(TriageError):
    """One mail's bytes cannot be read as mail; belongs to that mail alone."""


class ModelError(TriageError):
    """The model folder is missing, incomplete or altered."""


class StoreError(TriageError):
    """The database cannot be reached or is not at the schema this version needs."""


class DeliveryError(TriageError):
    """A notice could not be handed over."""


class DeliveryDeferred(DeliveryError):
    """Refused for now (SMTP 4yz, no connection); retried."""


class DeliveryRefused(DeliveryError):
    """Refused for good (SMTP 5yz); a person must look."""


class ActRefused(TriageError):
    """A case does not allow what a person wants to do with it, now or at all; says why.

    ``missing`` names what must be filled in first, where that is the reason.
    """

    def __init__(self, reason: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.missing = missing
