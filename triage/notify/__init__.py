"""Telling people by mail; the only place that knows SMTP."""

from triage.notify.compose import compose, compose_trouble
from triage.notify.deliver import deliver
from triage.notify.notice import FlagNotice, TroubleNotice
from triage.notify.refusal import ContentRefused, NeedsOperator
from triage.notify.smtp import Smtp, SmtpSettings

__all__ = [
    "ContentRefused",
    "FlagNotice",
    "NeedsOperator",
    "Smtp",
    "SmtpSettings",
    "TroubleNotice",
    "compose",
    "compose_trouble",
    "deliver",
]
