"""A flag's notice on a true SMTP server: out once, tried again, or told to the operator."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from threading import Barrier, Thread

import pytest
from structlog.testing import capture_logs

from tests.caseloads import caseload
from tests.readings import flagged
from tests.servers.smtp import SmtpServer
from triage import jobs
from triage.config import Desk
from triage.courier import WORDINGS, Courier
from triage.errors import DeliveryDeferred
from triage.notify import Smtp, SmtpSettings
from triage.notify.channels import send
from triage.pipeline import Saver
from triage.store import Database, attention, cases, notices
from triage.wording import Wording

DESK = Desk(
    sender="Triage <triage@desk.example>",
    point=("Pat Point <pat@desk.example>",),
    operator="ops@desk.example",
)


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def notice(database: Database) -> int:
    """A flag's notice, waiting."""
    waiting: list[int] = []
    saver = Saver(caseload(*DESK.point, tell=lambda _, notice: waiting.append(notice)))
    with database.transaction() as tx:
        saver.save(tx, [flagged(case_number="4711")])
    return waiting[0]


@pytest.fixture
def refused() -> list[int]:
    """Notices that the operator is to be told of."""
    return []


@pytest.fixture
def courier(database: Database, smtp: SmtpServer, refused: list[int]) -> Courier:
    server = Smtp(SmtpSettings(smtp.host, smtp.port, "plain"))
    people = caseload(*DESK.point)
    return Courier(
        database=database,
        send=server.send,
        send_short=send,
        wording=Wording(DESK, "https://triage.example", people.duty, people.policy),
        duty=people.duty,
        policy=people.policy,
        tell=jobs.teller(database.url),
        tell_operator=lambda _, notice: refused.append(notice),
    )


def _state(database: Database) -> tuple[str, int]:
    with database.transaction() as tx:
        row = tx.execute("select state, attempts from notice").fetchone()
    assert row is not None
    return row[0], row[1]


def _history(database: Database) -> list[str]:
    with database.transaction() as tx:
        case = cases.detail(tx, 1001)
    assert case is not None
    return [event.what for event in case.events]


def test_the_mail_says_who_what_why_and_where(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database
) -> None:
    courier.deliver(notice)
    (mail,) = smtp.received
    message = mail.message
    text = message.get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert mail.recipients == ("pat@desk.example",)
    assert "ops@desk.example" in message["Reply-To"]
    for part in ("Jane Doe", "4711", "T-1001", "I want your manager", "Asks for someone higher"):
        assert part in words
    assert "https://triage.example/cases/1001" in words
    assert "HIGH" in message["Subject"].upper()
    assert message["Auto-Submitted"] == "auto-generated"
    kinds = [part.get_content_type() for part in message.walk()]
    assert {"text/plain", "text/html", "message/rfc822"} <= set(kinds)
    assert _state(database) == ("sent", 1)
    assert _history(database) == ["flagged", "notice sent"]


def test_a_job_done_twice_sends_one_mail(courier: Courier, smtp: SmtpServer, notice: int) -> None:
    courier.deliver(notice)
    courier.deliver(notice)
    assert len(smtp.received) == 1


