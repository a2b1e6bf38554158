"""A private Dovecot 2.3: its own folder, its own ports on loopback, nothing of the machine's.

Runs as root or as an ordinary user, starts in about 0.1 s, and leaves nothing behind::

    with Dovecot() as server:
        uid = server.append("desk", b"Subject: hi\\r\\n\\r\\nhello\\r\\n")
        server.address              # "127.0.0.1"; use "localhost" with server.tls_port
        server.port                 # plain and STARTTLS
        server.tls_port             # TLS from the first byte
        server.ca_file              # PEM of the authority that signed its certificate
        server.password("desk")     # every user has one
        server.kill_sessions()      # what a dropped connection looks like
        server.set_uidvalidity("desk", "INBOX", 99)
        server.stop(); server.start()   # same ports, same mail

Helpers that change mail go through IMAP as another client of the same user, so a watcher on IDLE
hears of them as it would in life. ``require_dovecot()`` skips a test where there is no Dovecot,
and fails it where the environment says ``CI``.
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
import trustme
from imapclient import IMAPClient

from tests.servers.ports import ADDRESS, free_ports
from tests.waiting import PATIENCE, until

BINARY = "/usr/sbin/dovecot"
USERS = ("desk", "sales", "other")

CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = {address}
{accounts}
ssl = yes
ssl_cert = <{root}/server.pem
ssl_key = <{root}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_max_userip_connections = 200
mailbox_list_index = no
{capability}
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

WITHOUT_IDLE = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS UNSELECT MOVE MULTIAPPEND"
WITHOUT_MOVE = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS UNSELECT IDLE MULTIAPPEND"


def require_dovecot() -> None:
    """Skip the calling test where Dovecot is absent; fail it where ``CI`` is set."""
    if Path(BINARY).exists():
        return
    reason = f"needs Dovecot ({BINARY}): apt-get install dovecot-imapd"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class Dovecot:
    """One private server. ``settings`` are extra lines for its configuration."""

    address = ADDRESS

    def __init__(self, users: Sequence[str] = USERS, settings: str = "") -> None:
        self.users = tuple(users)
        self.port, self.tls_port = free_ports(2)
        self.root = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.ca_file = self.root / "ca.pem"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: dict[str, IMAPClient] = {}
        self._lock = threading.RLock()
        self._write_files()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def password(self, user: str) -> str:
        return f"secret of {user}"

    # Life of the server

    def start(self) -> None:
        """Start, or start again on the same ports and mail; returns when it greets."""
        command = [BINARY, "-F", "-c", str(self.root / "dovecot.conf")]
        with (self.root / "stderr").open("ab") as stderr:
            self._process = subprocess.Popen(command, stderr=stderr)
        deadline = time.monotonic() + PATIENCE
        while not self._greets():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (self.root / "stderr").read_text(errors="replace")
                self.stop()
                raise RuntimeError(f"Dovecot did not start: {said} {self.log()}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop at once; open sessions are cut off."""
        self._forget_clients()
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)  # from here on it has no more children
            children = _children(self._process.pid)
            self._process.kill()  # asked politely, it takes a second
            self._process.wait(PATIENCE)
            for pid in children:
                _kill(pid)
            until(lambda: not any(map(_runs, children)))  # till then the ports are theirs
            self._process = None

    def kill_sessions(self) -> int:
        """Kill every session's process, as seen from outside a dropped connection; how many."""
        self._forget_clients()
        pids = self.sessions()
        for pid in pids:
            _kill(pid)
        return len(pids)

    def pause_sessions(self, paused: bool = True) -> None:
        """Stop answering (or go on) with connections left open: a half-open connection."""
        for pid in self.sessions():
            os.kill(pid, signal.SIGSTOP if paused else signal.SIGCONT)

    def sessions(self) -> list[int]:
        """Process ids of the sessions that are open, one a connection."""
        if self._process is None:
            return []
        return [pid for pid in _children(self._process.pid) if _name(pid) == "imap"]

    def log(self) -> str:
        path = self.root / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # Mail

    def append(
        self,
        user: str,
        content: bytes,
        folder: str = "INBOX",
        date: datetime | None = None,
        flags: Sequence[str] = (),
    ) -> int:
        """Put one mail into a folder; its UID."""
        with self._lock:
            client = self.client(user)
            answer = client.append(folder, content, flags, date or datetime.now(UTC))
        return int(answer.split(b"]")[0].split()[-1])

    def append_many(self, user: str, contents: Iterable[bytes], folder: str = "INBOX") -> None:
        """Put many mails into a folder, 200 a command."""
        batch: list[bytes] = []
        with self._lock:
            client = self.client(user)
            for content in contents:
                batch.append(content)
                if len(batch) == 200:
                    client.multiappend(folder, batch)
                    batch = []
            if batch:
                client.multiappend(folder, batch)

    def expunge(self, user: str, uids: Sequence[int], folder: str = "INBOX") -> None:
        """Remove mails for good, as another client would."""
        with self._lock:
            client = self.client(user)
            client.select_folder(folder)
            client.delete_messages(list(uids), silent=True)
            client.expunge()
            client.unselect_folder()

    def move(self, user: str, uids: Sequence[int], target: str, folder: str = "INBOX") -> None:
        with self._lock:
            client = self.client(user)
            client.select_folder(folder)
            client.move(list(uids), target)
            client.unselect_folder()

    def create(self, user: str, folder: str) -> None:
        with self._lock:
            self.client(user).create_folder(folder)

    def set_flags(self, user: str, uid: int, flags: Sequence[str], folder: str = "INBOX") -> None:
        with self._lock:
            client = self.client(user)
            client.select_folder(folder)
            client.set_flags([uid], list(flags), silent=True)
            client.unselect_folder()

    def flags(self, user: str, uid: int, folder: str = "INBOX") -> set[str]:
        """A mail's flags and keywords, without ``\\Recent``."""
        with self._lock:
            client = self.client(user)
            client.select_folder(folder, readonly=True)
            flags = client.get_flags([uid])[uid]
            client.unselect_folder()
        return {flag.decode() for flag in flags} - {"\\Recent"}

    def count(self, user: str, folder: str = "INBOX") -> int:
        return self._status(user, folder, "MESSAGES")

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        return self._status(user, folder, "UIDVALIDITY")

    def set_uidvalidity(self, user: str, folder: str, value: int) -> None:
        """Give a folder a new UIDVALIDITY, as a restored backup would; sessions are cut off."""
        with self._lock:
            self.kill_sessions()
            path = self._maildir(user, folder)
            listing = path / "dovecot-uidlist"
            head, _, rest = listing.read_text().partition("\n")
            fields = [f"V{value}" if part.startswith("V") else part for part in head.split(" ")]
            listing.write_text(" ".join(fields) + "\n" + rest)
            for index in path.glob("dovecot.index*"):
                index.unlink()

    def client(self, user: str) -> IMAPClient:
        """A logged-in client of this module's own, kept between calls."""
        with self._lock:
            if user not in self._clients:
                client = IMAPClient(self.address, self.port, ssl=False, timeout=PATIENCE)
                client.login(user, self.password(user))
                self._clients[user] = client
            return self._clients[user]

    def _status(self, user: str, folder: str, item: str) -> int:
        with self._lock:
            answer: dict[bytes, Any] = self.client(user).folder_status(folder, [item])
        return int(answer[item.encode()])

    def _maildir(self, user: str, folder: str) -> Path:
        home = self.root / "mail" / user / "Maildir"
        return home if folder == "INBOX" else home / ("." + folder.replace("/", "."))

    def _forget_clients(self) -> None:
        with self._lock:
            for client in self._clients.values():
                try:
                    client.shutdown()
                except OSError:
                    continue
            self._clients.clear()

    def _greets(self) -> bool:
        try:
            with socket.create_connection((self.address, self.port), timeout=5) as sock:
                return sock.recv(4).startswith(b"* OK")
        except OSError:
            return False

    def _write_files(self) -> None:
        account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.root.chmod(0o755)
        for user in self.users:
            (self.root / "mail" / user).mkdir(parents=True)
        for path in (self.root / "mail", *(self.root / "mail").iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
        lines = [f"{user}:{self.password(user)}\n" for user in self.users]
        (self.root / "users").write_text("".join(lines))
        self._write_certificate()
        config = CONFIG.format(
            root=self.root,
            address=self.address,
            port=self.port,
            tls_port=self.tls_port,
            uid=account.pw_uid,
            gid=account.pw_gid,
            accounts=_accounts(account),
            capability=self._settings,
        )
        (self.root / "dovecot.conf").write_text(config)

    def _write_certificate(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        certificate = authority.issue_cert("localhost", self.address)
        chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
        (self.root / "server.pem").write_bytes(chain)
        certificate.private_key_pem.write_to_path(str(self.root / "server.key"))

    def trusting(self) -> ssl.SSLContext:
        """A TLS context that trusts this server and no other."""
        return ssl.create_default_context(cafile=str(self.ca_file))


def _accounts(account: pwd.struct_passwd) -> str:
    """Who the server's processes run as: the packaged accounts as root, else ourselves."""
    if os.getuid() == 0:
        return "default_internal_user = dovecot\ndefault_login_user = dovenull"
    name = account.pw_name
    group = grp.getgrgid(account.pw_gid).gr_name
    return (
        f"default_internal_user = {name}\ndefault_login_user = {name}\n"
        f"default_internal_group = {group}\nfirst_valid_uid = 1"
    )


def _children(parent: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _stat(pid)[1:2] == [str(parent)]]


def _runs(pid: int) -> bool:
    """Whether it is there and more than an entry that nobody has asked for."""
    return _stat(pid)[:1] not in ([], ["Z"])


def _stat(pid: int) -> list[str]:
    """State, parent and so on, see proc(5); empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
