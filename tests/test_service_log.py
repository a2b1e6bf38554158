import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from pypdf import PdfReader

from service.pages.log import ROWS
from tests.complaints import FILLED, a_promise, revision
from tests.roomy import client_of, everybody, field, filled, text_of
from tests.service_client import client_as
from triage.store import Database, complaints


def form_of(client: Any, case: int) -> dict[str, str]:
    """What a browser would send of the record's form, unchanged."""
    page = client.get(f"/cases/{case}/record").text
    form = page.split(f'action="/cases/{case}/record"')[1].split("</form>")[0]
    sent = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', form)
    }
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S
    ):
        sent[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen.group(1) if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return sent


def kept(database: Database, case: int) -> Any:
    with database.transaction() as tx:
        return complaints.of_case(tx, case)


def test_the_log_shows_what_the_address_asks_for(database: Database) -> None:
    filled(database, 1, customer_name="Dana Reyes", severity="high")
    filled(database, 1, customer_name="Lee Wong", severity="low", customer_address="l@c.example")
    client = client_of(database, "pat", "point")
    assert {"Dana Reyes", "Lee Wong"} <= set(
        re.findall("Dana Reyes|Lee Wong", client.get("/log").text)
    )
    only = client.get("/log?severity=low").text
    assert "Dana Reyes" not in only
    assert "Lee Wong" in only
    assert "Severity: Low" in text_of(only)
    both = client.get("/log?severity=low&severity=high").text
    assert "Dana Reyes" in both
    assert "Lee Wong" in both
    assert "No complaint is like that." in client.get("/log?customer=nobody@x.example").text
    assert "Lee Wong" in client.get("/log?text=wong").text


def test_the_log_is_read_page_by_page(database: Database) -> None:
    filled(database, ROWS + 2)
    client = client_of(database, "pat", "point")
    first = client.get("/log?severity=high").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    second = client.get(unescape(older.group(1))).text
    assert "severity=high" in older.group(1)
    references = [set(re.findall(r"T-\d+", page)) for page in (first, second)]
    assert len(references[0]) == ROWS
    assert len(references[1]) == 2
    assert not references[0] & references[1]


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "until=2026-13-45",
        "since=0001-01-01",
        "since=9999-12-31",
        "since=2026-02-02&until=2026-01-01",
    ],
)
def test_a_date_that_is_none_is_said_beside_its_field(database: Database, query: str) -> None:
    filled(database)
    answer = client_of(database, "pat", "point").get(f"/log?{query}")
    assert answer.status_code == 422
    assert re.search(r'id="(since|until)-said"', answer.text)
    assert "T-1001" in answer.text or "No complaint" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "text=%00%ff",
        "text=" + "x" * 6000,
        "text=%22((&severity=%00",
        "status=" + "a&status=" * 50,
        "owner=<script>alert(1)</script>",
        "overdue=maybe",
        "customer=%F0%9F%92%A9%00",
    ],
)
def test_what_nobody_meant_to_ask_breaks_nothing(database: Database, query: str) -> None:
    filled(database)
    answer = client_of(database, "pat", "point").get(f"/log?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_the_log_is_taken_away_as_files(database: Database) -> None:
    filled(database, 3, customer_name="=cmd()")
    client = client_of(database, "pat", "point")
    answer = client.get("/log.csv?severity=high")
    assert answer.headers["content-disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[0]["Customer"] == "'=cmd()"
    lines = client.get("/log.jsonl").text.splitlines()
    assert [json.loads(line)["reference"] for line in lines] == ["T-1003", "T-1002", "T-1001"]
    assert client.get("/log.xlsx").content[:2] == b"PK"
    assert client.get("/log.exe").status_code == 404
    assert client_as(database, "rep").get("/log.csv").status_code == 403
    assert "/log.csv" not in client_as(database, "rep").get("/log").text


# The record


def test_a_record_is_filled_in(database: Database) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    sent = form_of(client, case) | FILLED | {"reported_at": "2026-03-04T10:00"}
    answer = client.post(f"/cases/{case}/record", data=sent)
    assert answer.status_code == 303, text_of(answer.text)
    record = kept(database, case)
    assert (record.happened, record.cause.id, record.fault) == (
        FILLED["happened"],
        "late",
        "ours",
    )
    assert record.reported_at == datetime(2026, 3, 4, 9, tzinfo=UTC)
    assert "Saved." in client.get(answer.headers["location"]).text
    with database.transaction() as tx:
        told = tx.execute("select who, data from event where what = 'record changed'").fetchone()
    assert told is not None
    assert told[0] == "pat"
    assert "how" in told[1]["changed"]


def test_what_nobody_changed_is_not_saved(database: Database) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    before = revision(database, case)
    answer = client.post(f"/cases/{case}/record", data=form_of(client, case))
    assert answer.headers["location"].endswith("said=same")
    assert revision(database, case) == before


def test_two_people_change_different_fields_of_one_record(database: Database) -> None:
    (case,) = filled(database)
    pat, sam = client_of(database, "pat", "point"), client_of(database, "sam", "point")
    forms = form_of(pat, case), form_of(sam, case)
    assert pat.post(f"/cases/{case}/record", data=forms[0] | {"cause": "late"}).status_code == 303
    answer = sam.post(f"/cases/{case}/record", data=forms[1] | {"lesson": "Ring them."})
    assert answer.status_code == 303, text_of(answer.text)
    record = kept(database, case)
    assert (record.cause.id, record.lesson) == ("late", "Ring them.")


def test_who_was_slower_sees_both_versions_and_may_insist(database: Database) -> None:
    (case,) = filled(database)
    pat, sam = client_of(database, "pat", "point"), client_of(database, "sam", "point")
    forms = form_of(pat, case), form_of(sam, case)
    pat.post(f"/cases/{case}/record", data=forms[0] | {"happened": "What Pat heard."})
    mine = forms[1] | {"happened": "What Sam heard.", "lesson": "A lesson."}
    answer = sam.post(f"/cases/{case}/record", data=mine)
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert "Pat Lindqvist changed this meanwhile" in said
    assert "It now says What Pat heard." in said
    for text in ("What Sam heard.", "A lesson."):
        assert text in answer.text
    assert kept(database, case).happened == "What Pat heard."
    again = mine | {"seen": field(answer.text, "seen")}
    assert sam.post(f"/cases/{case}/record", data=again).status_code == 303
    assert kept(database, case).happened == "What Sam heard."


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"cause": "nonsense"}, ("cause",)),
        ({"fault": "the dog"}, ("fault",)),
        ({"how": ""}, ("how",)),
        ({"reported_at": "soon"}, ("reported_at",)),
        ({"reported_at": "2199-01-01T00:00"}, ("reported_at",)),
        ({"customer_name": "x" * 301}, ("customer_name",)),
        ({"happened": "x" * 10_001}, ("happened",)),
        (
            {"cause": "nonsense", "reported_at": "soon", "lesson": "x" * 10_001},
            ("cause", "reported_at", "lesson"),
        ),
    ],
)
def test_a_wrong_record_is_refused_whole_and_nothing_is_lost(
    database: Database, changes: dict[str, str], wrong: tuple[str, ...]
) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    sent = form_of(client, case) | {"resolution": "We gave it back."} | changes
    answer = client.post(f"/cases/{case}/record", data=sent)
    assert answer.status_code == 422
    for name in wrong:
        assert f'id="{name}-said"' in answer.text
    assert "We gave it back." in answer.text
    assert kept(database, case).resolution == ""


