import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.accounts import coming_in
from tests.service_client import PASSWORD, stranger
from triage.cli.main import app
from triage.errors import TriageError
from triage.store import Database, accounts, desk_audit

runner = CliRunner()


@pytest.fixture(autouse=True)
def _settings(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database.url)


def user(*words: str, typed: str = "") -> str:
    result = runner.invoke(app, ["user", *words], input=typed)
    if isinstance(result.exception, TriageError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_an_account_is_made_and_its_password_read_from_standard_input(database: Database) -> None:
    added = user("add", "Ann", "--name", "Ann Admin", "--role", "admin", typed=PASSWORD + "\n")
    assert "ann may sign in now" in added
    assert PASSWORD not in added
    form = {"login": "ann", "password": PASSWORD}
    assert stranger(database).post("/sign-in", data=form).status_code == 303
    listed = user("list")
    assert "Ann Admin" in listed
    assert "may sign in" in listed
    with database.transaction() as tx:
        made = desk_audit.page(tx, 1, what=desk_audit.ACCOUNT_MADE)[0]
    assert (made.who, made.address) == ("command line", "command line")


def test_a_link_is_printed_that_signs_in(database: Database) -> None:
    printed = user("add", "kim", "--role", "rep", "--link") + user("code", "kim")
    for address in re.findall(r"http://\S+", printed):
        client = stranger(database)
        assert client.get(address).status_code == 303
        assert client.get("/").status_code == 200
    assert printed.count("http://") == 2


def test_the_set_up_code_is_printed_until_there_is_an_account(database: Database) -> None:
    code = user("code").split()[0]
    form = {"code": code, "login": "ann", "name": "Ann", "password": PASSWORD}
    assert stranger(database).post("/set-up", data=form).status_code == 303
    with pytest.raises(TriageError, match="accounts already"):
        user("code")


def test_roles_person_password_and_rest_are_changed(database: Database) -> None:
    user("add", "ann", "--role", "admin", "--link")
    user("add", "kim", "--role", "rep", "--link")
    assert "manager, point" in user("roles", "kim", "point", "manager")
    user("change", "kim", "--person", "kim.point", "--name", "Kim P.")
    assert "signed out everywhere" in user("password", "kim", typed=PASSWORD + "\n")
    assert "no longer" in user("disable", "kim")
    with database.transaction() as tx:
        kim = accounts.by_login(tx, "kim")
    assert kim is not None
    assert (kim.roles, kim.person, kim.name) == (("manager", "point"), "kim.point", "Kim P.")
    assert kim.disabled_at is not None
    assert "again" in user("enable", "kim")
    for wrong, said in (("roles", "nobody would be left"), ("disable", "nobody would be left")):
        with pytest.raises(TriageError, match=said):
            user(wrong, "ann", *(["rep"] if wrong == "roles" else []))
    with pytest.raises(TriageError, match="no account"):
        user("disable", "nobody")


def test_a_tokens_secret_stands_alone_on_standard_output(database: Database) -> None:
    user("add", "kim", "--role", "rep", "--link")
    words = ["user", "token", "kim", "--scope", "read", "--name", "wallboard", "--days", "30"]
    result = runner.invoke(app, words)
    secret = result.stdout.strip()
    assert re.fullmatch(r"trg_[\w-]{43}", secret)
    api = stranger(database)
    api.headers["Authorization"] = f"Bearer {secret}"
    assert api.get("/api/v1/cases").status_code == 200
    assert "wallboard" in user("tokens")
    user("revoke", "1")
    assert api.get("/api/v1/cases").status_code == 401
    with pytest.raises(TriageError, match="no token 99"):
        user("revoke", "99")


def test_a_start_says_how_to_come_in(database: Database) -> None:
    from triage.cli.user import how_to_come_in
    from triage.config import Settings

    said = how_to_come_in(Settings(), database)
    assert "/set-up" in said
    assert re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", said)
    user("add", "ann", "--role", "admin", "--link")
    assert coming_in.set_up_code(database) is None
    assert how_to_come_in(Settings(), database) == "Open http://127.0.0.1:8420"
