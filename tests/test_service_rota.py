import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.roomy import PEOPLE, client_of, everybody, text_of, wall
from tests.service_client import client_as
from triage import duty
from triage.duty import Role
from triage.duty.ical import calendar_of
from triage.rota import RotaInForce
from triage.store import Database
from triage.store import rota as store

NOW = datetime.now(UTC)
LATER = {"from": wall(NOW + timedelta(days=1)), "until": wall(NOW + timedelta(days=3))}


def states(database: Database) -> list[tuple[str, str, str]]:
    with database.transaction() as tx:
        rows = tx.execute("select kind, person, state from rota_change order by id").fetchall()
    return [(str(kind), str(person), str(state)) for kind, person, state in rows]


def in_force(database: Database) -> RotaInForce:
    return RotaInForce(lambda: PEOPLE, database, every=0)


def on_duty(database: Database, moment: datetime, role: Role = Role.POINT) -> str:
    return duty.on_duty(in_force(database)(), role, moment).person.id


def swap(client: Any, **changes: str) -> Any:
    sent = {"role": "point", "person": "pat", "other": "sam", "note": "Dentist", **LATER}
    return client.post("/rota/swap", data=sent | changes)


def test_the_rota_says_who_is_there_and_who_comes(database: Database) -> None:
    page = client_as(database, "rep").get("/rota").text
    everyday = text_of(everybody(database).get("/rota").text)
    assert "Point now" in everyday
    assert any(one.name in everyday for one in PEOPLE.with_role(Role.POINT))
    assert "<svg" in everybody(database).get("/rota").text
    assert page


def test_a_swap_is_asked_for_accepted_and_followed(database: Database) -> None:
    pat, sam = client_of(database, "pat", "point"), client_of(database, "sam", "point")
    kim = client_of(database, "kim", "point")
    moment = NOW + timedelta(days=2)
    before = on_duty(database, moment)
    assert swap(pat).headers["location"] == "/rota?role=point&said=asked"
    assert states(database) == [("swap", "pat", "asked")]
    assert on_duty(database, moment) == before
    assert "Accept" not in text_of(pat.get("/rota").text)
    assert kim.post("/rota/changes/1", data={"do": "accept"}).status_code == 422
    assert "Accept" in text_of(sam.get("/rota").text)
    assert sam.post("/rota/changes/1", data={"do": "accept"}).status_code == 303
    assert states(database) == [("swap", "pat", "in force")]
    turned = {"pat": "sam", "sam": "pat"}.get(before, before)
    assert on_duty(database, moment) == turned
    assert sam.post("/rota/changes/1", data={"do": "decline"}).status_code == 422
    assert pat.post("/rota/changes/1", data={"do": "withdraw"}).status_code == 303
    assert on_duty(database, moment) == before


def test_a_swap_is_declined(database: Database) -> None:
    pat, sam = client_of(database, "pat", "point"), client_of(database, "sam", "point")
    swap(pat)
    assert pat.post("/rota/changes/1", data={"do": "accept"}).status_code == 422
    assert sam.post("/rota/changes/1", data={"do": "decline"}).status_code == 303
    assert states(database) == [("swap", "pat", "declined")]


def test_nobody_swaps_the_turns_of_others_but_who_may_change_the_rota(database: Database) -> None:
    assert swap(client_of(database, "kim", "point")).status_code == 422
    assert states(database) == []
    robin = client_of(database, "robin", "supervisor")
    assert swap(robin).headers["location"].endswith("said=set")
    assert states(database) == [("swap", "pat", "in force")]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"other": "pat"}, "swap-other"),
        ({"other": "nobody"}, "swap-other"),
        ({"other": "morgan"}, "swap-other"),
        ({"from": ""}, "swap-from"),
        ({"from": "soon", "until": "later"}, "swap-until"),
        ({"until": LATER["from"]}, "swap-until"),
        ({"from": "2020-01-01T00:00", "until": "2020-01-02T00:00"}, "swap-until"),
        ({"until": "2199-01-01T00:00"}, "swap-until"),
        ({"from": "2190-01-01T00:00", "until": "2190-01-02T00:00"}, "swap-from"),
        ({"note": "x" * 400}, "swap-note"),
    ],
)
def test_a_wrong_swap_is_refused_beside_its_field(
    database: Database, changes: dict[str, str], wrong: str
) -> None:
    answer = swap(client_of(database, "pat", "point"), **changes)
    assert answer.status_code == 422
    assert f'id="{wrong}-said"' in answer.text
    assert '<details class="sheet" open>' in answer.text
    kept = "Dentist" if "note" not in changes else LATER["from"]
    assert kept in answer.text
    assert states(database) == []