def test_hostile_text_in_a_record_stays_text(database: Database) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    hostile = "</textarea><script>alert(1)</script>\x00\u202e"
    sent = form_of(client, case) | {"happened": hostile, "customer_name": "<b>Dana"}
    assert client.post(f"/cases/{case}/record", data=sent).status_code == 303
    for page in (f"/cases/{case}/record", f"/cases/{case}/report", "/log"):
        shown = client.get(page).text
        assert "<script>alert" not in shown
        assert "<b>Dana" not in shown


def test_facts_are_added_and_shown_by_their_side(database: Database) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    sent = {"side": "customer", "fact": "It never came.", "internal": ""}
    assert client.post(f"/cases/{case}/facts", data=sent).status_code == 303
    ours = {"side": "ours", "fact": "The van broke down.", "internal": "on"}
    assert client.post(f"/cases/{case}/facts", data=ours).status_code == 303
    said = text_of(client.get(f"/cases/{case}/record").text)
    assert "The customer says It never came." in said
    assert "We say internal The van broke down." in said
    empty = client.post(f"/cases/{case}/facts", data={"side": "customer", "fact": " "})
    assert empty.status_code == 422
    assert 'id="fact-said"' in empty.text
    nowhere = client.post(f"/cases/{case}/facts", data={"side": "the moon", "fact": "Keep me."})
    assert nowhere.status_code == 422
    assert "Keep me." in nowhere.text


