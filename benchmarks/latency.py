"""From a mail's arrival in the mailbox to the mail server's 250 for its notice.

The whole program as its own process (watch, work and serve in one) on the bundled database;
mails arrive at a steady rate, each is flagged. Limits: p50 under 1 s, p99 under 3 s.

    python -m benchmarks.latency [--mails 300] [--rate 5]
"""

import argparse
import re
import tempfile
from pathlib import Path
from time import sleep, time

import numpy as np

from benchmarks.mails import as_mail
from tests import house
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Received, SmtpServer

TEXT = (
    "You have lied to me for the third time and I have had enough of your incompetent staff. "
    "I want to speak to a manager today."
)
WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--rate", type=float, default=5.0)
    options = parser.parse_args()
    with (
        Dovecot() as imap,
        SmtpServer() as smtp,
        tempfile.TemporaryDirectory(prefix="triage-") as folder,
    ):
        settings = house.write_settings(Path(folder), imap, smtp)
        program = house.start("run", settings, "")
        try:
            sent = _append(imap, WARM_UP, 1.0, first=0)
            smtp.wait_for(WARM_UP, 60)
            sent |= _append(imap, options.mails, options.rate, first=WARM_UP)
            received = smtp.wait_for(WARM_UP + options.mails, 120)
        finally:
            house.stop(program)
    arrived = {_number(mail): mail.arrived for mail in reversed(received)}  # the first of each
    delays = [at - sent[number] for number, at in arrived.items() if number >= WARM_UP]
    p50, p99 = np.percentile(delays, [50, 99])
    print(f"{options.mails} flagged mails at {options.rate:g} a second, {len(delays)} notices")
    print(f"append to 250: p50 {p50:.3f} s (limit 1 s), p99 {p99:.3f} s (limit 3 s)")
    print(f"worst {max(delays):.3f} s")


def _number(mail: Received) -> int:
    """Which customer's mail a notice tells of."""
    found = re.search(r"Customer (\d+)", str(mail.message["Subject"]))
    assert found is not None
    return int(found[1])


def _append(imap: Dovecot, count: int, rate: float, first: int) -> dict[int, float]:
    """Mails at a steady rate; number -> when the server had it."""
    sent: dict[int, float] = {}
    start = time()
    for number in range(first, first + count):
        sleep(max(0.0, start + (number - first) / rate - time()))
        sent[number] = time()
        imap.append("desk", as_mail(number, f"order {number}", f"{TEXT} Order {number}."))
    return sent


if __name__ == "__main__":
    main()
