"""Notices for tests, to be changed with ``dataclasses.replace``."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from triage.notify import (
    Bundle,
    CaseBrief,
    CaseNotice,
    CustomerWrote,
    Digest,
    Done,
    Due,
    Envelope,
    Escalation,
    FlagNotice,
    Gap,
    Handover,
    Help,
    HelpGiven,
    HoldEnded,
    HoleNotice,
    Line,
    ManagerNotice,
    ManagerTask,
    Matter,
    Notice,
    NotYet,
    Overdue,
    PromiseDue,
    Promises,
    Reminder,
    Safety,
    Said,
    SwapNotice,
    SwapStep,
    Taken,
    Told,
    Took,
    TroubleNotice,
)
from triage.types import Evidence, Person, Place, Severity

CET = timezone(timedelta(hours=1), "CET")

ORIGINAL = (
    b"From: Jane Doe <jane@customer.example>\r\n"
    b"To: help@desk.example\r\n"
    b"Subject: Third outage\r\n"
    b"\r\n"
    b"I want to speak to your manager.\r\n"
)

FLAG = FlagNotice(
    notice_key="0a1b.0",
    recipient=Person("Pat Point", "pat@desk.example"),
    sender=Person("Triage", "triage@desk.example"),
    reply_to=Person("Help desk", "desk@desk.example"),
    case_id=7,
    case_number="12345",
    severity=Severity.HIGH,
    customer=Person("Jane Doe", "jane@customer.example"),
    subject="Third outage",
    sent=datetime(2026, 11, 3, 14, 3, tzinfo=CET),
    received=datetime(2026, 11, 3, 14, 5, tzinfo=CET),
    rule="asks for a manager",
    because="The customer asks for a supervisor. (supervisor 93 %, enough from 41 %)",
    evidence=(Evidence("I want to speak to your manager.", 0, 32, "supervisor", 0.5),),
    scores=(("supervisor", 0.93), ("upset", 0.6)),
    link="https://triage.desk.example/cases/7",
    place=Place("support", "INBOX", 12, 4711),
    original=ORIGINAL,
    original_size=len(ORIGINAL),
)

TROUBLE = TroubleNotice(
    notice_key="0a1b.0",
    recipient=Person("Olga", "operator@desk.example"),
    sender=Person("Triage", "triage@desk.example"),
    case_id=7,
    case_number="12345",
    severity=Severity.HIGH,
    not_told=Person("Pat Point", "pat@desk.example"),
    answer="RCPT: 550 5.1.1 no such user",
    link="https://triage.desk.example/cases/7",
)

AT = datetime(2026, 11, 3, 14, 5, tzinfo=CET)

ENVELOPE = Envelope(
    "0a1b.7",
    Person("Pat Point", "pat@desk.example"),
    Person("Triage", "triage@desk.example"),
    Person("Help desk", "desk@desk.example"),
)

BRIEF = CaseBrief(
    case_id=7,
    case_number="12345",
    severity=Severity.HIGH,
    status="in_hand",
    customer=Person("Jane Doe", "jane@customer.example"),
    subject="Third outage",
    owner="Pat Point",
    opened_at=AT,
    rule="asks for a manager",
    because="The customer asks for a supervisor. (supervisor 93 %, enough from 41 %)",
    link="https://triage.desk.example/cases/7",
    sentence="I want to speak to your manager.",
)

SAFETY = Safety(
    (("Police", "110"), ("Crisis line", "+49 800 1110111")),
    ("Call the police if somebody is in danger now.", "Tell the Rep Supervisor.", "Do not argue."),
)

MATTERS: dict[str, Matter] = {
    "reminder": Reminder(3, AT),
    "escalation": Escalation(("Pat Point", "Bo Backup"), 20),
    "help": Help("Rita Rep", "He shouts at me, I do not know what to say.", AT),
    "help_given": HelpGiven("Sam Supervisor", AT, "Offer a month free; I ring him with you."),
    "handover": Handover(
        "Rita Rep",
        (
            Said(AT, "Rita Rep", "Called her, line was busy."),
            Said(AT + timedelta(hours=1), "Jane Doe", "The router is still dead."),
        ),
    ),
    "overdue": Overdue(Due.ANSWER, AT),
    "promise": PromiseDue("A new router by Friday", AT, "Rita Rep", gone_by=True),
    "customer_wrote": CustomerWrote(AT, flagged=True, reopened=True),
    "taken": Taken("Sam Supervisor", AT),
    "manager_task": ManagerTask("phone", ("+49301234567",), ("jane@customer.example",)),
    "hold_ended": HoldEnded("Rita Rep", AT, "Waiting for the part"),
}

CASES = {
    name: CaseNotice(
        ENVELOPE,
        BRIEF,
        matter,
        AT + timedelta(minutes=30),
        (Told("Sam Supervisor", AT), Told("Bo Backup")),
    )
    for name, matter in MATTERS.items()
}

DONE = ManagerNotice(ENVELOPE, BRIEF, Done("Replaced the router; a month is free", "Pat Point", AT))
NOT_YET = replace(DONE, standing=NotYet("the customer has an answer", AT + timedelta(hours=3)))

LINES = (
    Line("12346", Severity.NORMAL, "Bob", "complaint", "It is late.", AT, "https://t.example/8"),
    Line("12345", Severity.HIGH, "Jane Doe", "asks for a manager", "Manager!", AT, None),
    Line("12344", Severity.HIGH, "Joe", "angry", "", AT - timedelta(hours=1), None),
)

BUNDLE = Bundle(ENVELOPE, LINES, "https://triage.desk.example/cases")

DIGEST = Digest(
    ENVELOPE,
    date(2026, 11, 3),
    new=12,
    open=7,
    closed=9,
    overdue=1,
    took=(Took("To acknowledge", 95, 1260), Took("To close", None, None)),
    promises=Promises(kept=4, overdue=1, coming=2),
    lines=LINES,
    link="https://triage.desk.example/cases",
)

HOLE = HoleNotice(
    ENVELOPE,
    (Gap("point", AT, AT + timedelta(hours=8), "Sam Supervisor", "no layer covers these hours"),),
    "https://triage.desk.example/rota",
)

SWAP = SwapNotice(
    ENVELOPE,
    SwapStep.ASKED,
    "Sam Supervisor",
    "point",
    ("Sam Supervisor", "Pat Point"),
    AT,
    AT + timedelta(days=2),
    "My knee, on Wednesday",
    "https://triage.desk.example/rota?role=point",
)

EVERY: dict[str, Notice] = {
    "flag": FLAG,
    "trouble": TROUBLE,
    **CASES,
    "done": DONE,
    "not yet": NOT_YET,
    "bundle": BUNDLE,
    "digest": DIGEST,
    "hole": HOLE,
    "swap": SWAP,
}
"""A notice of every kind."""
