"""Notices for tests, to be changed with ``dataclasses.replace``."""

from datetime import datetime, timedelta, timezone

from triage.notify import FlagNotice, TroubleNotice
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
