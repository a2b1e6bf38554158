"""A client generated from the API's document lives a case's life against the running desk."""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from service.accounts import manage
from service.api.document import describe
from service.permissions import Role, Scope
from tests.filling import angry, save
from tests.servers.serving import served
from tests.service_client import account
from triage.store import Database

HERE = Path(__file__).resolve().parent
BIN = HERE.parent / ".venv" / "client" / "bin"
SCRIPT = HERE / "clients" / "life.py"


@pytest.fixture
def generator() -> Path:
    found = BIN / "openapi-python-client"
    if not found.exists():
        reason = "no generator: make .venv/client.stamp"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


def test_a_generated_client_lives_a_cases_life(
    database: Database, generator: Path, tmp_path: Path
) -> None:
    save(database, angry())
    owner = account(database, *Role, login="program")
    _, token = manage.make_token(
        database, owner.id, "p", list(Scope), lasts=timedelta(days=1), by=manage.COMMAND_LINE
    )
    with served(database) as desk:
        document = tmp_path / "openapi.json"
        document.write_text(json.dumps(describe(desk.app)))
        said = _run(
            str(generator),
            *("generate", "--path", str(document), "--meta", "none", "--overwrite"),
            *("--output-path", str(tmp_path / "desk_client")),
        )
        assert "Unable to process schema" not in said
        assert "will not be generated" not in said
        found = json.loads(_run(str(BIN / "python"), str(SCRIPT), desk.url, token, str(tmp_path)))
    assert found == {
        "queue": ["T-1001"],
        "next": "acknowledge",
        "once": True,
        "stale": "pat@desk.example",
        "draft": True,
        "status": "closed",
        "taken": True,
        "tone": True,
        "import": "waiting",
    }


def _run(*command: str) -> str:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=200,
        env=os.environ | {"PATH": path},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
