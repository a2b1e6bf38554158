import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from service.nav import ENTRIES
from service.permissions import Role
from service.views_watching import measured
from tests.filling import angry, save
from tests.roomy import client_of, everybody, field, filled, text_of
from tests.service_client import PASSWORD, client_as, stranger, unreachable
from triage.store import Database, accounts, ledger, mailboxes, tokens
from triage.types import Place

PAGES = (
    *("/log", "/trends", "/rota", "/manager", "/contacts/new", "/mailboxes", "/model"),
    *("/people", "/audit", "/settings", "/me/tokens", "/webhooks"),
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_says_so_where_there_is_nothing_yet(database: Database, address: str) -> None:
    answer = everybody(database).get(address)
    assert answer.status_code == 200, answer.text[:2000]
    assert "<h1>" in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_no_page_holds_script_or_style_of_its_own(database: Database, address: str) -> None:
    page = everybody(database).get(address).text
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []


@pytest.mark.parametrize("address", PAGES)
def test_ids_of_a_page_are_its_own_once(database: Database, address: str) -> None:
    filled(database, 3)
    save(database, angry())
    page = everybody(database).get(address).text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    for name in re.findall(r'\sfor="([^"]+)"', page):
        assert name in ids, name
    for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
        assert set(names.split()) <= set(ids), names


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_sent_to_sign_in(database: Database, address: str) -> None:
    answer = stranger(database).get(address)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(("/sign-in", "/set-up"))


@pytest.mark.parametrize("role", list(Role))
def test_the_bar_names_what_a_role_may_see_and_nothing_else(database: Database, role: Role) -> None:
    client = client_as(database, role)
    bar = client.get("/account").text.split("</header>")[0]
    for entry in ENTRIES:
        answer = client.get(entry.href)
        named = f'href="{entry.href}"' in bar.split("<nav", 1)[1]
        assert (answer.status_code == 200) is named, (entry.href, answer.status_code)


def test_a_page_says_when_the_database_is_gone(database: Database) -> None:
    client = everybody(database)
    with unreachable(database) as gone:
        client.app.state.desk = replace_database(client.app.state.desk, gone)  # type: ignore[attr-defined]
        answer = client.get("/log")
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text


def replace_database(desk: Any, gone: Database) -> Any:
    from dataclasses import replace

    return replace(desk, database=gone)


# People


def add(client: Any, **fields: Any) -> Any:
    return client.post("/people", data={"login": "kim", "name": "Kim", **fields})


def test_an_account_is_made_changed_disabled_and_enabled(database: Database) -> None:
    client = everybody(database)
    made = add(client, roles=["rep", "point"], person="kim", password=PASSWORD)
    assert made.status_code == 303, made.text
    address = made.headers["location"].split("?")[0]
    said = text_of(client.get(made.headers["location"]).text)
    assert "The account was made." in said
    changed = client.post(
        address, data={"name": "Kim Novák", "roles": ["rep"], "mail": "k@e.example"}
    )
    assert changed.status_code == 303
    with database.transaction() as tx:
        found = accounts.by_login(tx, "kim")
    assert found is not None
    assert (found.name, found.roles, found.person) == ("Kim Novák", ("rep",), "")
    for do, off in (("disable", True), ("enable", False)):
        assert client.post(f"{address}/able", data={"do": do}).status_code == 303
        with database.transaction() as tx:
            found = accounts.by_login(tx, "kim")
        assert found is not None
        assert (found.disabled_at is not None) is off


def test_a_wrong_account_is_refused_beside_its_fields_and_nothing_is_lost(
    database: Database,
) -> None:
    client = everybody(database)
    answer = add(client, login="no way!", name="Kim", mail="k@e.example", roles=["point"])
    assert answer.status_code == 422
    assert "Letters, digits and" in text_of(answer.text)
    assert field(answer.text, "mail") == "k@e.example"
    assert 'value="point" checked' in answer.text
    weak = add(client, password="short")
    assert weak.status_code == 422
    assert 'id="password-said"' in weak.text
    assert 'value="short"' not in weak.text


def test_the_last_admin_stays_one(database: Database) -> None:
    client = everybody(database)
    with database.transaction() as tx:
        me = accounts.by_login(tx, "morgan")
    assert me is not None
    answer = client.post(f"/people/{me.id}", data={"name": "Morgan", "roles": ["manager"]})
    assert answer.status_code == 422
    assert "nobody would be left" in text_of(answer.text).lower()
    assert client.post(f"/people/{me.id}/able", data={"do": "disable"}).status_code == 409


def test_a_link_signs_in_once(database: Database) -> None:
    client = everybody(database)
    address = add(client, roles=["rep"]).headers["location"].split("?")[0]
    page = client.post(f"{address}/link").text
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found
    path = found.group(1).replace("&amp;", "&").split("8420")[1]
    assert stranger(database).get(path).headers["location"] == "/account"
    assert stranger(database).get(path).headers["location"].startswith("/sign-in")


def test_others_than_admins_see_no_people(database: Database) -> None:
    client = client_as(database, "manager")
    assert client.get("/people").status_code == 403
    assert add(client).status_code == 403


def test_a_person_that_is_not_there_is_404(database: Database) -> None:
    client = everybody(database)
    for address in ("/people/999", "/people/abc", "/people/99999999999999999999"):
        assert client.get(address).status_code == 404
    for act in ("", "/able", "/link"):
        assert client.post(f"/people/999{act}", data={"do": "disable"}).status_code == 404


# Tokens


def test_a_token_is_made_shown_once_and_revoked(database: Database) -> None:
    client = client_as(database, "point")
    made = client.post("/me/tokens", data={"name": "Reports", "days": "30", "scopes": ["read"]})
    assert made.status_code == 200
    secret = re.search(r'<code class="secret">(trg_[^<]+)</code>', made.text)
    assert secret
    bearer = {"Authorization": f"Bearer {secret.group(1)}"}
    assert stranger(database).get("/api/v1/cases", headers=bearer).status_code == 200
    again = client.get("/me/tokens").text
    assert secret.group(1) not in again
    revoke = re.search(r'action="(/me/tokens/\d+/revoke)"', again)
    assert revoke
    assert client.post(revoke.group(1)).status_code == 303
    assert stranger(database).get("/api/v1/cases", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"name": "", "days": "30", "scopes": "read"}, "name"),
        ({"name": "x", "days": "30"}, "scopes"),
        ({"name": "x", "days": "30", "scopes": "everything"}, "scopes"),
        ({"name": "x", "days": "99999", "scopes": "read"}, "days"),
    ],
)
def test_a_wrong_token_is_refused(database: Database, sent: dict[str, str], wrong: str) -> None:
    answer = client_as(database, "point").post("/me/tokens", data=sent)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert wrong == "scopes" or f'id="{wrong}-said"' in answer.text


