"""The demo as a person meets it: started, looked at, stopped with Ctrl-C, started again."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import psutil
import pytest

from tests.servers.ports import free_ports
from tests.waiting import PATIENCE, until
from triage.demo import point_inbox
from triage.demo.samples import letter, samples

pytestmark = pytest.mark.timeout(900)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Demo:
    """A running demo, in a session of its own as a terminal's foreground job is."""

    def __init__(self, data: Path, port: int, output: Path) -> None:
        self.data, self.port, self.output = data, port, output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "triage", "demo", "--data", data, "--port", str(port)],
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)

    def said(self, pattern: str) -> str:
        """The first group of a line, once it is there."""
        self.until(lambda: re.search(pattern, self.output.read_text()))
        line = re.search(pattern, self.output.read_text())
        assert line
        return str(line[1])

    def until(self, condition: Callable[[], object]) -> None:
        until(lambda: self._still_runs() and condition())

    def _still_runs(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        return True

    @contextmanager
    def browser(self) -> Iterator[httpx2.Client]:
        """Signed in by the address that the demo printed."""
        address = self.said(r"Open (http://\S+)")
        base = f"http://127.0.0.1:{self.port}"
        with httpx2.Client(base_url=base, follow_redirects=True, timeout=PATIENCE) as client:
            self.until(lambda: answers(client))
            assert client.get(address).status_code == 200
            yield client


def answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


@contextmanager
def running(data: Path, port: int) -> Iterator[Demo]:
    demo = Demo(data, port, data.parent / f"{data.name}-{port}.txt")
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()
            for process in on(data):
                process.kill()


@pytest.fixture
def data() -> Iterator[Path]:
    # Not under pytest's folder, which the bundled server's own user may not enter.
    with TemporaryDirectory(prefix="triage-demo-") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


def on(data: Path) -> list[psutil.Process]:
    """Processes that work on the folder."""
    every = psutil.process_iter(["cmdline"])
    return [one for one in every if any(str(data) in word for word in one.info["cmdline"] or [])]


def test_it_tells_of_a_customer_and_a_second_start_goes_on(data: Path, port: int) -> None:
    with running(data, port) as demo:
        subject = demo.said(r"Told the Point Person: (.+)")
        with demo.browser() as browser:
            check_inbox(browser, data, subject)
            before = case_ids(browser)
        assert "is running on" in refused(data, port + 1)
        assert "cannot be used" in refused(data.parent / "other", port)
        assert demo.ctrl_c() == 0
        assert "Traceback" not in demo.output.read_text()
    until(lambda: not on(data))  # PostgreSQL says so a moment before it is gone
    with running(data, port) as demo:
        with demo.browser() as browser:
            assert before <= case_ids(browser)
        assert demo.ctrl_c() == 0
    until(lambda: not on(data))  # PostgreSQL says so a moment before it is gone


def case_ids(browser: httpx2.Client) -> set[int]:
    ids = {case["id"] for case in browser.get("/api/v1/cases").json()["items"]}
    assert ids
    return ids


def check_inbox(browser: httpx2.Client, data: Path, subject: str) -> None:
    mail = next(m for m in point_inbox.newest(data / "point-person") if m.subject == subject)
    assert mail.attachments
    page = browser.get("/demo/inbox")
    assert mail.name in page.text
    assert "script" not in page.headers["content-security-policy"]
    one = browser.get(f"/demo/inbox/{mail.name}")
    assert "sandbox=" in one.text
    body = browser.get(f"/demo/inbox/{mail.name}/html")
    assert "sandbox" in body.headers["content-security-policy"]
    assert "allow-scripts" not in body.headers["content-security-policy"]
    assert browser.get("/demo/inbox/..%2fdemo.lock").status_code == 404
    stranger = httpx2.get(str(browser.base_url.join("/demo/inbox")), timeout=PATIENCE)
    assert stranger.status_code == 303


def refused(data: Path, port: int) -> str:
    """What a start that cannot be says."""
    with running(data, port) as demo:
        assert demo.process.wait(PATIENCE) == 2
        return demo.output.read_text()


def test_every_sample_is_a_mail_without_defects() -> None:
    for number in range(len(samples())):
        mail = message_from_bytes(letter(number, NOW), policy=default)
        for part in mail.walk():
            assert part.defects == [], samples()[number].id


def test_a_new_round_repeats_no_message_id_and_keeps_its_threads() -> None:
    count = len(samples())
    rounds = [
        [message_from_bytes(letter(number, NOW), policy=default) for number in range(start, end)]
        for start, end in ((0, count), (count, 2 * count))
    ]
    ids = [{mail["Message-ID"] for mail in mails} for mails in rounds]
    assert len(ids[0] | ids[1]) == 2 * count
    for mails, known in zip(rounds, ids, strict=True):
        replies = [mail for mail in mails if mail["In-Reply-To"]]
        assert len(replies) == sum(sample.answers is not None for sample in samples())
        assert all(mail["In-Reply-To"] in known for mail in replies)
