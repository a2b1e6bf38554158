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
from socket import socket
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import httpx2
import psutil
import pytest

from triage.demo import point_inbox
from triage.demo.samples import letter, samples

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
        return self.process.wait(15)

    def said(self, pattern: str) -> str:
        """The first group of a line that comes within half a minute."""
        line = until(lambda: re.search(pattern, self.output.read_text()), self)
        assert isinstance(line, re.Match)
        return str(line[1])

    @contextmanager
    def browser(self) -> Iterator[httpx2.Client]:
        """Signed in by the address that the demo printed."""
        address = self.said(r"Open (http://\S+)")
        base = f"http://127.0.0.1:{self.port}"
        with httpx2.Client(base_url=base, follow_redirects=True) as client:
            until(lambda: answers(client), self)
            assert client.get(address).status_code == 200
            yield client


def until(look: Callable[[], object], demo: Demo) -> object:
    deadline = monotonic() + 30
    while not (seen := look()):
        assert demo.process.poll() is None, demo.output.read_text()
        assert monotonic() < deadline, demo.output.read_text()
        sleep(0.1)
    return seen


def answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.ConnectError:
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


@pytest.fixture
def data() -> Iterator[Path]:
    # Not under pytest's folder, which the bundled server's own user may not enter.
    with TemporaryDirectory(prefix="triage-demo-") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def left_over(data: Path) -> list[list[str]]:
    """Processes that still work on the folder."""
    lines = (process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"]))
    return [line for line in lines if any(str(data) in word for word in line)]


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
    assert left_over(data) == []
    with running(data, port) as demo:
        with demo.browser() as browser:
            assert before <= case_ids(browser)
        assert demo.ctrl_c() == 0
    assert left_over(data) == []


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
    stranger = httpx2.get(str(browser.base_url.join("/demo/inbox")))
    assert stranger.status_code == 303


def refused(data: Path, port: int) -> str:
    """What a start that cannot be says."""
    with running(data, port) as demo:
        assert demo.process.wait(30) == 2
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
