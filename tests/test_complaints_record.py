"""Records: filled in, found wanting, changed in the open; remedies within authority."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.complaints import BOOK, FILLED, MANAGER, NOW, POINT, REP, SUPERVISOR, a_case, a_mail
from tests.complaints import revision as revision_of
from triage import complaints
from triage.complaints import Fault, How, Record, RemedyState, Side
from triage.duty import Role
from triage.errors import ActRefused
from triage.store import Database
from triage.store import complaints as store

EMPTY = Record(1001, "Dana", "dana@customer.example", NOW, How.MAIL)


def whole() -> Record:
    record = complaints.edited(EMPTY, FILLED, BOOK, NOW)
    record = complaints.with_fact(
        record, "customer", "Nobody rang.", who="pat", now=NOW, internal=False
    )
    record = complaints.with_fact(
        record, "ours", "The truck broke down.", who="pat", now=NOW, internal=False
    )
    return replace(record, remedy=complaints.proposed(BOOK, "apology", None, "pat", ()))


def test_p10_a_whole_record_lacks_nothing_and_each_gap_is_named() -> None:
    assert complaints.missing(whole(), BOOK.to_close) == ()
    assert complaints.missing(whole(), BOOK.to_report) == ()
    gaps = {
        "customer_name": replace(whole(), customer_name=" "),
        "contact": replace(whole(), contact=""),
        "reported_at": replace(whole(), reported_at=None),
        "happened": replace(whole(), happened=""),
        "cause": replace(whole(), cause=None),
        "product": replace(whole(), product=None),
        "team": replace(whole(), team=None),
        "fault": replace(whole(), fault=Fault.UNKNOWN),
        "customer_facts": replace(whole(), facts=whole().facts[1:]),
        "our_facts": replace(whole(), facts=whole().facts[:1]),
        "remedy": replace(whole(), remedy=None),
        "ending": replace(whole(), ending=None),
        "resolution": replace(whole(), resolution=""),
    }
    assert {*gaps, "how"} == set(BOOK.to_close)
    for name, record in gaps.items():
        assert complaints.missing(record, BOOK.to_close) == (name,)


def test_a_remedy_that_waits_for_approval_is_missing() -> None:
    remedy = complaints.proposed(BOOK, "refund", Decimal(26), "pat", REP)
    record = replace(whole(), remedy=remedy)
    assert complaints.missing(record, BOOK.to_close) == ("remedy",)
    decided = complaints.decided(BOOK, remedy, approve=False, who="max", roles=MANAGER, now=NOW)
    assert complaints.missing(replace(record, remedy=decided), BOOK.to_close) == ()


@pytest.mark.parametrize(
    ("amount", "roles", "needs"),
    [
        ("25", REP, None),
        ("25.01", REP, Role.POINT),
        ("100", POINT, None),
        ("100.01", POINT, Role.SUPERVISOR),
        ("500", SUPERVISOR, None),
        ("500.01", SUPERVISOR, Role.MANAGER),
        ("999999999", MANAGER, None),
        ("0.01", (), Role.REP),
    ],
)
def test_p10_above_ones_authority_is_deferred_upward(
    amount: str, roles: tuple[Role, ...], needs: Role | None
) -> None:
    remedy = complaints.proposed(BOOK, "refund", complaints.amount_of(amount), "pat", roles)
    assert remedy.needs == needs
    assert remedy.state is (RemedyState.DEFERRED if needs else RemedyState.GRANTED)


def test_who_may_not_grant_it_may_not_approve_it() -> None:
    remedy = complaints.proposed(BOOK, "refund", Decimal(501), "pat", REP)
    for roles in (REP, POINT, SUPERVISOR, ()):
        with pytest.raises(ActRefused, match="approval of a manager"):
            complaints.decided(BOOK, remedy, approve=True, who="pat", roles=roles, now=NOW)
    approved = complaints.decided(BOOK, remedy, approve=True, who="max", roles=MANAGER, now=NOW)
    assert (approved.state, approved.decided_by) == (RemedyState.APPROVED, "max")
    with pytest.raises(ActRefused, match="none waits"):
        complaints.decided(BOOK, approved, approve=True, who="max", roles=MANAGER, now=NOW)


@settings(deadline=None)
@given(st.decimals("0.01", "1000", places=2), st.sets(st.sampled_from(Role)))
def test_a_sum_is_granted_or_waits_for_a_role_that_may(amount: Decimal, roles: set[Role]) -> None:
    remedy = complaints.proposed(BOOK, "credit", amount, "pat", tuple(roles))
    if remedy.state is RemedyState.GRANTED:
        limit = BOOK.limit(tuple(roles))
        assert limit is not None
        assert limit.covers(amount)
    else:
        assert remedy.needs is not None
        decided = complaints.decided(
            BOOK, remedy, approve=True, who="x", roles=(remedy.needs,), now=NOW
        )
        assert decided.state is RemedyState.APPROVED


@pytest.mark.parametrize("text", ["", "0", "0.00", "-1", "1.234", "1e9", "NaN", "2,5", "٢٥", "1 "])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(ActRefused, match="amount"):
        complaints.amount_of(text)


@pytest.mark.parametrize(
    ("kind", "amount"), [("apology", Decimal(1)), ("refund", None), ("x", None)]
)
def test_a_remedy_that_does_not_fit_is_refused(kind: str, amount: Decimal | None) -> None:
    with pytest.raises(ActRefused):
        complaints.proposed(BOOK, kind, amount, "pat", MANAGER)


def test_every_wrong_field_is_named_and_nothing_is_taken() -> None:
    wrong = {
        "cause": "nonsense",
        "reported_at": "yesterday",
        "fault": "mine",
        "happened": "x" * 10_001,
        "remedy": "refund",
        "case_id": "7",
        "lesson": "This one is fine.",
    }
    with pytest.raises(ActRefused) as refusal:
        complaints.edited(EMPTY, wrong, BOOK, NOW)
    assert set(refusal.value.missing) == set(wrong) - {"lesson"}


@pytest.mark.parametrize(
    "time", ["2026-03-04T09:00:00", (NOW + timedelta(hours=1)).isoformat(), "1999-01-01T00:00Z"]
)
def test_a_time_without_offset_or_out_of_reach_is_refused(time: str) -> None:
    with pytest.raises(ActRefused, match="reported_at"):
        complaints.edited(EMPTY, {"reported_at": time}, BOOK, NOW)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(complaints.FIELDS), st.text(max_size=30)))
def test_whatever_is_written_is_taken_or_refused(changes: dict[str, str]) -> None:
    try:
        after = complaints.edited(EMPTY, changes, BOOK, NOW)
    except ActRefused as refusal:
        assert set(refusal.missing) <= set(changes)
    else:
        assert "\0" not in repr(after)


def test_p14_an_old_record_keeps_its_words_when_the_file_changes(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
        store.edit(
            tx, case_id, {"cause": "late", "team": "shipping"}, BOOK, seen=0, who="pat", now=NOW
        )
    text = (Path(complaints.__file__).parent / "complaints.toml").read_text(encoding="utf-8")
    newer = tmp_path / "complaints.toml"
    newer.write_text(
        text.replace('id = "late"', 'id = "tardy"').replace('name = "Shipping"', 'name = "Depot"')
    )
    book = complaints.load(newer)
    with database.transaction() as tx:
        after = store.edit(
            tx,
            case_id,
            {"cause": "late", "team": "shipping", "lesson": "x"},
            book,
            seen=9,
            who="pat",
            now=NOW,
        )
    assert after.cause == complaints.Choice("late", "Late delivery", "Delivery")
    assert after.team == complaints.Choice("shipping", "Shipping")


def test_a_record_begins_with_what_the_case_says(database: Database) -> None:
    with database.transaction() as tx:
        assert store.of_case(tx, 4711) is None
        case_id = a_case(tx, source="call", phone="+49 30 1234567")
        a_mail(tx, case_id, "Where is it?")
        record = store.of_case(tx, case_id)
    assert record == Record(
        case_id,
        "Dana Reyes",
        "dana@customer.example, +49 30 1234567",
        NOW - timedelta(hours=2),
        How.CALL,
    )


def test_what_was_written_is_read_back(database: Database) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
        store.edit(tx, case_id, FILLED, BOOK, seen=0, who="pat", now=NOW)
        store.add_fact(
            tx, case_id, "papers", "No call in the log.", who="pat", now=NOW, internal=True
        )
        made = store.propose(
            tx, case_id, "refund", Decimal(120), BOOK, seen=9, who="pat", roles=POINT, now=NOW
        )
        assert store.of_case(tx, case_id) == made
        assert [one.needs for one in store.deferred(tx)] == ["supervisor"]
        made = store.decide(
            tx, case_id, BOOK, approve=True, seen=9, who="sue", roles=SUPERVISOR, now=NOW
        )
        assert store.of_case(tx, case_id) == made
        assert store.deferred(tx) == []
    assert made.facts[0].side is Side.PAPERS
    assert made.remedy is not None
    assert made.remedy.decided_at == NOW


def test_every_change_is_in_the_history_from_and_to(database: Database) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
        store.edit(tx, case_id, {"cause": "late"}, BOOK, seen=0, who="pat", now=NOW)
        store.edit(
            tx, case_id, {"cause": "lost", "fault": "ours"}, BOOK, seen=1, who="sam", now=NOW
        )
        store.edit(
            tx, case_id, {"cause": "lost"}, BOOK, seen=2, who="sam", now=NOW
        )  # nothing changes
        store.propose(
            tx, case_id, "refund", Decimal(30), BOOK, seen=2, who="pat", roles=REP, now=NOW
        )
        store.decide(tx, case_id, BOOK, approve=False, seen=3, who="sam", roles=POINT, now=NOW)
        events = tx.execute("select who, what, data from event order by place").fetchall()
    assert events == [
        ("pat", "record changed", {"changed": {"cause": {"from": "", "to": "Late delivery"}}}),
        (
            "sam",
            "record changed",
            {
                "changed": {
                    "cause": {"from": "Late delivery", "to": "Lost or damaged on the way"},
                    "fault": {"from": "not known yet", "to": "ours"},
                }
            },
        ),
        (
            "pat",
            "remedy proposed",
            {
                "from": "",
                "to": "Refund 30.00 EUR, deferred upward",
                "state": "deferred upward",
                "needs": "point",
            },
        ),
        (
            "sam",
            "remedy decided",
            {
                "from": "Refund 30.00 EUR, deferred upward",
                "to": "Refund 30.00 EUR, refused",
                "state": "refused",
                "needs": "point",
            },
        ),
    ]


def test_a_change_made_on_an_old_sight_is_refused_only_where_it_collides(
    database: Database,
) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
    seen = revision_of(database, case_id)
    with database.transaction() as tx:
        store.edit(tx, case_id, {"lesson": "One"}, BOOK, seen=seen, who="pat", now=NOW)
    with database.transaction() as tx:
        store.edit(tx, case_id, {"resolution": "Sent"}, BOOK, seen=seen, who="sam", now=NOW)
    with (
        pytest.raises(store.ChangedMeanwhile, match="pat changed it meanwhile: lesson") as refusal,
        database.transaction() as tx,
    ):
        store.edit(tx, case_id, {"lesson": "Two"}, BOOK, seen=seen, who="sam", now=NOW)
    assert refusal.value.missing == ("lesson",)
    with database.transaction() as tx:
        record = store.of_case(tx, case_id)
        assert record is not None
        assert (record.lesson, record.resolution) == ("One", "Sent")
        store.edit(
            tx, case_id, {"lesson": "Two"}, BOOK, seen=refusal.value.revision, who="sam", now=NOW
        )


def test_two_do_not_decide_on_one_remedy(database: Database) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
        store.propose(
            tx, case_id, "refund", Decimal(30), BOOK, seen=0, who="pat", roles=REP, now=NOW
        )
    seen = revision_of(database, case_id)
    with database.transaction() as tx:
        store.decide(tx, case_id, BOOK, approve=True, seen=seen, who="sam", roles=POINT, now=NOW)
    with pytest.raises(store.ChangedMeanwhile, match="sam"), database.transaction() as tx:
        store.decide(tx, case_id, BOOK, approve=False, seen=seen, who="sue", roles=MANAGER, now=NOW)


def test_a_record_of_no_case_is_refused(database: Database) -> None:
    with pytest.raises(ActRefused, match="no case 7"), database.transaction() as tx:
        store.edit(tx, 7, {"lesson": "x"}, BOOK, seen=0, who="pat", now=NOW)
