"""What strangers may write, and records filled with it."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from triage.notify import Envelope

HOSTILE = st.one_of(
    st.text(max_size=300),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Mn", "Lo"]), max_size=300),
    st.sampled_from(
        [
            "x\r\nBcc: victim@example.org",
            "x\n\nbody",
            "=?utf-8?q?x=0D=0ABcc:_v@example.org?=",
            "=?utf-8?b?DQpCY2M6IHZAZXhhbXBsZS5vcmc=?=",
            "=?unknown?q?=ff?=",
            "=??Q?=0D",
            "==??Q?=0D",
            "\udcff\udc80 raw",
            "\u202egnp.exe",
            "a\u2028b\u2029c\x85d\x1ce",
            "Z" + "\u0300" * 500,
            "é" * 2000,
            "wörd " * 200,
            '"quoted, <a@b>" (c)',
            "{{ 7*7 }}{% raw %}",
        ]
    ),
)


def poisoned(record: Any, texts: Iterator[str]) -> Any:
    """The record with every text in it, at any depth, replaced by the next of ``texts``; its
    envelope, its links and what is a choice of ours are as they were."""
    if isinstance(record, Envelope):
        return record
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        values = {
            field.name: poisoned(getattr(record, field.name), texts)
            for field in dataclasses.fields(record)
            if field.name != "link" and "Literal" not in str(field.type)
        }
        return dataclasses.replace(record, **values)
    if isinstance(record, tuple):
        return tuple(poisoned(one, texts) for one in record)
    return next(texts) if type(record) is str else record
