"""Telling people by mail and by further channels; the only place that knows SMTP.

``triage.notify.channels`` sends short messages; it loads a large library when it is first used.
"""

from triage.notify.brief import CaseBrief, Envelope, Safety, Told
from triage.notify.case_notice import (
    CaseNotice,
    Done,
    ManagerNotice,
    NoticeIncomplete,
    NotYet,
    missing_fields,
)
from triage.notify.compose import (
    Notice,
    compose,
    compose_any,
    compose_bundle,
    compose_case,
    compose_digest,
    compose_hole,
    compose_manager,
    compose_swap,
    compose_trouble,
)
from triage.notify.deliver import deliver
from triage.notify.matter import (
    CustomerWrote,
    Due,
    Escalation,
    Handover,
    Help,
    HelpGiven,
    HoldEnded,
    ManagerTask,
    Matter,
    NoticeKind,
    Overdue,
    PromiseDue,
    Reminder,
    Said,
    Taken,
)
from triage.notify.notice import FlagNotice, TroubleNotice
from triage.notify.refusal import ContentRefused, NeedsOperator, Unworded, worded
from triage.notify.short import short_text
from triage.notify.smtp import Smtp, SmtpSettings
from triage.notify.summary import Bundle, Digest, Gap, HoleNotice, Line, Promises, Took
from triage.notify.swap import SwapNotice, SwapStep

__all__ = [
    "Bundle",
    "CaseBrief",
    "CaseNotice",
    "ContentRefused",
    "CustomerWrote",
    "Digest",
    "Done",
    "Due",
    "Envelope",
    "Escalation",
    "FlagNotice",
    "Gap",
    "Handover",
    "Help",
    "HelpGiven",
    "HoldEnded",
    "HoleNotice",
    "Line",
    "ManagerNotice",
    "ManagerTask",
    "Matter",
    "NeedsOperator",
    "NotYet",
    "Notice",
    "NoticeIncomplete",
    "NoticeKind",
    "Overdue",
    "PromiseDue",
    "Promises",
    "Reminder",
    "Safety",
    "Said",
    "Smtp",
    "SmtpSettings",
    "SwapNotice",
    "SwapStep",
    "Taken",
    "Told",
    "Took",
    "TroubleNotice",
    "Unworded",
    "compose",
    "compose_any",
    "compose_bundle",
    "compose_case",
    "compose_digest",
    "compose_hole",
    "compose_manager",
    "compose_swap",
    "compose_trouble",
    "deliver",
    "missing_fields",
    "short_text",
    "worded",
]
