"""Mails for the benchmarks: the project's own, as often as needed, each with bytes of its own."""

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

_DATA = Path(__file__).resolve().parent.parent / "training" / "data"


def own_mails(count: int) -> Iterator[bytes]:
    """``count`` RFC 822 mails in a fixed order, nine calm ones to one angry."""
    rows = [json.loads(line) for file in sorted(_DATA.glob("?.jsonl")) for line in file.open()]
    customers = [row for row in rows if row.get("kind", "customer") == "customer"]
    calm = cycle(row for row in customers if row["anger"] == 0 and not row["complaint"])
    angry = cycle(row for row in customers if row["anger"] >= 2)
    for number in range(1, count + 1):
        row = next(calm if number % 10 else angry)
        yield as_mail(number, row["subject"], row["body"])


def as_mail(number: int, subject: str, body: str) -> bytes:
    subject = " ".join(subject.split())
    return (
        f"From: Customer {number} <c{number}@customer.example>\r\n"
        f"To: support@desk.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{number}@customer.example>\r\n"
        "Date: Mon, 02 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + body.replace("\n", "\r\n")
        + "\r\n"
    ).encode()
