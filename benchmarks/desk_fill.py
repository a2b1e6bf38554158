"""A desk's years of work, straight into the tables: mails, flags, cases with clocks and history."""

from psycopg.types.json import Jsonb

from tests import readings
from triage.store import Database

UNSCORED = 50
"""Every so many-th mail is one that only a person can read."""
OPEN = 2
"""Every so many-th case is open."""
PLACES = ("flagged", "acknowledged", "answered", "reminded")
"""The history of every case."""
_TIMETABLE = {
    "name": "high",
    "at_once": 1,
    "every_channel": False,
    "repeat": 600,
    "tries": 1,
    "ceiling": 900,
    "answer": 7200,
    "progress": 86400,
    "outcome": 172800,
    "confirm": 172800,
    "confirm_tries": 3,
    "manager": 14400,
    "working_hours": False,
}
_TEXT = (
    " has been wrong since Tuesday and nobody answers. I rang three times and was told three"
    " different things. This is the last time that I ask: put it right or give me a refund, and"
    " tell me by tomorrow which of the two it is. "
)


def fill(database: Database, mails: int, flags: int) -> None:
    """``flags`` cases, one in ``OPEN`` of them open, each of its own mail among ``mails``."""
    with database.transaction() as tx:
        tx.execute("set local session_replication_role = replica")  # the triggers' work is below
        for statement in (_CASES, _MAILS, _ASSESSMENTS, _LEDGER, _FLAGS, _NOTICES, _CLOCKS):
            tx.execute(
                statement,
                {
                    "mails": mails,
                    "flags": flags,
                    "unscored": UNSCORED,
                    "open": OPEN,
                    "timetable": Jsonb(_TIMETABLE),
                    "text": _TEXT,
                    "scores": Jsonb(readings.scores(upset=0.9, angry=0.8).as_dict()),
                    "evidence": Jsonb(_evidence()),
                },
            )
        for place, what in enumerate(PLACES, start=1):
            tx.execute(_EVENTS, [what, place])
            tx.execute("update event set hash = event_hash(event) where place = %s", [place])
            tx.execute(
                """update cases set head = event.hash, revision = place from event
                   where case_id = cases.id and place = %s""",
                [place],
            )
        tx.execute(
            "insert into mailbox (mailbox, folder, since, state, seen_at) values"
            " ('support', 'INBOX', now(), 'waiting', now())"
        )
        tx.execute("select count(index_case(id)) from cases")
    with database.pool.connection() as connection:
        connection.autocommit = True
        connection.execute("vacuum analyze")
        connection.autocommit = False


def _evidence() -> list[dict[str, object]]:
    said = "nobody answers"
    return [{"text": said, "start": 30, "end": 30 + len(said), "signal": "angry", "weight": 0.5}]


_CASES = """
insert into cases (customer_name, customer_address, subject, severity, status, rule, owner,
                   timetable, opened_at, changed_at, ended_at)
select 'Customer ' || n, 'c' || n %% 20000 || '@customer.example', 'Order ' || n,
       case when n %% 500 = 0 then 'emergency' when n %% 3 = 0 then 'high' else 'normal' end,
       case when n %% %(open)s = 0 then 'acknowledged' else 'closed' end, 'angry',
       (array['pat@desk.example', 'kim@desk.example', null])[1 + n %% 3], %(timetable)s,
       now() - make_interval(mins => (%(flags)s - n) * 20),
       now() - make_interval(mins => (%(flags)s - n) * 20),
       case when n %% %(open)s > 0 then now() - make_interval(mins => (%(flags)s - n) * 19) end
from generate_series(1, %(flags)s) as n
"""
_MAILS = """
insert into mail (digest, received, size, message_id, sender_name, sender_address, subject, text,
                  kind, language, outcome, severity, rule, case_id)
select 'd' || n, now() - make_interval(secs => (%(mails)s - n) * 60), 900,
       n || '@customer.example', 'Customer ' || n, 'c' || n %% 20000 || '@customer.example',
       'Order ' || n, 'Order ' || n || repeat(%(text)s, 2), 'customer', 'en',
       case when n <= %(flags)s then 'flag' when n %% %(unscored)s = 0 then 'unscored'
            else 'pass' end,
       case when n <= %(flags)s then 'high' end, 'angry',
       case when n <= %(flags)s then 1000 + n end
from generate_series(1, %(mails)s) as n
"""
_ASSESSMENTS = """
insert into assessment (mail_id, model, scores, evidence)
select id, 'mood-1.2', %(scores)s,
       case when outcome = 'flag' then %(evidence)s::jsonb else '[]' end
from mail where outcome <> 'unscored'
"""
_LEDGER = """
insert into ledger (mailbox, folder, uidvalidity, uid, outcome, mail_id, received)
select 'support', 'INBOX', 1, id, outcome, id, received from mail
"""
_FLAGS = """
insert into flag (case_id, mail_id, severity, rule, because, at)
select case_id, id, 'high', 'angry', 'The customer is angry with us.', received
from mail where outcome = 'flag'
"""
_NOTICES = """
insert into notice (key, flag_id, case_id, person, recipient, state, created_at)
select 'n' || id, id, case_id, 'pat@desk.example', 'Pat <pat@desk.example>', 'sent', at from flag
"""
_CLOCKS = """
insert into clock (case_id, kind, due, since)
select id, kind, opened_at + late, opened_at + late
from cases, (values ('answer', interval '40 days'), ('outcome', interval '300 days'))
     as running (kind, late)
where ended_at is null
"""
_EVENTS = """
insert into event (case_id, at, who, what, data, place, before, hash)
select id, opened_at, 'pat@desk.example', %s, '{"mail": 1}', %s, head, '' from cases order by id
"""
