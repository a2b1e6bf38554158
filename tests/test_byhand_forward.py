"""By forwarding to an address: found, flagged or helped; a stranger is never obeyed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.caseloads import POLICY, caseload
from tests.mails import TONGUES
from tests.readings import NOON, raw_mail
from tests.test_byhand import PAT, SAM, as_read, state
from triage.byhand import FLAGGED_BY_HAND, NOTHING_FORWARDED, ByHand, Forwarding, Wish
from triage.mail import ReadingRules, forwarded
from triage.pipeline import Parsed, Reader, Saver
from triage.store import Database, Transaction, cases, mails
from triage.types import Email, MailKind, RawMail, Reading, Severity

FLAG, HELP = "support+flag@desk.example", "support+help@desk.example"
RULES = ReadingRules(own_addresses=frozenset({"support@desk.example"}))
TEAM = caseload(PAT, SAM)
FORWARDING = Forwarding({FLAG: Wish.FLAG, HELP: Wish.HELP}, RULES, TEAM.duty)
COMPLAINT = "My router broke again and nobody at your desk has answered me for three weeks."
ORIGINAL = (
    "From: Jane Doe <jane@customer.example>\r\nTo: support@desk.example\r\n"
    "Date: Mon, 02 Nov 2026 11:00:00 +0000\r\n"
    "Subject: Router\r\nMessage-ID: <jane-1@customer.example>\r\n\r\n"
    f"{COMPLAINT}\r\n\r\nKind regards,\r\nJane Doe\r\n"
).encode()


class CalmReader(Reader):
    def read(self, batch: list[Parsed]) -> list[Reading]:  # type: ignore[override]
        return [self._one(raw, mail) for raw, mail in batch if isinstance(mail, Email)]

    def _one(self, raw: RawMail, email: Email) -> Reading:
        if email.kind is MailKind.CUSTOMER and NOTHING_FORWARDED not in email.remarks:
            return as_read(raw, email)
        why = NOTHING_FORWARDED if NOTHING_FORWARDED in email.remarks else ""
        return self._decided(raw, email, None, why)

    def _decided(self, raw: RawMail, email: Email | str, assessment: None, why: str) -> Reading:  # type: ignore[override]
        from triage import policy

        assert isinstance(email, Email)
        decision = policy.decide(POLICY, email, None, {}, why)
        return Reading(raw, email, None, decision, "")


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with database.transaction() as opened:
        yield opened


def receive(tx: Transaction, content: bytes, using: Forwarding = FORWARDING) -> Email:
    """A mail comes in, as a watcher saves it."""
    hand = ByHand(TEAM, as_read, Severity.NORMAL)
    reader = CalmReader(RULES, None, lambda: POLICY, using.judged)  # type: ignore[arg-type]
    raw = raw_mail(content=content, received=NOON)
    raw = replace(raw, place=replace(raw.place, uid=abs(hash(content)) % 10**9))
    saver = Saver(TEAM, obey=lambda tx, mail, reading: using.obey(hand, tx, mail, reading))
    (reading,) = reader.read([reader.parsed(raw)])
    saver.save(tx, [reading])
    assert reading.email is not None
    return reading.email


def attached(note: str = "please look", sender: str = PAT, to: str = FLAG, more: str = "") -> bytes:
    return (
        (
            f"From: Pat <{sender}>\r\nTo: {to}\r\nSubject: Fwd: Router\r\n{more}"
            "Message-ID: <fwd@desk.example>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n'
            f"--cut\r\nContent-Type: text/plain\r\n\r\n{note}\r\n"
            "--cut\r\nContent-Type: message/rfc822\r\n\r\n"
        ).encode()
        + ORIGINAL
        + b"\r\n--cut--\r\n"
    )


def pasted(body: str, sender: str = PAT, to: str = FLAG) -> bytes:
    return (
        f"From: Pat <{sender}>\r\nTo: {to}\r\nSubject: Fwd: Router\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\nMessage-ID: <p@desk.example>\r\n\r\n"
        + body.replace("\n", "\r\n")
    ).encode()


def happened(tx: Transaction, case_id: int = 1001) -> list[tuple[str, str]]:
    case = cases.detail(tx, case_id)
    assert case is not None
    return [(event.who, event.what) for event in case.events]


def count(tx: Transaction) -> int:
    row = tx.execute("select count(*) from mail").fetchone()
    assert row is not None
    return int(row[0])


def test_what_is_forwarded_attached_is_found_and_flagged(tx: Transaction) -> None:
    receive(tx, ORIGINAL)
    receive(tx, attached())
    mail = cases.mail(tx, 1)
    assert mail is not None
    assert (mail.outcome, mail.rule) == ("flag", FLAGGED_BY_HAND)
    assert happened(tx) == [(PAT, "flagged"), (PAT, "note")]
    note = cases.detail(tx, 1001).events[-1]  # type: ignore[union-attr]
    assert note.data == {"text": "please look"}
    assert count(tx) == 2  # the forward is kept, and is nobody's complaint


def test_forwarded_to_the_other_address_it_asks_for_help(tx: Transaction) -> None:
    receive(tx, ORIGINAL)
    receive(tx, attached("I do not know what to say to her", to=HELP))
    assert happened(tx) == [(PAT, "flagged"), (PAT, "help asked")]
    event = cases.detail(tx, 1001).events[-1]  # type: ignore[union-attr]
    assert event.data["why"] == "I do not know what to say to her"


def test_forwarded_twice_it_is_done_once(tx: Transaction) -> None:
    receive(tx, ORIGINAL)
    receive(tx, attached())
    receive(tx, attached("and again", sender=SAM, more="X-Second: 1\r\n"))
    assert happened(tx) == [(PAT, "flagged"), (PAT, "note")]


def test_an_unknown_mail_opens_a_case_of_its_customer(tx: Transaction) -> None:
    receive(tx, attached())
    (case,) = cases.page(tx)
    assert (case.customer_name, case.customer_address) == ("Jane Doe", "jane@customer.example")
    assert case.subject == "Router"
    assert mails.original(tx, 2) is not None
    receive(tx, ORIGINAL)  # it comes in at last: the same mail
    assert count(tx) == 2
    assert len(cases.page(tx)) == 1


STYLES = {
    "gmail": "---------- Forwarded message ---------\nFrom: Jane Doe <jane@customer.example>\n"
    "Date: Mon, 2 Nov 2026 at 11:00\nSubject: Router\nTo: <support@desk.example>\n\n\n",
    "outlook": "________________________________\nFrom: Jane Doe <jane@customer.example>\n"
    "Sent: Monday, November 2, 2026 11:00 AM\nTo: Support <support@desk.example>\n"
    "Subject: Router\n\n",
    "old outlook": "-----Original Message-----\nFrom: Jane Doe [mailto:jane@customer.example]\n"
    "Sent: Monday, November 2, 2026 11:00 AM\nTo: Support\nSubject: Router\n\n",
    "apple": "Begin forwarded message:\n\nFrom: Jane Doe <jane@customer.example>\n"
    "Subject: Router\nDate: 2 November 2026 at 11:00:00 GMT\nTo: support@desk.example\n\n",
    "thunderbird": "-------- Forwarded Message --------\nSubject: \tRouter\n"
    "Date: \tMon, 2 Nov 2026 11:00:00 +0000\nFrom: \tJane Doe <jane@customer.example>\n"
    "To: \tsupport@desk.example\n\n",
}


@pytest.mark.parametrize("head", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_what_is_pasted_in_is_found_by_its_words(tx: Transaction, head: str, known: bool) -> None:
    if known:
        receive(tx, ORIGINAL)
    wrapped = COMPLAINT.replace(" at your", "\nat your")
    receive(tx, pasted(f"She is right.\n\n{head}{wrapped}\n\nKind regards,\nJane Doe\n"))
    (case,) = cases.page(tx)
    assert (case.customer_name, case.customer_address) == ("Jane Doe", "jane@customer.example")
    assert case.subject == "Router"
    assert (PAT, "note") in happened(tx)
    assert count(tx) == 2
    text = tx.execute("select text from mail where case_id = 1001").fetchone()
    assert text is not None
    assert text[0].split() == COMPLAINT.split()


def test_quoted_by_apple_mail_it_is_found_too(tx: Transaction) -> None:
    receive(tx, ORIGINAL)
    lines = f"{STYLES['apple']}{COMPLAINT}".split("\n")
    receive(tx, pasted("\n".join([lines[0], *(f"> {line}" for line in lines[1:])])))
    assert state(tx).severity is Severity.NORMAL
    assert count(tx) == 2


@pytest.mark.parametrize("tongue", TONGUES.values(), ids=TONGUES)
def test_in_other_languages(tx: Transaction, tongue: object) -> None:
    words = tongue
    head = words.header.replace(  # type: ignore[attr-defined]
        "Help Desk <help@shop.example>", "Ann Lee <ann@customer.example>"
    )
    receive(tx, pasted(f"{words.forward}\n{head}\n\n{words.own}\n"))  # type: ignore[attr-defined]
    (case,) = cases.page(tx)
    assert (case.customer_name, case.customer_address) == ("Ann Lee", "ann@customer.example")


def test_of_a_thread_the_customers_newest_is_meant(tx: Transaction) -> None:
    ours = STYLES["outlook"].replace(
        "Jane Doe <jane@customer.example>", "Desk <support@desk.example>"
    )
    found = forwarded(
        pasted(f"{ours}We are sorry.\n\n{STYLES['gmail']}{COMPLAINT}\n"),
        RULES,
        frozenset({"support@desk.example"}),
    )
    assert found is not None
    assert found.sender.address == "jane@customer.example"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (attached(sender="mallory@evil.example"), "nobody of the desk"),
        (attached(more="Reply-To: mallory@evil.example\r\n"), "Reply-To"),
        (attached(more="Authentication-Results: mx; dmarc=fail\r\n"), "DMARC failed"),
        (attached(more="Authentication-Results: mx; spf=softfail\r\n"), "SPF failed"),
        (attached(more="Received-SPF: Fail (no)\r\n"), "SPF failed"),
        (attached(more="X-MS-Exchange-Organization-AuthAs: Anonymous\r\n"), "from outside"),
        (attached(more="X-Spam-Flag: YES\r\n"), "spam"),
        (attached(more="Auto-Submitted: auto-replied\r\n"), "a machine"),
    ],
)
def test_who_may_not_ask_is_not_obeyed(tx: Transaction, content: bytes, why: str) -> None:
    receive(tx, ORIGINAL)
    email = receive(tx, content)
    assert cases.page(tx) == []
    assert why in email.kind_reason
    if "machine" not in why:
        assert email.kind is MailKind.CUSTOMER  # and read as any customer's


AUTHSERV = Forwarding(FORWARDING.addresses, RULES, TEAM.duty, "mx.desk.example")


@pytest.mark.parametrize(
    ("results", "obeyed"),
    [
        ("mx.desk.example; dmarc=pass header.from=desk.example", True),
        ("mx.desk.example; spf=pass smtp.mailfrom=pat@desk.example; dmarc=none", True),
        ("mx.desk.example 1; dkim=pass (2048-bit key) header.d=desk.example", True),
        ("mx.desk.example; auth=pass smtp.auth=pat", True),
        ("mx.desk.example; dmarc=fail; spf=pass smtp.mailfrom=desk.example", False),
        ("mx.desk.example; spf=pass smtp.mailfrom=evil.example; dkim=none", False),
        ("mx.desk.example; dkim=pass header.d=evildesk.example", False),
        ("mx.evil.example; dmarc=pass header.from=desk.example", False),
        ("mx.desk.example; none", False),
        ("", False),
    ],
)
def test_with_a_server_to_trust_its_word_decides(
    tx: Transaction, results: str, obeyed: bool
) -> None:
    field = f"Authentication-Results: {results}\r\n" if results else ""
    receive(tx, ORIGINAL)
    receive(tx, attached(more=field), AUTHSERV)
    assert bool(cases.page(tx)) is obeyed


def test_a_mail_with_nothing_in_it_is_for_a_person(tx: Transaction) -> None:
    receive(tx, pasted("A customer on the phone is furious. Please call her.\n"))
    (waiting,) = mails.waiting_for_a_person(tx)
    assert NOTHING_FORWARDED in waiting.rule
    assert cases.page(tx) == []


def test_the_subject_may_name_the_case(tx: Transaction) -> None:
    receive(tx, ORIGINAL)
    receive(tx, attached())
    about = pasted("What shall I do?\n", to=HELP).replace(b"Fwd: Router", b"Re: Case T-1001: Jane")
    receive(tx, about)
    assert happened(tx)[-1] == (PAT, "help asked")


def test_mail_to_other_addresses_is_left_as_it_is(tx: Transaction) -> None:
    email = receive(tx, attached(to="support@desk.example"))
    assert (email.kind, email.kind_reason) == (MailKind.CUSTOMER, "")


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To"])
def test_a_blind_copy_counts_by_where_it_was_delivered(tx: Transaction, field: str) -> None:
    receive(tx, ORIGINAL)
    receive(tx, attached(to="someone@desk.example", more=f"{field}: {FLAG}\r\n"))
    assert (PAT, "flagged") in happened(tx)
