"""Webhooks: signed, guarded, tried again, stopped when nobody takes them."""

import hmac
import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.filling import angry, save
from tests.service_client import client_as, program, stranger
from triage.config import Web
from triage.errors import DeliveryDeferred
from triage.store import Database, desk_audit
from triage.webhooks import Messenger, Refused, Target, Unreachable, post, resolved, signature
from triage.webhooks.guard import is_public, well_formed

API = "/api/v1"
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


@dataclass
class Receiver:
    """A true HTTP server that notes what it gets, and answers as it is told to."""

    url: str
    answer: int = 204
    location: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(made.answer)
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook?a=1")
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Post:
    """A messenger whose jobs are done when asked for, at a time of one's own."""

    messenger: Messenger
    jobs: list[int]

    def work(self) -> None:
        """What is new, and what is to be tried again, each once."""
        self.messenger.hand_out()
        again = []
        for job in self.jobs:
            try:
                self.messenger.deliver(job)
            except DeliveryDeferred:
                again.append(job)
        self.jobs[:] = again


def office(database: Database, *, now: datetime = NOW, private: bool = True) -> Post:
    jobs: list[int] = []
    clock = [now]
    messenger = Messenger(
        database,
        lambda tx, id: jobs.append(id),
        "https://desk.example",
        private=private,
        clock=lambda: clock[0],
    )
    return Post(messenger, jobs)


def admin(database: Database, *, private: bool = True):
    return client_as(database, "admin", web=Web(webhooks_private=private))