def test_nobody_revokes_the_token_of_another(database: Database) -> None:
    owner = client_as(database, "point")
    owner.post("/me/tokens", data={"name": "mine", "days": "30", "scopes": "read"})
    client_as(database, "rep").post("/me/tokens/1/revoke")
    with database.transaction() as tx:
        found = tokens.by_id(tx, 1)
    assert found is not None
    assert found.revoked_at is None


# Webhooks


def test_a_webhook_is_made_changed_and_dropped(database: Database) -> None:
    client = everybody(database)
    sent = {"url": "https://93.184.215.14/hook", "kinds": "flagged, Closed", "note": "Reports"}
    made = client.post("/webhooks", data=sent)
    assert made.status_code == 200, text_of(made.text)
    secret = re.search(r'<code class="secret">([^<]+)</code>', made.text)
    assert secret
    assert secret.group(1) not in client.get("/webhooks/1").text
    assert "Told of closed, flagged." in text_of(client.get("/webhooks").text)
    off = client.post("/webhooks/1", data=sent | {"do": "save"})
    assert off.status_code == 303
    assert "Switched off" in client.get("/webhooks/1").text
    renewed = client.post("/webhooks/1", data={"do": "secret"})
    assert 'class="secret"' in renewed.text
    assert client.post("/webhooks/1", data={"do": "drop"}).status_code == 303
    assert client.get("/webhooks/1").status_code == 404


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"url": ""}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://127.0.0.1/x"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "x" * 100_000}, "url"),
        ({"note": "x" * 300}, "note"),
        ({"kinds": "x" * 100}, "kinds"),
    ],
)
def test_a_wrong_webhook_is_refused_beside_its_field(
    database: Database, changes: dict[str, str], wrong: str
) -> None:
    sent = {"url": "https://93.184.215.14/hook", "kinds": "flagged", "note": "Mine"} | changes
    answer = everybody(database).post("/webhooks", data=sent)
    assert answer.status_code == 422
    assert f'id="{wrong}-said"' in answer.text
    assert client_as(database, "manager").post("/webhooks", data=sent).status_code == 403


