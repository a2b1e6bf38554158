"""Memory and start-up of the watcher, beside a bare interpreter and one with torch loaded.

python -m benchmarks.footprint
"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep

import psutil

from tests import house
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from triage.store import Database, mailboxes

PEERS = {
    "bare interpreter": "pass",
    "onnxruntime and tokenizers imported": "import onnxruntime, tokenizers",
    "torch and transformers imported": "import torch, transformers",
}


def main() -> None:
    print(f"{'':34} seconds   MiB")
    for name, code in PEERS.items():
        print(f"{name:34} {_import(code)}")
    with (
        Dovecot() as imap,
        SmtpServer() as smtp,
        tempfile.TemporaryDirectory(prefix="triage-") as folder,
    ):
        settings = house.write_settings(Path(folder), imap, smtp)
        store = Database.open("", Path(folder) / "data")
        for _ in range(2):  # the second start finds everything warm
            start = perf_counter()
            watcher = house.start("watch", settings, store.url)
            _until_waiting(store, datetime.now(UTC))
            seconds = perf_counter() - start
            memory = psutil.Process(watcher.pid).memory_info().rss / 2**20
            loaded = {Path(m.path).name for m in psutil.Process(watcher.pid).memory_maps()}
            house.stop(watcher)
            print(f"{'triage watch, to watching':34} {seconds:7.2f} {memory:5.0f}")
        print(f"torch loaded by the watcher: {any('torch' in name for name in loaded)}")
        store.close()


def _import(code: str) -> str:
    measure = (
        f"{code}\nprint(next(l for l in open('/proc/self/status') if 'VmRSS' in l).split()[1])"
    )
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", measure], capture_output=True, check=True, text=True
    )
    return f"{perf_counter() - start:7.2f} {int(done.stdout) // 1024:5d}"


def _until_waiting(store: Database, since: datetime) -> None:
    while True:
        with store.transaction() as tx:
            rows = mailboxes.everyone(tx)
        if rows and rows[0].state == "waiting" and rows[0].changed_at >= since:
            return
        sleep(0.02)


if __name__ == "__main__":
    main()