def subscribe(client, url: str, *kinds: str) -> dict:
    answer = client.post(f"{API}/webhooks", json={"url": url, "kinds": list(kinds)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_what_happens_is_told_outside_and_signed(database: Database) -> None:
    with receiver() as there:
        hook = subscribe(admin(database), there.url, "flagged")
        save(database, angry())
        office(database).work()
    ((headers, body),) = there.got
    said = json.loads(body)
    assert said["type"] == "case.flagged"
    assert said["data"]["case"] == 1001
    assert said["data"]["url"] == "https://desk.example/api/v1/cases/1001"
    assert b"Dana" not in body
    assert b"disgrace" not in body
    key = b64decode(hook["secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(key, signed, sha256).digest()
    version, _, given = headers["webhook-signature"].partition(",")
    assert (version, b64decode(given)) == ("v1", expected)
    assert int(headers["webhook-timestamp"]) == int(NOW.timestamp())
    assert headers["webhook-id"] == f"evt_{said['data']['event']}"


def test_the_signature_is_that_of_the_specification() -> None:
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_only_what_is_wanted_is_told(database: Database) -> None:
    with receiver() as there:
        client = admin(database)
        hook = subscribe(client, there.url, "acknowledged")
        save(database, angry())
        post_office = office(database)
        post_office.work()
        assert there.got == []
        program(database).post(f"{API}/cases/1001/acts/acknowledge", headers={"If-Match": "*"})
        post_office.work()
        assert [json.loads(body)["type"] for _, body in there.got] == ["case.acknowledged"]
        (row,) = client.get(f"{API}/webhooks/{hook['id']}/deliveries").json()["items"]
        assert (row["state"], row["status"], row["attempts"]) == ("delivered", 204, 1)
        again = client.post(f"{API}/webhooks/{hook['id']}/deliveries/{row['id']}/again")
        assert again.status_code == 202
        post_office.work()
        assert len(there.got) == 2
        assert there.got[0][0]["webhook-id"] == there.got[1][0]["webhook-id"]


def test_what_did_not_happen_is_not_told(database: Database) -> None:
    with receiver() as there:
        subscribe(admin(database), there.url)
        with pytest.raises(ZeroDivisionError), database.transaction() as tx:
            from tests.caseloads import caseload
            from tests.filling import POINT
            from triage.pipeline import Saver

            Saver(caseload(*POINT)).save(tx, [angry()])
            raise ZeroDivisionError
        office(database).work()
        assert there.got == []


def test_a_receiver_that_fails_is_tried_again_then_stopped_with_a_note(
    database: Database,
) -> None:
    with receiver() as there:
        there.answer = 500
        client = admin(database)
        hook = subscribe(client, there.url)
        save(database, angry())
        first = office(database)
        first.work()
        assert len(first.jobs) == 1
        shown = client.get(f"{API}/webhooks/{hook['id']}").json()
        assert shown["active"]
        assert datetime.fromisoformat(shown["failing_since"]) == NOW
        later = office(database, now=NOW + timedelta(days=5))
        later.jobs[:] = first.jobs
        later.work()
        assert later.jobs == []
        shown = client.get(f"{API}/webhooks/{hook['id']}").json()
        assert not shown["active"]
        assert shown["stopped_because"] == "nothing was taken since 2026-06-03 12:00 UTC"
        with database.transaction() as tx:
            assert desk_audit.page(tx, 1)[0].what == "webhook stopped"
        there.answer = 200
        wanted = {"url": there.url, "kinds": []}
        shown = client.put(f"{API}/webhooks/{hook['id']}", json=wanted).json()
        assert (shown["active"], shown["failing_since"]) == (True, None)
        row = client.get(f"{API}/webhooks/{hook['id']}/deliveries").json()["items"][0]
        client.post(f"{API}/webhooks/{hook['id']}/deliveries/{row['id']}/again")
        later.work()
        assert there.got[-1][0]["webhook-id"]
        rows = client.get(f"{API}/webhooks/{hook['id']}/deliveries").json()["items"]
        assert rows[0]["state"] == "delivered"


def test_a_receiver_that_is_gone_is_stopped_at_once(database: Database) -> None:
    with receiver() as there:
        there.answer = 410
        client = admin(database)
        hook = subscribe(client, there.url)
        save(database, angry())
        work = office(database)
        work.work()
        assert work.jobs == []
        assert not client.get(f"{API}/webhooks/{hook['id']}").json()["active"]


def test_no_redirect_is_followed(database: Database) -> None:
    with receiver() as there, receiver() as elsewhere:
        there.answer, there.location = 307, elsewhere.url
        subscribe(admin(database), there.url)
        save(database, angry())
        work = office(database)
        work.work()
        assert len(work.jobs) == 1
        assert elsewhere.got == []


def test_nothing_is_sent_into_private_networks(database: Database) -> None:
    with receiver() as there:
        answer = admin(database, private=False).post(f"{API}/webhooks", json={"url": there.url})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["where"] == "body.url"
        hook = subscribe(admin(database), there.url)  # made when it was allowed
        save(database, angry())
        work = office(database, private=False)
        work.work()
        assert there.got == []
        (row,) = admin(database).get(f"{API}/webhooks/{hook['id']}/deliveries").json()["items"]
        assert row["state"] == "failed"
        assert "private network" in row["answer"]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1"),
        *("64:ff9b::a00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "198.18.0.1", "240.0.0.1"),
    ],
)
def test_an_address_of_the_house_is_known_however_it_is_written(address: str) -> None:
    assert not is_public(address)


def test_addresses_outside_are_outside() -> None:
    assert all(map(is_public, ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]))


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "ftp://example.org", "http://", "file:///etc/passwd", "gopher://x/_"),
        *("http://u:p@example.org", "http://example.org/#x", "http://example.org:0/"),
        *("http://example.org:99999/", "http://exa mple.org", "http://example.org\\@127.0.0.1"),
        *("http://example.org/\r\nHost: x", "http://[::1", "https://example.org/" + "x" * 2000),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        well_formed(url)


@pytest.mark.parametrize(
    "url",
    ["http://localhost/", "http://127.1/", "http://2130706433/", "http://0x7f000001/"],
)
def test_names_and_odd_spellings_of_this_machine_are_refused(url: str) -> None:
    with pytest.raises(Refused):
        resolved(url)


def test_the_address_that_was_looked_at_is_the_one_connected_to() -> None:
    with receiver() as there:
        _, _, port, path = well_formed(there.url)
        pinned = Target("http", "rebinds.example", port, path, "127.0.0.1")
        answer = post(pinned, b"{}", {})
        assert answer.taken
        assert there.got[0][0]["host"] == f"rebinds.example:{port}"
        with pytest.raises(Unreachable):
            post(Target("http", "localhost", port, path, "192.0.2.1"), b"{}", {}, seconds=0.2)


def test_only_admins_look_after_webhooks(database: Database) -> None:
    for role in ("rep", "point", "supervisor", "manager"):
        client = client_as(database, role)
        assert client.get(f"{API}/webhooks").status_code == 403
        assert client.post(f"{API}/webhooks", json={"url": "https://x.org"}).status_code == 403
    assert stranger(database).get(f"{API}/webhooks").status_code == 401


def test_a_secret_is_shown_once_and_renewed(database: Database) -> None:
    with receiver() as there:
        client = admin(database)
        hook = subscribe(client, there.url)
        assert "secret" not in client.get(f"{API}/webhooks/{hook['id']}").json()
        assert "secret" not in client.get(f"{API}/webhooks").json()["items"][0]
        renewed = client.post(f"{API}/webhooks/{hook['id']}/secret").json()["secret"]
        assert renewed != hook["secret"]
        save(database, angry())
        office(database).work()
        headers, body = there.got[0]
        stamp = int(headers["webhook-timestamp"])
        made = signature(renewed, headers["webhook-id"], stamp, body)
        assert headers["webhook-signature"] == made
        assert client.delete(f"{API}/webhooks/{hook['id']}").status_code == 204
        assert client.get(f"{API}/webhooks/{hook['id']}").status_code == 404
