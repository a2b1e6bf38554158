"""Who or what wrote a mail, and why a customer is never taken for a machine."""

from collections import Counter

import pytest

from tests.mails import fixture_mails, mail, multipart, raw, read
from triage.mail import ReadingRules, parse
from triage.types import MailKind

OWN = "From: Help <support@shop.example>"


@pytest.mark.parametrize(
    ("fields", "subject", "kind", "reason"),
    [
        (["Auto-Submitted: auto-replied"], "Re: x", "auto_reply", "Auto-Submitted"),
        (["Auto-Submitted: auto-generated (x)"], "x", "auto_reply", "Auto-Submitted"),
        (["Auto-Submitted: no"], "x", "customer", ""),
        (["X-Autoreply: yes"], "x", "auto_reply", "X-Autoreply"),
        (["X-Autorespond: vacation"], "x", "auto_reply", "X-Autorespond"),
        (["Precedence: auto_reply"], "x", "auto_reply", "Precedence"),
        (["X-Auto-Response-Suppress: All"], "My order", "customer", ""),
        (["X-Auto-Response-Suppress: All"], "Automatische Antwort: x", "auto_reply", "Subject"),
        (["Return-Path: <>"], "Réponse automatique : x", "auto_reply", "Subject"),
        ([], "You are always out of office!", "customer", ""),
        (["X-Auto-Response-Suppress: All"], "Re: Out of office again?!", "customer", ""),
        (["From: Mailer-Daemon@mx.example"], "x", "bounce", "From"),
        (["From: postmaster@mx.example", "Return-Path: <>"], "x", "bounce", "From"),
        (["From: Mail Delivery System <a@mx.example>"], "Undelivered Mail", "bounce", "From"),
        (["From: postmaster@customer.example"], "Your invoice is wrong", "customer", ""),
        (["X-Failed-Recipients: a@b.example"], "x", "bounce", "X-Failed-Recipients"),
        (["List-Id: News <news.other.example>"], "x", "bulk", "List-Id"),
        (["Mailing-List: list team@groups.example"], "x", "bulk", "Mailing-List"),
        (["List-Unsubscribe: <https://x.example/u>"], "x", "customer", ""),
        (["List-Unsubscribe: <u>", "Precedence: bulk"], "x", "bulk", "List-Unsubscribe"),
        (["List-Unsubscribe: <u>", "Feedback-ID: 1:2:x"], "x", "bulk", "List-Unsubscribe"),
        (["Precedence: list"], "x", "bulk", "Precedence"),
        (["Precedence: bulk"], "x", "bulk", "Precedence"),
        (["Precedence: bulk", "In-Reply-To: <1@shop.example>"], "Re: x", "customer", ""),
        (["List-Id: <support.shop.example>"], "x", "customer", "List-Id: our own"),
        (["List-Id: x", "List-Post: <mailto:support@shop.example>"], "x", "customer", "List-Id"),
        (["List-ID: <all.lists.shop.example>"], "x", "customer", "List-Id: our own"),
        (["List-Id: <all.notshop.example>"], "x", "bulk", "List-Id"),
    ],
)
def test_headers_decide(fields: list[str], subject: str, kind: str, reason: str) -> None:
    email = read(mail("Hello", *fields, subject=subject))
    assert email.kind == kind
    assert email.kind_reason.startswith(reason)
    assert bool(email.kind_reason) == bool(reason)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ([OWN, "To: jane@customer.example"], "own"),
        ([OWN, "To: jane@customer.example", "Cc: help@shop.example"], "own"),
        ([OWN, "To: undisclosed-recipients:;"], "own"),
        ([OWN, "X-Triage-Notice: 1"], "own"),
        ([OWN, "Reply-To: jane@customer.example"], "customer"),
        ([OWN, "To: help@shop.example"], "customer"),
        ([OWN, "To: help@shop.example", "Auto-Submitted: auto-replied"], "auto_reply"),
        (
            [OWN, "To: a@b.example", "Authentication-Results: mx; spf=pass; dmarc=fail"],
            "customer",
        ),
        ([OWN, "To: a@b.example", "Authentication-Results: mx; spf=fail; dkim=none"], "customer"),
        ([OWN, "To: a@b.example", "Authentication-Results: mx; spf=fail; dkim=pass"], "own"),
        (["X-Triage-Notice: 1"], "customer"),
        (["From: SUPPORT@Shop.Example", "To: jane@customer.example"], "own"),
        (
            [
                "Auto-Submitted: auto-generated",
                "Reply-To: jane@customer.example",
                "From: f@w.example",
            ],
            "customer",
        ),
        (
            ["Auto-Submitted: auto-generated", "Reply-To: noreply@w.example", "From: f@w.example"],
            "auto_reply",
        ),
    ],
)
def test_an_own_address_does_not_hide_a_customer(fields: list[str], kind: str) -> None:
    assert read(mail("Hello", *fields)).kind == kind


