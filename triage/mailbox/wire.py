"""imaplib's connection with limits: a server may be slow, broken or hostile, never boundless.

imaplib reads a literal of any announced size and any number of lines, and its timeout covers one
``recv`` only, so a byte a minute holds a reader for ever. Here each command has an allowance of
bytes and of time, renewed whenever we send.
"""

import imaplib
import select
import socket
import ssl
import time
from threading import Event

SLOWEST = 4 * 2**10
"""Bytes a second below which a server counts as stuck."""

PATIENCE = 4
"""Timeouts a whole answer may take, besides the time its bytes need at ``SLOWEST``."""

_CHUNK = 256 * 2**10
_SLICE = 0.25


class Wire(imaplib.IMAP4):
    """A plain or TLS connection. ``allowance`` is in bytes a command, ``timeout`` in seconds."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, timeout: float, allowance: int
    ) -> None:
        self._tls = tls
        self._patience = timeout
        self._allowance = allowance
        self._buffer = bytearray()
        self._received = 0
        self._asked = time.monotonic()
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._source = sock
            if self._tls is None:
                return sock
            self._source = self._tls.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise
        return self._source

    def send(self, data: bytes) -> None:  # type: ignore[override]
        if self.sock is not self._source:
            # STARTTLS has just wrapped the socket; what came before it is not to be believed.
            if self._buffer:
                raise self.abort("the server sent plain text into the TLS handshake")
            self._source = self.sock
        self._received = 0
        self._asked = time.monotonic()
        super().send(data)

    def read(self, size: int) -> bytes:
        if size > self._allowance:
            raise self.abort(f"the server announced {size} bytes at once")
        while len(self._buffer) < size:
            self._fill()
        return self._take(size)

    def readline(self) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            self._fill()
        return self._take(end + 1)

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return taken

    def _fill(self) -> None:
        data = self.sock.recv(_CHUNK)
        if not data:
            raise self.abort("the server closed the connection")
        self._buffer += data
        self._received += len(data)
        if self._received > self._allowance:
            raise self.abort(f"the answer is larger than {self._allowance} bytes")
        taken = time.monotonic() - self._asked
        if taken > PATIENCE * self._patience + self._received / SLOWEST:
            raise self.abort(f"the answer is too slow: {self._received} bytes in {taken:.0f} s")

    def wait_readable(self, seconds: float, stop: Event) -> bool:
        """Whether the server says something (or hangs up) before time or ``stop``."""
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        end = time.monotonic() + seconds
        while not stop.is_set():
            if self._buffer or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
                return True
            left = end - time.monotonic()
            if left <= 0:
                return False
            if poller.poll(min(left, _SLICE) * 1000):
                return True
        return False

    def _log(self, line: str) -> None:
        """imaplib keeps the last commands, LOGIN with its password among them: not here."""
