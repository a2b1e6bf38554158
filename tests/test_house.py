"""The rooms keep their order: nothing imports what lies after it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "triage.types": set(),
    "triage.errors": set(),
    "triage.config": {"types", "errors"},
    "triage.log": {"errors"},
    "triage.tomlfile": {"errors"},
    "triage.mail": {"types", "errors"},
    "triage.policy": {"types", "errors", "tomlfile"},
    "triage.duty": {"types", "errors", "tomlfile"},
    "triage.life": {"types", "errors", "policy", "duty"},
    "triage.drafts": {"types", "errors", "tomlfile", "duty", "policy", "life"},
    "triage.complaints": {"types", "errors", "tomlfile", "duty"},
    "triage.classifier": {"types", "errors"},
    "triage.mailbox": {"types", "errors"},
    "triage.notify": {"types", "errors"},
    "triage.store": {"types", "errors", "policy", "duty", "life", "complaints"},
    "triage.advice": {"errors", "policy", "duty", "life", "complaints", "drafts", "store"},
    "triage.webhooks": {"errors", "store"},
    "triage.bringing": {"types", "errors", "mailbox", "store", "caseload", "pipeline"},
    "triage.caller": {"types", "duty"},
    "triage.caseload": {"types", "errors", "policy", "duty", "life", "store", "caller"},
    "triage.byhand": {
        "types",
        "errors",
        "mail",
        "policy",
        "duty",
        "life",
        "complaints",
        "store",
        "caseload",
    },
    "triage.ringer": {"errors", "store", "caseload"},
    "triage.whatif": {"types", "policy", "duty", "life", "store"},
    "triage.reload": {"errors", "policy", "duty"},
    "triage.rota": {"errors", "duty", "store"},
    "triage.pipeline": {
        "types",
        "errors",
        "mail",
        "policy",
        "classifier",
        "store",
        "caseload",
        "byhand",
    },
    "triage.heeding": {"types", "errors", "mailbox", "store", "pipeline", "byhand"},
    "triage.watcher": {"types", "errors", "mailbox", "store", "pipeline", "heeding"},
    "triage.matters": {"config", "life", "notify", "store"},
    "triage.frame": {"types", "config", "duty", "policy", "notify", "store"},
    "triage.summaries": {"types", "notify", "store", "frame"},
    "triage.wording": {
        "types",
        "config",
        "life",
        "notify",
        "store",
        "matters",
        "frame",
        "summaries",
    },
    "triage.daily": {"config", "duty", "policy", "store", "caseload"},
    "triage.courier": {
        "types",
        "errors",
        "config",
        "duty",
        "policy",
        "life",
        "notify",
        "store",
        "caseload",
        "wording",
    },
    "triage.jobs": {"types", "errors", "store", "caseload"},
}
"""Room -> the rooms of ``triage`` it may import. The command line and the demo may all."""
COMPOSITION = {"triage.cli", "triage.demo", "triage.__main__", "triage.__init__"}
OUTSIDE = {
    "torch": "training",
    "transformers": "training",
    "sklearn": "training",
    "onnxruntime": "triage.classifier",
    "imapclient": "triage.mailbox",
    "smtplib": "triage.notify",
    "apprise": "triage.notify",
    "psycopg": "triage.store",
    "typst": "triage.complaints",
    "xlsxwriter": "triage.complaints",
}
"""Library -> the one room that may know it."""


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:2])


FILES = [
    path
    for top in ("triage", "service", "training")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "migrations" not in path.parts
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_lies_before_its_room(path: Path) -> None:
    room = _room(path)
    if room in COMPOSITION:
        return
    for name in _imports(path):
        parts = name.split(".")
        if room.startswith("triage."):
            assert parts[0] not in {"service", "training"}, f"{room} imports {name}"
            if parts[0] == "triage" and len(parts) > 1:
                own = room.removeprefix("triage.")
                assert parts[1] in ALLOWED[room] | {own}, f"{room} imports {name}"
        if room.startswith("service"):
            assert parts[0] != "training", f"{room} imports {name}"
        if room.startswith("training"):
            assert parts[0] != "service", f"{room} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_is_known_to_one_room(path: Path) -> None:
    room = _room(path)
    for name in _imports(path):
        owner = OUTSIDE.get(name.split(".")[0])
        if owner and room not in COMPOSITION:
            assert room.startswith(owner) or (owner, room.split(".")[0]) == (
                "triage.classifier",
                "training",
            ), f"{room} imports {name}"