def test_somebody_who_is_away_has_no_duty(database: Database) -> None:
    moment = NOW + timedelta(days=2)
    first = on_duty(database, moment)
    client = client_of(database, first, "point")
    sent = {"role": "point", "person": first, **LATER}
    assert client.post("/rota/absence", data=sent).status_code == 303
    assert on_duty(database, moment) != first
    other = next(one for one in ("pat", "sam", "kim") if one != first)
    assert client.post("/rota/absence", data=sent | {"person": other}).status_code == 422


def test_a_hole_is_shouted_about(database: Database) -> None:
    robin = client_of(database, "robin", "supervisor")
    for person in ("pat", "sam", "kim"):
        robin.post("/rota/absence", data={"role": "point", "person": person, **LATER})
    said = text_of(robin.get("/rota").text)
    assert "The rota names nobody" in said
    assert "Morgan Weiss stands in" in said


def test_an_override_is_for_who_may_change_the_rota(database: Database) -> None:
    sent = {"role": "point", "person": "kim", **LATER}
    assert client_of(database, "pat", "point").post("/rota/override", data=sent).status_code == 403
    robin = client_of(database, "robin", "supervisor")
    assert robin.post("/rota/override", data=sent).status_code == 303
    assert on_duty(database, NOW + timedelta(days=2)) == "kim"
    assert robin.post("/rota/override", data=sent | {"person": "robin"}).status_code == 422


def test_the_calendar_goes_out_and_comes_in(database: Database) -> None:
    robin = client_of(database, "robin", "supervisor")
    answer = robin.get("/rota/point.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert b"X-TRIAGE-PERSON" in answer.content
    assert b"171 555" not in answer.content
    only_kim = re.sub(rb"X-TRIAGE-PERSON:\w+", b"X-TRIAGE-PERSON:kim", answer.content)
    files = {"calendar": ("rota.ics", only_kim, "text/calendar")}
    sent = robin.post("/rota/import", data={"role": "point"}, files=files)
    assert sent.status_code == 303, text_of(sent.text)
    assert on_duty(database, NOW + timedelta(days=10)) == "kim"
    batch = re.search(r'action="(/rota/import/\w+/withdraw)"', robin.get("/rota").text)
    assert batch
    assert robin.post(batch.group(1), data={"role": "point"}).status_code == 303
    assert {state for _, _, state in states(database)} == {"withdrawn"}


@pytest.mark.parametrize(
    "content", [b"", b"no calendar", b"\xff\xfe", b"BEGIN:VCALENDAR\nEND:VCALENDAR"]
)
def test_what_is_no_calendar_changes_nothing(database: Database, content: bytes) -> None:
    robin = client_of(database, "robin", "supervisor")
    files = {"calendar": ("rota.ics", content, "text/calendar")}
    answer = robin.post("/rota/import", data={"role": "point"}, files=files)
    assert answer.status_code == 422
    assert 'id="calendar-said"' in answer.text
    assert states(database) == []


def test_weeks_to_come_and_gone_are_shown(database: Database) -> None:
    client = everybody(database)
    assert "1 June to 7 June 2026" in client.get("/rota?week=2026-06-03").text
    assert client.get("/rota?role=manager&week=2199-12-31").status_code == 200
    assert client.get("/rota?week=2000-01-01").status_code == 200
    wrong = client.get("/rota?week=tomorrow")
    assert wrong.status_code == 422
    assert 'id="week-said"' in wrong.text
    assert client.get("/rota?role=king").status_code == 200
    assert client.get("/rota/king.ics").status_code == 404


def test_a_change_that_is_not_there(database: Database) -> None:
    client = client_of(database, "pat", "point")
    assert client.post("/rota/changes/9", data={"do": "accept"}).status_code == 422
    assert client.post("/rota/changes/x", data={"do": "accept"}).status_code == 404
    swap(client)
    assert client.post("/rota/changes/1", data={"do": "eat it"}).status_code == 422


def test_changes_stay_in_force_without_a_database(database: Database) -> None:
    from tests.service_client import unreachable

    swap(client_of(database, "robin", "supervisor"))
    source = in_force(database)
    with_swap = source()
    assert len(with_swap.rota.changes) == len(PEOPLE.rota.changes) + 1
    with unreachable(database) as gone:
        source._database = gone
        assert source() is with_swap


def test_a_calendar_of_a_desk_with_changes_names_who_has_it(database: Database) -> None:
    with database.transaction() as tx:
        change = store.NewChange(
            "override", Role.POINT, "kim", NOW + timedelta(days=1), NOW + timedelta(days=2)
        )
        store.add(tx, [change], "robin", store.IN_FORCE, NOW)
    found = in_force(database)()
    content = calendar_of(found, Role.POINT, NOW, NOW + timedelta(days=3), NOW)
    assert b"X-TRIAGE-PERSON:kim" in content
