"""The desk with years of mail behind it: queue and case page, page weight, open live streams.

``triage serve`` as one process of its own on the bundled database. Aims: p99 under 100 ms server
time with 50 readers, first view under 100 KB, no sequential scan of a large table on the way.

    python -m benchmarks.desk [--mails 1000000] [--flags 50000] [--streams 500]

Readers look at a page, think for some seconds, and look at the next, as people do; "as fast as it
goes" is one reader after the other without a pause.
"""

import argparse
import asyncio
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from socket import socket
from time import perf_counter, sleep

import httpx
import numpy as np
from playwright.sync_api import CDPSession

from benchmarks.desk_fill import fill
from service import keyring
from service.accounts import coming_in
from service.permissions import Role
from tests import house
from tests.servers.browser import chromium
from tests.service_client import HERE, account
from triage.config import Web
from triage.store import Database, sessions

READERS = 50
THINKS = 5.0
"""Seconds between two looks of one reader, on average."""
SECONDS = 60.0
LARGE = 1_000
"""A table with more rows than this is not to be read from end to end."""
PAGES = {
    "queue": "/",
    "queue, page 40": "/?view=open&after={deep}",
    "queue, mine": "/?view=mine",
    "queue, searched": "/?q=refund+{number}",
    "case": "/cases/{case}",
}
SETTINGS = """
data = "data"
log = "warning"
[desk]
point = ["Pat Point <pat@desk.example>", "Kim Point <kim@desk.example>"]
operator = "ops@desk.example"
sender = "Triage <triage@desk.example>"
own_addresses = ["support@desk.example"]
[web]
port = {port}
"""