# Audit


def test_the_trail_is_narrowed_down_and_read_page_by_page(database: Database) -> None:
    client = everybody(database)
    add(client, roles=["rep"])
    said = text_of(client.get("/audit").text)
    assert "Account made" in said
    assert "morgan" in said
    only = client.get("/audit?what=account made&who=morgan").text
    assert only.count('<tr role="row"><td') == 1
    assert "No entry is like that." in client.get("/audit?who=nobody").text
    assert "No entry is like that." in client.get("/audit?before=1").text
    assert client.get("/audit?who=%00%ff&what=" + "x" * 5000).status_code == 200


def test_the_history_is_verified_and_a_change_is_found(database: Database) -> None:
    filled(database, 2)
    client = everybody(database)
    assert "All of it: 2 events of 2 cases" in text_of(client.post("/audit/verify").text)
    with database.transaction() as tx:
        tx.execute("alter table event disable trigger event_kept")
        tx.execute("""update event set data = '{"rule": "calm"}' where case_id = 1001""")
        tx.execute("update event set who = 'x' where id = 1")
        tx.execute("alter table event enable trigger event_kept")
    said = text_of(client.post("/audit/verify").text)
    assert "Not all of it: 1 broken" in said
    assert "is not what was written" in said


# Settings, mailboxes, model


