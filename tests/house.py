"""The program itself as child processes, on true servers, for acceptance tests and benchmarks."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from tests.waiting import PATIENCE

SETTINGS = """
data = "data"
log = "warning"
[desk]
point = ["Pat Point <pat@desk.example>"]
operator = "ops@desk.example"
sender = "Triage <triage@desk.example>"
own_addresses = ["support@desk.example"]
[mailboxes.support]
host = "{imap_host}"
port = {imap_port}
security = "plain"
user = "desk"
password = "{imap_password}"
since = 2020-01-01
[smtp]
host = "{smtp_host}"
port = {smtp_port}
security = "plain"
[web]
port = {web_port}
"""


def write_settings(folder: Path, imap: Dovecot, smtp: SmtpServer, web_port: int = 0) -> Path:
    """``triage.toml`` for these servers, and a policy under which every notice goes out by itself,
    however many there are: tests and benchmarks count them. Its path."""
    packaged = resources.files("triage.policy").joinpath("policy.toml").read_text()
    (folder / "policy.toml").write_text(packaged.replace("singly = 3", "singly = 1000"))
    path = folder / "triage.toml"
    path.write_text(
        'policy = "policy.toml"\n'
        + SETTINGS.format(
            imap_host=imap.address,
            imap_port=imap.port,
            imap_password=imap.password("desk"),
            smtp_host=smtp.host,
            smtp_port=smtp.port,
            web_port=web_port,
        )
    )
    return path


def start(
    command: str, settings: Path, database_url: str, extra: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """``triage COMMAND`` in a process group of its own; its output goes to a file beside
    the settings."""
    environment = os.environ | {"TRIAGE_DATABASE_URL": database_url} | dict(extra or {})
    with (settings.parent / f"{command}.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "triage", command, "--config", str(settings)],
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL: no goodbye, nothing flushed."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stop(process: subprocess.Popen[bytes], seconds: float = PATIENCE) -> int:
    """SIGTERM, as a service manager sends; the exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(seconds)