def test_two_workers_at_once_send_one_mail(courier: Courier, smtp: SmtpServer, notice: int) -> None:
    together = Barrier(4)

    def deliver() -> None:
        together.wait()
        with suppress(DeliveryDeferred):  # another has it: its job comes back
            courier.deliver(notice)

    workers = [Thread(target=deliver) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(smtp.received) == 1


def test_a_notice_in_other_hands_is_come_back_to(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database
) -> None:
    """The job must not count as done: the other worker may die before the notice is out."""
    with database.transaction() as tx:
        notices.claim(tx, notice)
        with pytest.raises(DeliveryDeferred, match="another worker"):
            courier.deliver(notice)
    courier.deliver(notice)
    assert len(smtp.received) == 1


def test_a_notice_without_a_job_gets_one(courier: Courier, notice: int, database: Database) -> None:
    with database.transaction() as tx:
        tx.execute("update notice set changed_at = now() - interval '2 minutes'")
        assert notices.orphans(tx, datetime.now(UTC) - timedelta(minutes=1)) == [notice]
    courier.sweep()
    courier.sweep()
    with database.transaction() as tx:
        assert notices.orphans(tx, datetime.now(UTC)) == []
        row = tx.execute("select count(*) from procrastinate_jobs").fetchone()
    assert row == (1,)


def test_refused_for_now_is_tried_again(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database
) -> None:
    smtp.defer(2)
    for _ in range(2):
        with pytest.raises(DeliveryDeferred):
            courier.deliver(notice)
    assert _state(database) == ("deferred", 2)
    courier.deliver(notice)
    assert _state(database) == ("sent", 3)
    assert _history(database) == ["flagged", "notice deferred", "notice sent"]


def test_refused_for_good_is_told_to_the_operator(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database, refused: list[int]
) -> None:
    smtp.refuse("pat@desk.example")
    courier.deliver(notice)
    assert _state(database) == ("refused", 1)
    assert refused == [notice]
    courier.tell_of_refusal(notice)
    (mail,) = smtp.received
    assert mail.recipients == ("ops@desk.example",)
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert "pat@desk.example" in text.get_content()
    assert "550" in text.get_content()


def test_a_refused_notice_goes_out_once_its_cause_is_mended(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database
) -> None:
    smtp.refuse("pat@desk.example")
    courier.deliver(notice)
    smtp.accept("pat@desk.example")
    with database.transaction() as tx:
        assert notices.reopen_refused(tx) == [notice]
    courier.deliver(notice)
    assert _state(database)[0] == "sent"


def _break_words(database: Database, notice: int) -> None:
    """It is of a kind whose words need a number where it has the customer's."""
    with database.transaction() as tx:
        facts = '{"times": "I want your manager", "waits_since": "2026-11-02"}'
        tx.execute("update notice set kind = 'reminder', facts = %s where id = %s", [facts, notice])


def _try(courier: Courier, notice: int, times: int) -> None:
    for _ in range(times):
        with pytest.raises(DeliveryDeferred, match="cannot be put into words"):
            courier.deliver(notice)


def _stuck(database: Database) -> list[tuple[str, int, str]]:
    with database.transaction() as tx:
        found = attention.stuck_notices(tx, timedelta(minutes=1))
    return [(one.state, one.attempts, one.answer.partition(" (")[0]) for one in found]


def test_what_cannot_be_worded_is_seen_at_once_and_given_up_after_some_tries(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database, refused: list[int]
) -> None:
    _break_words(database, notice)
    reason = "it cannot be put into words: ValueError"
    _try(courier, notice, 1)
    assert _stuck(database) == [("deferred", 1, reason)]
    _try(courier, notice, WORDINGS - 2)
    assert refused == []
    with capture_logs() as lines:
        courier.deliver(notice)
        courier.deliver(notice)
    assert _stuck(database) == [("refused", WORDINGS, reason)]
    assert refused == [notice]
    ((event, level, said),) = ((one["event"], one["log_level"], one["reason"]) for one in lines)
    assert (event, level) == ("notice refused for good", "error")
    assert said.startswith(reason)
    assert "matters.py" in said
    assert _history(database) == ["flagged", "notice deferred", "notice refused"]
    courier.tell_of_refusal(notice)
    (mail,) = smtp.received
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert reason in text.get_content()
    assert "I want your manager" not in str(lines) + text.get_content()


def test_the_other_notices_go_out_beside_one_that_cannot_be_worded(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database
) -> None:
    _break_words(database, notice)
    waiting: list[int] = []
    saver = Saver(caseload(*DESK.point, tell=lambda _, one: waiting.append(one)))
    with database.transaction() as tx:
        saver.save(tx, [flagged(2, case_number="4712")])
    _try(courier, notice, 2)
    courier.deliver(waiting[0])
    (mail,) = smtp.received
    assert "4712" in mail.message["Subject"]


def test_a_query_that_fails_over_the_words_is_on_record_as_well(
    courier: Courier, notice: int, database: Database
) -> None:
    """PostgreSQL does nothing more in a transaction after an error, but to go back."""
    with database.transaction() as tx:
        tx.execute("alter table assessment rename to assessment_gone")
    try:
        _try(courier, notice, 1)
    finally:
        with database.transaction() as tx:
            tx.execute("alter table assessment_gone rename to assessment")
    assert _stuck(database) == [("deferred", 1, "it cannot be put into words: UndefinedTable")]
    courier.deliver(notice)
    assert _state(database) == ("sent", 2)


def test_a_long_outage_of_the_server_is_no_reason_to_give_up(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database
) -> None:
    smtp.defer(WORDINGS + 2)
    for _ in range(WORDINGS + 2):
        with pytest.raises(DeliveryDeferred):
            courier.deliver(notice)
    _break_words(database, notice)
    _try(courier, notice, 1)
    assert _state(database)[0] == "deferred"
    courier.deliver(notice)
    assert _state(database)[0] == "refused"


def test_the_operator_is_told_of_a_case_that_nothing_can_be_said_of(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database, refused: list[int]
) -> None:
    with database.transaction() as tx:
        tx.execute("update cases set severity = 'dire'")
        tx.execute("update flag set severity = 'dire'")
    _try(courier, notice, WORDINGS - 1)
    courier.deliver(notice)
    courier.tell_of_refusal(refused[0])
    (mail,) = smtp.received
    assert mail.message["Subject"] == "[Triage TROUBLE] Case T-1001: the notice was refused"
    assert "https://triage.example/cases/1001" in mail.content.decode()


def test_a_crash_after_the_servers_word_repeats_the_same_message_id(
    courier: Courier, smtp: SmtpServer, notice: int, database: Database
) -> None:
    """As after a kill between the server's 250 and our commit: the row is still waiting."""
    ids: list[str] = []

    def send_and_die(message: EmailMessage) -> str:
        ids.append(message["Message-ID"])
        Smtp(SmtpSettings(smtp.host, smtp.port, "plain")).send(message)
        raise KeyboardInterrupt

    dying = replace(courier, send=send_and_die)
    with pytest.raises(KeyboardInterrupt):
        dying.deliver(notice)
    assert _state(database) == ("waiting", 0)
    courier.deliver(notice)
    first, second = smtp.received
    assert first.message["Message-ID"] == second.message["Message-ID"] == ids[0]