def test_settings_say_where_they_come_from_and_no_secret(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DESK__NAME", "Another")
    said = text_of(everybody(database).get("/settings").text)
    assert "database_url not set default" in said
    assert re.search(r"desk.name Another environment", said)
    assert "People and rota" in said
    assert client_as(database, "point").get("/settings").status_code == 403


def test_mailboxes_say_how_they_do_and_what_came(database: Database) -> None:
    place = Place("support", "INBOX", 7, 1)
    with database.transaction() as tx:
        mailboxes.meet(tx, "support", "INBOX", None)
        ledger.record(tx, [ledger.Entry(place, "flag", None, datetime.now(UTC))])
    mailboxes.report(database, "support", "INBOX", "refused", trouble="wrong <b>password</b>")
    page = client_as(database, "point").get("/mailboxes").text
    said = text_of(page)
    assert "Refuses us" in said
    assert "wrong &lt;b&gt;password&lt;/b&gt;" in page
    assert re.search(r"Flagged 1 1", said)


def test_the_model_page_shows_drift_and_what_people_said(database: Database) -> None:
    save(database, angry(), angry("Never again."))
    with database.transaction() as tx:
        for week in range(8):
            tx.execute(
                """insert into mail (digest, received, size, sender_address, subject, text, kind,
                                     outcome, rule)
                   values (%s, %s, 1, 'a@b.example', '', '', 'customer', 'pass', '')""",
                [f"w{week}", datetime.now(UTC) - timedelta(weeks=week)],
            )
        tx.execute(
            """insert into assessment (mail_id, model, scores, evidence)
               select id, 'mood-1.2', (select scores from assessment limit 1), '[]' from mail
               where outcome = 'pass'"""
        )
        tx.execute(
            """insert into verdict select 1, 'angry', false, 'calm', account.id, 'x', now(),
               'mood-1.2', 0.9 from account limit 1"""
        )
    client = client_as(database, "supervisor")
    with database.transaction() as tx:
        tx.execute(
            """insert into verdict select 1, 'angry', false, 'calm', account.id, 'x', now(),
               'mood-1.2', 0.9 from account limit 1 on conflict do nothing"""
        )
    page = client.get("/model").text
    said = text_of(page)
    assert "Share of mail flagged" in said
    assert "The first 4 weeks" in said
    assert re.search(r"Angry 0 1 0 %", said)
    assert "Week of Mails read Flagged Share flagged" in said
    assert "Week of Upset Angry Irate Together" in said


def test_a_threshold_stands_beside_what_it_is_worth() -> None:
    """Precision and recall say nothing where no text has the signal."""
    figures = {"rows": 1280, "marked": 40, "auc": 0.9, "precision": 1.0, "recall": 0.5}
    metrics = {
        "unseen": {"mail": "new writers"},
        "to_point": {"mail": figures | {"false_per_1000": 2.5}},
        "signals": {"mail": {"angry": figures, "irate": figures | {"marked": 0}}},
    }
    ((title, rows),) = measured(metrics, {"angry": 0.75})
    assert title == "On mail: new writers"
    assert rows == [
        *[
            (
                "Whether it is for the Point Person",
                "",
                "1,280",
                "40",
                "0.900",
                "1.000",
                "0.500",
                "2.5",
            )
        ],
        ("Angry", "0.750", "1,280", "40", "0.900", "1.000", "0.500", "–"),
        ("Irate", "–", "1,280", "0", "–", "–", "–", "–"),
    ]
    assert measured({}, {}) == []


# Contacts


def contact(client: Any, **changes: str) -> Any:
    sent = {
        "how": "call",
        "at": "2026-03-04T10:00",
        "words": "I am furious, this is the third time, get me your manager.",
        "name": "Dana Reyes",
        "phone": "+49 30 901820",
        "severity": "high",
    }
    return client.post("/contacts/new", data=sent | changes)


def test_a_call_becomes_a_case(database: Database) -> None:
    client = client_of(database, "pat", "point")
    answer = contact(client)
    assert answer.status_code == 303, text_of(answer.text)
    assert re.fullmatch(r"/cases/\d+", answer.headers["location"])
    with database.transaction() as tx:
        row = tx.execute("select source, severity, phone from cases").fetchone()
    assert row is not None
    assert row[:2] == ("call", "high")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"words": "  "}, "words"),
        ({"words": "x" * 100_001}, "words"),
        ({"name": "", "phone": ""}, "name"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2199-01-01T00:00"}, "at"),
        ({"at": ""}, "at"),
        ({"how": "mail"}, "how"),
        ({"severity": "worst"}, "severity"),
        ({"mail": "not an address"}, "mail"),
        ({"case": "T-99999"}, "case"),
        ({"subject": "a\nb"}, "subject"),
    ],
)
def test_a_wrong_contact_is_refused_beside_its_field(
    database: Database, changes: dict[str, str], wrong: str
) -> None:
    answer = contact(client_of(database, "pat", "point"), **changes)
    assert answer.status_code == 422
    assert f'id="{wrong}-said"' in answer.text
    kept = "words" if wrong != "words" else "name"
    assert ("third time" if kept == "words" else "Dana Reyes") in answer.text


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "</textarea></title><base href=//evil.example>",
    "{{ 7 * 7 }}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_was_and_only_as_text(database: Database, text: str) -> None:
    answer = contact(client_of(database, "pat", "point"), name=text, words=text, mail="x")
    assert answer.status_code == 422
    assert text not in answer.text or text == "{{ 7 * 7 }}"
    assert unescape(answer.text).count(text) >= 2


def test_who_is_nobody_of_the_desk_logs_nothing(database: Database) -> None:
    answer = contact(client_as(database, "point", person=""))
    assert answer.status_code == 422
    assert "stands for nobody" in text_of(answer.text)
    assert "third time" in answer.text
