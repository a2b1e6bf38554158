"""A notice gets through, without its attachment if need be."""

import tarfile
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.notices import FLAG
from tests.servers.smtp import SmtpServer
from tests.shared import SHARED
from triage.errors import DeliveryDeferred, DeliveryRefused
from triage.notify import ContentRefused, NeedsOperator, Smtp, SmtpSettings, deliver
from triage.types import Person


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def smtp(server: SmtpServer) -> Smtp:
    return Smtp(SmtpSettings(server.host, server.port, "plain"))


def test_a_notice_arrives_with_the_original(server: SmtpServer) -> None:
    answer = deliver(smtp(server).send, FLAG)
    [mail] = server.wait_for(1)
    assert answer.startswith("250")
    assert mail.recipients == ("pat@desk.example",)
    assert FLAG.original in mail.content


def test_an_original_that_a_filter_refuses_is_left_out(server: SmtpServer) -> None:
    server.object_to(lambda content: "554 5.7.1 virus" if FLAG.original in content else None)
    deliver(smtp(server).send, FLAG)
    [mail] = server.wait_for(1)
    assert FLAG.original not in mail.content
    assert b"is not attached" in mail.content
    assert mail.message["X-Triage-Notice"] == FLAG.notice_key


def test_a_notice_refused_without_the_original_too_is_refused(server: SmtpServer) -> None:
    server.object_to(lambda content: "554 5.7.1 spam")
    with pytest.raises(ContentRefused, match="spam"):
        deliver(smtp(server).send, FLAG)
    with pytest.raises(ContentRefused, match="spam"):
        deliver(smtp(server).send, replace(FLAG, original=b""))
    assert server.received == ()


def test_a_recipient_refused_is_not_tried_twice(server: SmtpServer) -> None:
    server.refuse("pat@desk.example")
    with pytest.raises(DeliveryRefused):
        deliver(smtp(server).send, FLAG)
    assert server.attempts == 1


def test_a_sender_that_is_no_address_waits_for_the_operator(server: SmtpServer) -> None:
    with pytest.raises(NeedsOperator, match="no mail address"):
        deliver(smtp(server).send, replace(FLAG, sender=Person("Triage", "triage")))


def test_a_repeat_after_a_lost_answer_bears_the_same_message_id(server: SmtpServer) -> None:
    server.drop(1)
    with pytest.raises(DeliveryDeferred):
        deliver(smtp(server).send, FLAG)
    deliver(smtp(server).send, FLAG)
    first, second = server.wait_for(2)
    assert first.message["Message-ID"] == second.message["Message-ID"]


@pytest.mark.shared
@pytest.mark.skipif(SHARED is None, reason="the data folder beside the project is not there")
def test_every_nasty_mail_goes_out_as_an_original(server: SmtpServer) -> None:
    assert SHARED is not None
    count = 0
    with tarfile.open(SHARED / "data/corpora/mail_fixtures.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is None or count >= 600:
                continue
            content = file.read()
            notice = replace(
                FLAG, notice_key=str(count), original=content, original_size=len(content)
            )
            deliver(smtp(server).send, notice)
            count += 1
    assert len(server.received) == count > 100
    assert all(mail.message["Message-ID"] for mail in server.received)
