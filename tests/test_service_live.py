"""Live changes: over a true server, on a true database."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from queue import Queue
from urllib.parse import urlsplit

import pytest

from service.accounts import manage
from service.permissions import Role, Scope
from tests.filling import angry, save
from tests.readings import calm
from tests.servers.serving import Served, served
from tests.service_client import account
from tests.waiting import PATIENCE, until
from triage.store import Database, mailboxes, tokens
from triage.types import Person


@dataclass(frozen=True)
class Heard:
    id: str
    event: str
    data: dict


class Listener:
    """Reads a stream of server-sent events in a thread of its own."""

    def __init__(self, desk: Served, token: str, last: str = "") -> None:
        self.heard: Queue[Heard] = Queue()
        self.ended = threading.Event()
        self.beats = 0
        self._connection = http.client.HTTPConnection(urlsplit(desk.url).netloc, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
        self._connection.request("GET", "/api/v1/events", headers=headers)
        self._socket = self._connection.sock
        self.answer = self._connection.getresponse()
        if self.answer.status == 200:
            threading.Thread(target=self._read, daemon=True).start()
            assert self.next().event == "open"

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            for raw in self.answer:
                line = raw.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields.get("event") == "beat":
                    self.beats += 1
                    fields = {}
                elif "event" in fields:
                    data = json.loads(fields["data"])
                    self.heard.put(Heard(fields.get("id", ""), fields["event"], data))
                    fields = {}
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.ended.set()

    def next(self) -> Heard:
        return self.heard.get(timeout=PATIENCE)

    def close(self) -> None:
        """Shut down first: a file is not closed while somebody reads it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()


@contextmanager
def listening(desk: Served, token: str, last: str = "") -> Iterator[Listener]:
    listener = Listener(desk, token, last)
    try:
        yield listener
    finally:
        listener.close()


def token_of(database: Database, *roles: Role | str, login: str = "") -> str:
    who = account(database, *(roles or Role), login=login or "listener")
    return manage.make_token(
        database,
        who.id,
        "live",
        [Scope.READ],
        lasts=timedelta(days=1),
        by=manage.COMMAND_LINE,
    )[1]


def test_what_happens_is_heard_as_it_happens(database: Database) -> None:
    with served(database) as desk, listening(desk, token_of(database)) as listener:
        save(database, angry())
        heard = [listener.next(), listener.next()]
        assert {one.event for one in heard} == {"mail", "case"}
        case = next(one for one in heard if one.event == "case")
        assert case.data == {"kind": "case", "what": "flagged", "id": int(case.id), "case": 1001}
        assert next(one for one in heard if one.event == "mail").data["what"] == "flag"
        with database.transaction() as tx:
            mailboxes.meet(tx, "support", "INBOX", None)
        assert listener.next().data == {"kind": "mailbox", "what": "new", "id": 0, "case": None}


def test_nothing_is_heard_of_what_did_not_happen(database: Database) -> None:
    with served(database) as desk, listening(desk, token_of(database)) as listener:
        with pytest.raises(RuntimeError), database.transaction() as tx:
            mailboxes.meet(tx, "support", "INBOX", None)
            raise RuntimeError
        save(database, calm())
        assert listener.next().event == "mail"


def test_who_comes_back_hears_what_they_missed(database: Database) -> None:
    with served(database) as desk:
        token = token_of(database)
        save(database, angry())
        with listening(desk, token, last="0") as listener:
            first = listener.next()
            assert (first.event, first.data["what"]) == ("case", "flagged")
        save(database, angry(sender=Person("C", "c@x.example")))
        with listening(desk, token, last=first.id) as listener:
            again, missed = listener.next(), listener.next()
            assert again == first  # of the last few it may hear once more
            assert missed.data["case"] == 1002


def test_who_was_away_for_long_looks_at_everything_anew(database: Database) -> None:
    save(database, angry())
    with database.transaction() as tx:
        tx.execute(
            """insert into event (case_id, who, what)
               select 1001, 'triage', 'note' from generate_series(1, 700)"""
        )
    with served(database) as desk, listening(desk, token_of(database), last="1") as listener:
        assert listener.next().event == "lost"


def test_one_hears_only_what_one_may_see(database: Database) -> None:
    with served(database) as desk:
        rep = token_of(database, "rep", login="rep")
        with listening(desk, rep) as listener:
            with database.transaction() as tx:
                mailboxes.meet(tx, "support", "INBOX", None)
            save(database, calm())
            assert listener.next().event == "mail"
        assert Listener(desk, "trg_wrong").answer.status == 401


def test_the_stream_ends_with_what_it_was_opened_by(database: Database) -> None:
    with (
        served(database, heartbeat=0.3) as desk,
        listening(desk, token_of(database)) as listener,
    ):
        with database.transaction() as tx:
            (row,) = tokens.everyone(tx)
            tokens.revoke(tx, row.id, desk.desk.works.caseload.clock())
        assert listener.next().event == "over"
        assert listener.ended.wait(PATIENCE)


def test_there_are_signs_of_life_and_no_traces_of_who_left(database: Database) -> None:
    with served(database, heartbeat=0.2) as desk:
        with listening(desk, token_of(database)) as listener:
            save(database, calm())
            listener.next()
            until(lambda: listener.beats >= 2)
            assert not listener.ended.is_set()
            assert desk.desk.live.onlookers == 1
        until(lambda: desk.desk.live.onlookers == 0)


def test_after_the_database_went_away_all_look_anew(database: Database) -> None:
    with served(database) as desk, listening(desk, token_of(database)) as listener:
        with database.transaction() as tx:
            tx.execute(
                """select pg_terminate_backend(pid) from pg_stat_activity
                   where application_name = 'triage live'"""
            )
        assert listener.next().event == "lost"
        save(database, calm())
        assert listener.next().event == "mail"


def test_many_look_on_over_one_connection(database: Database) -> None:
    with served(database) as desk:
        token = token_of(database)
        listeners = [Listener(desk, token) for _ in range(60)]
        try:
            until(lambda: connections(database) == 1)  # that of a desk before ends in its own time
            save(database, calm())
            assert {one.next().event for one in listeners} == {"mail"}
        finally:
            for one in listeners:
                one.close()


def connections(database: Database) -> int:
    with database.transaction() as tx:
        row = tx.execute(
            "select count(*) from pg_stat_activity where application_name = 'triage live'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_everybody_is_let_go_when_the_desk_closes(database: Database) -> None:
    with served(database) as desk, listening(desk, token_of(database)) as listener:
        desk.desk.live.close()
        assert listener.next().event == "lost"
        assert listener.ended.wait(PATIENCE)