def test_a_shared_provider_is_not_our_domain() -> None:
    rules = ReadingRules(own_addresses=frozenset({"desk@googlegroups.com"}))
    other = mail("Hello", "List-Id: <fun.googlegroups.com>")
    ours = mail("Hello", "List-Id: <desk.googlegroups.com>")
    assert read(other, rules).kind is MailKind.BULK
    assert read(ours, rules).kind is MailKind.CUSTOMER


@pytest.mark.parametrize(
    ("report", "part", "kind"),
    [
        ("delivery-status", "message/delivery-status", "bounce"),
        ("feedback-report", "message/feedback-report", "feedback"),
        ("disposition-notification", "message/disposition-notification", "auto_reply"),
    ],
)
def test_reports(report: str, part: str, kind: str) -> None:
    parts = ("Content-Type: text/plain\n\nSorry.", f"Content-Type: {part}\n\nAction: failed")
    named = multipart("report", *parts).replace(
        b"report;", f"report; report-type={report};".encode()
    )
    for content in (named, multipart("report", *parts)):
        email = read(content)
        assert email.kind == kind
        assert report in email.kind_reason


def test_a_forwarded_bounce_is_customer_mail() -> None:
    report = (
        'Content-Type: message/rfc822\n\nContent-Type: multipart/report; boundary="in"\n\n'
        "--in\nContent-Type: message/delivery-status\n\nAction: failed\n--in--"
    )
    content = multipart("mixed", "Content-Type: text/plain\n\nYour mails bounce!", report)
    assert read(content).kind is MailKind.CUSTOMER


def test_an_invitation_answered_at_a_click() -> None:
    source = "BEGIN:VCALENDAR\nMETHOD:{}\nSUMMARY:Visit\nDESCRIPTION:Bring the\n  contract\n"
    for method, kind in (("REPLY", "auto_reply"), ("REQUEST", "customer")):
        content = mail(source.format(method), f"Content-Type: text/calendar; method={method}")
        email = read(content)
        assert (email.kind, email.text) == (kind, "Visit\nBring the contract")
        assert "calendar" in email.remarks
    declined = multipart(
        "alternative",
        "Content-Type: text/plain\n\nI decline, you never keep a date.",
        f"Content-Type: text/calendar; method=REPLY\n\n{source.format('REPLY')}",
    )
    assert read(declined).kind is MailKind.CUSTOMER


@pytest.mark.shared
def test_bounces_of_many_servers() -> None:
    kinds: Counter[MailKind] = Counter()
    for name, content in fixture_mails().items():
        if "sisimai_bounces/maildir/" in name and "/maildir/not/" not in name:
            kinds[parse(raw(content), ReadingRules()).kind] += 1
    assert kinds.total() >= 829
    assert kinds[MailKind.CUSTOMER] + kinds[MailKind.OWN] <= 0.03 * kinds.total()