def money(client: Any, case: int, amount: str, **more: str) -> Any:
    seen = field(client.get(f"/cases/{case}/record").text, "seen")
    sent = {"remedy": "refund", "amount": amount, "seen": seen} | more
    return client.post(f"/cases/{case}/remedy", data=sent)


def test_a_remedy_within_ones_authority_is_granted_above_it_deferred(database: Database) -> None:
    (case,) = filled(database)
    point, manager = client_of(database, "pat", "point"), client_of(database, "morgan", "manager")
    assert money(point, case, "20").status_code == 303
    assert kept(database, case).remedy.state == "within authority"
    assert money(point, case, "600,50").status_code == 303
    assert kept(database, case).remedy.state == "deferred upward"
    page = point.get(f"/cases/{case}/record").text
    assert "It waits for a manager" in text_of(page)
    assert "Approve it" not in page
    seen = field(page, "seen")
    no = point.post(f"/cases/{case}/remedy/decision", data={"decide": "approve", "seen": seen})
    assert no.status_code == 422
    assert "needs the approval of a manager" in text_of(no.text)
    assert "Approve it" in manager.get(f"/cases/{case}/record").text
    stale = manager.post(f"/cases/{case}/remedy/decision", data={"decide": "approve", "seen": "1"})
    assert stale.status_code == 409
    yes = manager.post(
        f"/cases/{case}/remedy/decision",
        data={"decide": "approve", "seen": seen, "next": "//evil.example"},
    )
    assert yes.headers["location"] == "/"
    assert kept(database, case).remedy.state == "approved"


@pytest.mark.parametrize("amount", ["", "-5", "a lot", "1e9", "0", "1.234", "9" * 30])
def test_a_sum_that_is_none_is_refused_beside_its_field(database: Database, amount: str) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    answer = money(client, case, amount)
    assert answer.status_code == 422
    assert 'id="amount-said"' in answer.text
    assert 'value="refund" selected' in answer.text


def test_who_may_only_read_gets_no_form(database: Database) -> None:
    (case,) = filled(database)
    admin = client_as(database, "admin")
    page = admin.get(f"/cases/{case}/record").text
    assert "Save the record" not in page
    for act in ("record", "facts", "remedy", "remedy/decision"):
        assert admin.post(f"/cases/{case}/{act}", data={}).status_code == 403


def test_a_case_that_is_not_there(database: Database) -> None:
    client = everybody(database)
    for address in ("/cases/9/record", "/cases/9/report", "/cases/9/report.pdf", "/cases/x/record"):
        assert client.get(address).status_code == 404, address
    assert client.post("/cases/9/facts", data={"side": "ours", "fact": "x"}).status_code == 404


# The report


def test_the_report_is_a_page_and_a_file_for_the_house_and_the_customer(
    database: Database,
) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    client.post(f"/cases/{case}/record", data=form_of(client, case) | {"lesson": "Our own fault."})
    with database.transaction() as tx:
        a_promise(tx, case, datetime.now(UTC) + timedelta(days=1))
    house = text_of(client.get(f"/cases/{case}/report").text)
    assert "Incident report T-1001" in house
    assert "Our own fault." in house
    theirs = text_of(client.get(f"/cases/{case}/report?for=customer").text)
    assert "Your complaint T-1001" in theirs
    assert "Our own fault." not in theirs
    for reader, has in (("house", True), ("customer", False)):
        pdf = client.get(f"/cases/{case}/report.pdf?for={reader}&paper=letter")
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
        assert ("Our own fault." in text) is has
        html = client.get(f"/cases/{case}/report.html?for={reader}")
        assert html.headers["content-disposition"].startswith("attachment")
        assert ("Our own fault." in html.text) is has
    assert client.get(f"/cases/{case}/report?for=everybody").status_code == 404


def test_a_copy_that_would_give_a_private_number_away_is_not_made(database: Database) -> None:
    (case,) = filled(database)
    client = client_of(database, "pat", "point")
    sent = form_of(client, case) | {"resolution": "Call Pat at 0171 555 0001."}
    client.post(f"/cases/{case}/record", data=sent)
    answer = client.get(f"/cases/{case}/report?for=customer")
    assert answer.status_code == 409
    assert "would give away the personal phone of pat" in text_of(answer.text)
    assert client.get(f"/cases/{case}/report.pdf?for=customer").status_code == 409
    assert client.get(f"/cases/{case}/report").status_code == 200
