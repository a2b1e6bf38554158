"""The process of the demo's mail server; ``imap_server`` starts and stops it."""

import asyncio
import sys
from argparse import Namespace
from pathlib import Path

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.maildir import Config, Identity, MaildirBackend
from pymap.imap import IMAPServer
from pymap.user import Passwords, UserMetadata

from triage.demo.imap_server import HOST, USER


async def serve(folder: Path) -> None:
    """Serve until standard input ends: the password comes in on it, the port goes out."""
    for lock in folder.rglob("*.lock"):  # left by a server that was killed; there is no other
        lock.unlink()
    backend, config = await MaildirBackend.init(_arguments(folder))
    config.apply_context()
    await _admit(backend, config, sys.stdin.readline().strip())
    sessions = IMAPServer(backend.login, config)
    callback = ProxyProtocolReader(config.proxy_protocol).get_callback(sessions)
    server = await asyncio.start_server(callback, HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - what our parent reads
    await asyncio.to_thread(sys.stdin.read)


async def _admit(backend: MaildirBackend, config: Config, password: str) -> None:
    """Give the one account the password of this start."""
    coded = await Passwords(config).hash_password(password)
    account = Identity(config, backend.login.tokens, USER, None, frozenset({"admin"}))
    await account.set(UserMetadata(config, USER, password=coded))


def _arguments(folder: Path) -> Namespace:
    """What pymap's command line would have come to."""
    return Namespace(
        base_dir=str(folder),
        layout="++",
        colon=None,
        concurrency=None,
        host=HOST,
        port=0,
        tls=False,
        cert=None,
        key=None,
        debug=False,
        proxy_protocol=None,
        passlib_cfg=None,
    )


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
