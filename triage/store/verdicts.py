"""What people say of the signals read in a mail, and mails as rows to train on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from triage.store.database import Transaction
from triage.types import SIGNALS

ANGER = ("calm", "upset", "angry", "irate")
"""The anger levels, 0 to 3."""
YES_NO = ("no", "yes")
_BATCH = 200


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """``it_was`` is one of ``ANGER`` for the anger signals, one of ``YES_NO`` for others. ``model``
    and ``score`` are what it is a verdict on; ``who`` is a login."""

    mail_id: int
    signal: str
    is_right: bool
    it_was: str
    who: str
    at: datetime
    model: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail with all verdicts on it; ``scores`` are the model's."""

    mail_id: int
    subject: str
    text: str
    kind: str
    language: str
    model: str
    scores: dict[str, float] | None
    verdicts: list[dict[str, str]]


def give(tx: Transaction, verdict: VerdictRow, account_id: int) -> None:
    """The last word holds."""
    tx.execute(
        """insert into verdict
             (mail_id, signal, is_right, it_was, account_id, who, at, model, score)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
           on conflict (mail_id, signal) do update set is_right = excluded.is_right,
             it_was = excluded.it_was, account_id = excluded.account_id, who = excluded.who,
             at = excluded.at, model = excluded.model, score = excluded.score""",
        [
            verdict.mail_id,
            verdict.signal,
            verdict.is_right,
            verdict.it_was,
            account_id,
            verdict.who,
            verdict.at,
            verdict.model,
            verdict.score,
        ],
    )


def take_back(tx: Transaction, mail_id: int, signal: str) -> bool:
    """Whether there was one."""
    gone = tx.execute("delete from verdict where mail_id = %s and signal = %s", [mail_id, signal])
    return gone.rowcount == 1


def of_mail(tx: Transaction, mail_id: int) -> list[VerdictRow]:
    return of_mails(tx, [mail_id])


def of_mails(tx: Transaction, mail_ids: list[int]) -> list[VerdictRow]:
    with tx.cursor(row_factory=class_row(VerdictRow)) as cursor:
        return cursor.execute(
            """select mail_id, signal, is_right, it_was, who, at, model, score from verdict
               where mail_id = any(%s) order by mail_id, signal""",
            [mail_ids],
        ).fetchall()


def read_of(tx: Transaction, mail_id: int) -> tuple[str, Mapping[str, float]] | None:
    """The model that read a mail and what it read, both empty where none did; ``None`` where
    there is no such mail."""
    row = tx.execute(
        """select coalesce(model, ''), coalesce(scores, '{}') from mail
           left join assessment on assessment.mail_id = mail.id where mail.id = %s""",
        [mail_id],
    ).fetchone()
    return (str(row[0]), row[1]) if row else None


def stream(tx: Transaction, since: datetime | None = None) -> Iterator[Judged]:
    """Mails with a verdict, newest first, fetched as they are taken; ``since`` bounds the time of
    the verdict. The transaction must stay open until the last."""
    with tx.cursor(name="judged_mail", row_factory=class_row(Judged)) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_JUDGED, {"since": since})
        yield from cursor


def as_label(judged: Judged, thresholds: Mapping[str, float]) -> dict[str, object]:
    """A row in the format of ``docs/labels.md``: what people said, and for the rest what the model
    read, of which ``unsure`` gives the fields."""
    said = {one["signal"]: one["it_was"] for one in judged.verdicts}
    scores = judged.scores or {}
    read = {s: scores.get(s, 0.0) >= thresholds.get(s, 0.5) for s in SIGNALS}
    angers = [one["it_was"] for one in judged.verdicts if one["signal"] in ANGER]
    level = ANGER.index(angers[-1]) if angers else sum(read[s] for s in ANGER[1:])
    kinds = {"customer": "customer", "bulk": "bulk", "own": "internal"}
    others = {s: said[s] == "yes" if s in said else read[s] for s in SIGNALS[3:]}
    unsure = [*([] if angers else ["anger"]), *(s for s in others if s not in said)]
    return {
        "id": f"verdict-{judged.mail_id}",
        "subject": judged.subject,
        "body": judged.text,
        "kind": kinds.get(judged.kind, "auto"),
        "anger": level,
        **others,
        "unsure": unsure,
        "model": judged.model,
    }


_JUDGED = """
select mail.id as mail_id, subject, text, kind, language, coalesce(assessment.model, '') as model,
       assessment.scores, given.verdicts
from (
    select mail_id, max(at) as at, jsonb_agg(jsonb_build_object(
        'signal', signal, 'it_was', it_was, 'at', at) order by at) as verdicts
    from verdict group by mail_id
) as given
join mail on mail.id = given.mail_id left join assessment on assessment.mail_id = mail.id
where %(since)s::timestamptz is null or given.at >= %(since)s
order by given.at desc, mail.id desc
"""