@dataclass(frozen=True, slots=True)
class Serving:
    """``cookie`` is of somebody who may do everything; ``pid`` of the process that serves."""

    database: Database
    url: str
    cookie: dict[str, str]
    pid: int
    flags: int

    def address(self, page: str, chance: Random) -> str:
        case = 1000 + chance.randrange(1, self.flags + 1)
        return PAGES[page].format(case=case, number=chance.randrange(self.flags), deep=self.deep())

    def deep(self) -> str:
        """A place in the middle of the queue, as its links have it."""
        with self.database.transaction() as tx:
            row = tx.execute(
                """select since, case_id from clock where kind = 'answer'
                   order by since offset %s limit 1""",
                [min(2000, self.flags // 8)],
            ).fetchone()
        assert row is not None
        ticks = int((row[0] - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)
        return f"n-{ticks}-{row[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=1_000_000)
    parser.add_argument("--flags", type=int, default=50_000)
    parser.add_argument("--streams", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        database = Database.open("", Path(folder))
        try:
            start = perf_counter()
            fill(database, options.mails, options.flags)
            print(
                f"{options.mails} mails, {options.flags} flags, in {perf_counter() - start:.0f} s"
            )
            with _serving(database, Path(folder), options.flags) as serving:
                _measure(serving, options.streams)
        finally:
            database.close()


def _measure(serving: Serving, streams: int) -> None:
    print(f"\n{'':24}{'p50 ms':>9}{'p99 ms':>9}{'KiB':>8}   read from end to end")
    for page in PAGES:
        _one_page(serving, page)
    print(f"\n{READERS} readers, each a page every {THINKS:g} s (aim: p99 under 100 ms)")
    taken = asyncio.run(_readers(serving))
    for page, seconds in taken.items():
        print(f"{page:24}{_quantiles(seconds)}{'':8}   {len(seconds)} looks")
    _first_view(serving)
    asyncio.run(_streams(serving, streams))


def _one_page(serving: Serving, page: str) -> None:
    """As fast as it goes, one after the other; and what PostgreSQL read for it."""
    chance, seconds, weight = Random(7), [], 0
    before = _scanned(serving.database)
    with httpx.Client(base_url=serving.url, cookies=serving.cookie, timeout=60) as client:
        for _ in range(60):
            address = serving.address(page, chance)
            start = perf_counter()
            answer = client.get(address)
            seconds.append(perf_counter() - start)
            assert answer.status_code == 200, (address, answer.status_code)
            weight = max(weight, len(answer.content))
    after = _scanned(serving.database)
    scanned = [name for name in after if after[name] > before.get(name, 0)]
    said = ", ".join(sorted(scanned)) or "nothing"
    print(f"{page:24}{_quantiles(seconds[5:])}{weight / 1024:8.1f}   {said}")


def _scanned(database: Database) -> dict[str, int]:
    """Large table -> how often it was read from end to end; counts come in with a delay."""
    sleep(2.5)
    with database.transaction() as tx:
        rows = tx.execute(
            """select relname, seq_scan from pg_stat_user_tables
               where n_live_tup > %s and schemaname = 'public'""",
            [LARGE],
        ).fetchall()
    return {str(name): int(count) for name, count in rows}


async def _readers(serving: Serving) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {page: [] for page in PAGES}
    limits = httpx.Limits(max_connections=READERS, max_keepalive_connections=READERS)
    until = perf_counter() + SECONDS
    async with httpx.AsyncClient(
        base_url=serving.url, cookies=serving.cookie, limits=limits, timeout=60
    ) as client:

        async def reader(number: int) -> None:
            chance = Random(number)
            await asyncio.sleep(chance.random() * THINKS)
            while perf_counter() < until:
                page = chance.choice(["queue", "case"])
                address = f"/cases/{1000 + chance.randrange(1, serving.flags + 1)}"
                start = perf_counter()
                answer = await client.get("/" if page == "queue" else address)
                taken[page].append(perf_counter() - start)
                assert answer.status_code == 200, answer.status_code
                await asyncio.sleep(chance.expovariate(1 / THINKS))

        await asyncio.gather(*(reader(number) for number in range(READERS)))
    return {page: seconds for page, seconds in taken.items() if seconds}


def _first_view(serving: Serving) -> None:
    """Everything that a browser fetches which was never here before, and when it can be used."""
    print("\nfirst view in Chromium (aim: under 100 KB)")
    for page, address in (("queue", "/"), ("case", f"/cases/{1000 + serving.flags}")):
        with chromium() as browser:
            context = browser.new_context()
            context.add_cookies(
                [{"name": n, "value": v, "url": serving.url} for n, v in serving.cookie.items()]
            )
            view = context.new_page()
            sizes = _weighed(context.new_cdp_session(view))
            view.goto(serving.url + address, wait_until="load")
            usable = view.evaluate(_USABLE)
            print(
                f"{page:24}{sum(sizes) / 1000:9.1f} KB in {len(sizes)} answers,"
                f" shown after {usable[0]:.0f} ms, usable after {usable[1]:.0f} ms"
            )


def _weighed(wire: CDPSession) -> list[int]:
    """Bytes of each answer on the wire, as they come in."""
    sizes: list[int] = []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda one: sizes.append(int(one["encodedDataLength"])))
    return sizes


_USABLE = """
() => new Promise(done => setTimeout(() => {
  const page = performance.getEntriesByType('navigation')[0];
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  done([paint ? paint.startTime : 0, page.domContentLoadedEventEnd]);
}, 500))
"""
"""First contentful paint; and when every script has run, which is when keys and buttons work."""


async def _streams(serving: Serving, count: int) -> None:
    """Open streams: their memory, what they cost while nothing happens and while much does."""
    memory, name = _memory(serving.pid), next(iter(serving.cookie))
    head = (
        f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {name}={serving.cookie[name]}\r\n\r\n"
    ).encode()
    port = int(serving.url.rpartition(":")[2])
    heard = [0] * count
    opened = []

    async def listen(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        writer.write(head)
        while line := await reader.readline():
            heard[number] += line.startswith(b"event: case")

    listening = [asyncio.create_task(listen(number)) for number in range(count)]
    while len(opened) < count:
        await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    grown = (_memory(serving.pid) - memory) / max(1, count)
    idle = await _busy(serving.pid, 30)
    print(f"\n{count} open streams: {grown:.0f} KiB each, {idle:.1f} % of a core while idle")
    start = perf_counter()
    await asyncio.to_thread(_events, serving.database, 100)
    while min(heard) < 100 and perf_counter() - start < 120:
        await asyncio.sleep(0.05)
    print(
        f"100 events at once reach all {count} in {perf_counter() - start:.1f} s"
        f" ({min(heard)} at least)"
    )
    for one in opened:
        one.close()
    for task in listening:
        task.cancel()


def _events(database: Database, count: int) -> None:
    with database.transaction() as tx:
        tx.execute(
            """insert into event (case_id, who, what) select id, 'pat@desk.example', 'noted'
               from cases order by id desc limit %s""",
            [count],
        )


def _memory(pid: int) -> int:
    """KiB that a process holds in memory."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0])


async def _busy(pid: int, seconds: float) -> float:
    """Percent of a core that a process takes."""
    before = _ticks(pid)
    await asyncio.sleep(seconds)
    return (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK") / seconds * 100


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _quantiles(seconds: list[float]) -> str:
    p50, p99 = np.percentile(seconds, [50, 99]) * 1000
    return f"{p50:9.1f}{p99:9.1f}"


@contextmanager
def _serving(database: Database, folder: Path, flags: int) -> Iterator[Serving]:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = folder / "triage.toml"
    settings.write_text(SETTINGS.format(port=port))
    web, now = Web(port=port), datetime.now(UTC)
    who = account(database, *Role, login="everything")
    with database.transaction() as tx:
        come = coming_in.enter(tx, web, who, HERE, how="password", now=now)
        assert sessions.live(tx, keyring.digest(come.secret), now, web.idle)
    program = house.start("serve", settings, database.url)
    cookie = {f"triage-{port}": come.secret}
    try:
        _until_ready(f"{web.base_url}/healthz", settings.parent / "serve.log")
        yield Serving(database, web.base_url, cookie, program.pid, flags)
    finally:
        house.stop(program, 60)


def _until_ready(url: str, log: Path) -> None:
    deadline = perf_counter() + 60
    while perf_counter() < deadline:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            sleep(0.2)
        else:
            return
    raise SystemExit(f"the desk does not serve: {log.read_text()[-2000:]}")


if __name__ == "__main__":
    main()
