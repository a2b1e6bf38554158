from decimal import Decimal
from typing import Any

from tests.caseloads import POLICY
from tests.complaints import BOOK, revision
from tests.filling import angry, save
from tests.roomy import PEOPLE, client_of, field, filled, text_of
from tests.service_client import client_as
from triage.caseload import Caseload, utc_now
from triage.life import deeds
from triage.life.manager import told_manager
from triage.store import Database, complaints
from triage.types import Person

LOAD = Caseload(lambda: PEOPLE, lambda: POLICY, lambda tx, notice: None)


def case_with(database: Database, *doing: deeds.Deed, who: str = "pat") -> int:
    save(database, angry(sender=Person("Dana Reyes", "dana@customer.example")))
    with database.transaction() as tx:
        row = tx.execute("select max(id) from cases").fetchone()
        assert row is not None
        for deed in doing:
            LOAD.act(tx, int(row[0]), deed, who)
    return int(row[0])


def history(database: Database, case: int) -> list[str]:
    with database.transaction() as tx:
        rows = tx.execute("select what from event where case_id = %s order by id", [case])
        return [str(row[0]) for row in rows.fetchall()]


def test_who_insists_waits_for_the_manager_until_they_answered(database: Database) -> None:
    case = case_with(database, deeds.Insists(phone="+49 30 901820"))
    client = client_of(database, "morgan", "manager")
    page = client.get("/manager").text
    said = text_of(page)
    assert "Customers who wait for your answer 1" in said
    assert "Dana Reyes" in said
    assert "901820" in said or "dana@customer.example" in said
    sent = {"said": "I called her and she is content.", "seen": field(page, "seen")}
    answer = client.post(f"/manager/cases/{case}/answered", data=sent)
    assert answer.status_code == 303, text_of(answer.text)
    assert "Nobody waits for the Manager." in text_of(client.get("/manager").text)
    assert "manager answered" in history(database, case)


def test_an_empty_or_endless_answer_is_refused_and_kept(database: Database) -> None:
    case = case_with(database, deeds.Insists(phone="+49 30 901820"))
    client = client_of(database, "morgan", "manager")
    for said in (" ", "x" * 10_001):
        answer = client.post(f"/manager/cases/{case}/answered", data={"said": said})
        assert answer.status_code == 422
        assert f'id="said-{case}-said"' in answer.text
    assert "x" * 10_001 in answer.text


def test_an_answer_to_a_case_that_changed_is_kept(database: Database) -> None:
    case = case_with(database, deeds.Insists(phone="+49 30 901820"))
    client = client_of(database, "morgan", "manager")
    seen = revision(database, case)
    with database.transaction() as tx:
        LOAD.act(tx, case, deeds.Note("She rang again."), "pat")
    sent = {"said": "I wrote her a letter.", "seen": str(seen)}
    answer = client.post(f"/manager/cases/{case}/answered", data=sent)
    assert answer.status_code == 409
    assert "I wrote her a letter." in answer.text


def test_an_answer_where_nobody_waits_is_kept_too(database: Database) -> None:
    case = case_with(database)
    client = client_of(database, "morgan", "manager")
    answer = client.post(f"/manager/cases/{case}/answered", data={"said": "I rang her."})
    assert answer.status_code in {409, 422}
    assert "I rang her." in answer.text
    assert client.post("/manager/cases/99/answered", data={"said": "I."}).status_code == 409


def test_remedies_are_decided_on_from_here(database: Database) -> None:
    (case,) = filled(database)
    point: Any = PEOPLE.person("pat")
    with database.transaction() as tx:
        complaints.propose(
            tx,
            case,
            "refund",
            Decimal(900),
            BOOK,
            seen=1,
            who="pat",
            roles=point.roles,
            now=utc_now(),
        )
    supervisor = client_of(database, "robin", "supervisor")
    said = text_of(supervisor.get("/manager").text)
    assert "Remedies to decide on 1" in said
    assert "needs a manager or somebody above" in said
    manager = client_of(database, "morgan", "manager")
    page = manager.get("/manager").text
    sent = {"decide": "refuse", "seen": field(page, "seen"), "next": "/manager"}
    answer = manager.post(f"/cases/{case}/remedy/decision", data=sent)
    assert answer.headers["location"] == "/manager"
    assert "None waits for a decision." in text_of(manager.get("/manager").text)


def test_what_the_manager_was_told_stands_there(database: Database) -> None:
    case = case_with(database)
    with database.transaction() as tx:
        LOAD.step(tx, case, lambda state, at: told_manager(state, "triage", at), "triage")
    case_with(database, deeds.NoteDone("Refunded 40 EUR."), deeds.TellManager())
    said = text_of(client_of(database, "morgan", "manager").get("/manager").text)
    assert "Not resolved yet" in said
    assert "Opened today" in said


def test_the_view_is_for_supervisors_and_managers(database: Database) -> None:
    for role, status in (("rep", 403), ("point", 403), ("admin", 403), ("supervisor", 200)):
        assert client_as(database, role).get("/manager").status_code == status
    case = case_with(database, deeds.Insists(phone="1"))
    supervisor = client_of(database, "robin", "supervisor")
    answer = supervisor.post(f"/manager/cases/{case}/answered", data={"said": "x"})
    assert answer.status_code == 403
