"""``triage complaint``: what an operator types, and what comes of it."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.complaints import BOOK, FILLED, NOW, a_case, a_promise, an_event
from triage.cli.complaint_app import complaint_app
from triage.store import Database
from triage.store import complaints as records


@pytest.fixture
def settings(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TRIAGE_CONFIG", "TRIAGE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "triage.toml"
    path.write_text(
        f'data = "{tmp_path}"\ndatabase_url = "{database.url}"\nlog = "error"\n'
        '[desk]\nname = "Acme"\n',
        encoding="utf-8",
    )
    with database.transaction() as tx:
        sofa = a_case(tx)
        records.edit(tx, sofa, FILLED, BOOK, seen=0, who="pat", now=NOW)
        a_promise(tx, sofa, NOW)
        a_case(tx, customer_name="Kim\x1b[31m", status="closed", subject="Wrong bill")
        an_event(tx, sofa, "pat", "rude", NOW, text="x")
    return path


def run(settings: Path, *words: object) -> Result:
    return CliRunner().invoke(complaint_app, [*map(str, words), "--config", str(settings)])


def test_list_shows_the_log_and_narrows_it(settings: Path) -> None:
    shown = run(settings, "list")
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["T-1002", "T-1001"]
    assert "Late delivery" in lines[1]
    assert "\x1b" not in shown.stdout
    for words in (
        ["sofa"],
        ["-w", "cause=late", "-w", "status=flagged", "-w", "status=told"],
        ["--overdue"],
        ["--before", "T-1002"],
        ["--where", "customer=dana@customer.example", "late"],
    ):
        assert run(settings, "list", *words).stdout.split()[0] == "T-1001", words
    assert "More: the same with --before T-1002" in run(settings, "list", "--limit", 1).stdout
    assert "No complaint" in run(settings, "list", "--since", "2027-01-01").stdout


@pytest.mark.parametrize("where", ["cause", "cause=", "colour=red", "=x"])
def test_a_wrong_filter_says_how_it_is_written(settings: Path, where: str) -> None:
    refused = run(settings, "list", "--where", where)
    assert "write FIELD=VALUE" in str(refused.exception)


def test_show_names_what_is_missing(settings: Path) -> None:
    shown = run(settings, "show", "t-1001")
    assert shown.exit_code == 1
    assert "The sofa came three weeks late" in shown.stdout
    last = shown.stdout.splitlines()[-1]
    assert last == "Missing before it can be closed: the customer's side, our side, remedy"


@pytest.mark.parametrize("case", ["T-9999", "sofa", "T-", "T-" + "9" * 30, "-7", "١٢"])
def test_no_such_case_is_a_clear_refusal(settings: Path, case: str) -> None:
    refused = CliRunner().invoke(complaint_app, ["show", "--config", str(settings), "--", case])
    assert "no case" in str(refused.exception)


def test_report_is_written_as_pdf_and_html(settings: Path, tmp_path: Path) -> None:
    pdf, page, copy = (tmp_path / name for name in ("r.pdf", "r.html", "c.html"))
    assert run(settings, "report", "T-1001", pdf, "--letter").exit_code == 0
    assert pdf.read_bytes().startswith(b"%PDF")
    assert run(settings, "report", "T-1001", page).exit_code == 0
    assert run(settings, "report", "1001", copy, "--customer").exit_code == 0
    assert "Late delivery" in page.read_text(encoding="utf-8")
    assert "Late delivery" not in copy.read_text(encoding="utf-8")
    assert pdf.stat().st_mode & 0o077 == 0
    unfinished = run(settings, "report", "T-1002", tmp_path / "u.pdf")
    assert unfinished.exit_code == 1
    assert "not complete; missing: what happened" in unfinished.output


def test_a_file_that_cannot_be_written_is_refused(settings: Path, tmp_path: Path) -> None:
    assert "must end in" in str(run(settings, "report", "T-1001", tmp_path / "r.doc").exception)
    nowhere = run(settings, "export", tmp_path / "none" / "log.csv")
    assert "cannot be written" in str(nowhere.exception)
    assert not list(tmp_path.glob("*.part"))


def test_export_writes_what_is_chosen(settings: Path, tmp_path: Path) -> None:
    made = {kind: tmp_path / f"log.{kind}" for kind in ("csv", "jsonl", "xlsx")}
    for path in made.values():
        assert run(settings, "export", path, "--where", "team=shipping").exit_code == 0
    rows = list(csv.reader(StringIO(made["csv"].read_text(encoding="utf-8-sig"), newline="")))
    assert [row[0] for row in rows] == ["Case", "T-1001"]
    (line,) = made["jsonl"].read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["cause"] == "Late delivery"
    assert made["xlsx"].read_bytes().startswith(b"PK")


def test_trends_are_printed(settings: Path) -> None:
    shown = run(settings, "trends", "--since", "2026-01-01", "--until", "2026-03-09")
    assert shown.exit_code == 0
    for line in (
        "       1  Late delivery, 1 our fault",
        "       1  not said",
        "       2  week of 2026-03-02",
        "  acknowledge          -          -  0 cases, 2 not yet",
        "  0 kept, 0 late, 0 open, 1 overdue",
        "       2  dana@customer.example",
    ):
        assert line in shown.stdout.splitlines(), line
