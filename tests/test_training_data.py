"""The training table: labels, sides, near-duplicates, leaks, and clear refusals."""

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.shared import SHARED
from training import data, duplicates, sources
from training.config import Config, load
from training.examples import FIELDS, Example, calm, labelled, trust
from triage.errors import ConfigError
from triage.types import SIGNALS

ROW = {"anger": 2, **dict.fromkeys(FIELDS, False), "complaint": True}
LONG = "the parcel came late and the box was open and nobody at your depot would say why it was so"


def example(name: str, text: str, group: str, fold: int = 0, source: str = "mail") -> Example:
    return Example(name, source, group, text, *calm(1.0), fold=fold)


def test_labels_become_levels_and_fields() -> None:
    values = dict(zip(SIGNALS, labelled(ROW, "here"), strict=True))
    assert values["upset"] == values["angry"] == values["complaint"] == 1.0
    assert values["irate"] == values["abusive"] == 0.0


@pytest.mark.parametrize("change", [{"anger": 4}, {"anger": True}, {"anger": None}, {"urgent": 1}])
def test_labels_out_of_range_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"file\.jsonl:7"):
        labelled(ROW | change, "file.jsonl:7")


def test_doubt_weighs_its_own_field_alone() -> None:
    weights = dict(zip(SIGNALS, trust(["anger"], 0.5), strict=True))
    assert weights["upset"] == weights["irate"] == 0.5
    assert weights["complaint"] == 1.0


@pytest.mark.parametrize("content", [b"{broken", b"[1]", b"\xff\xfe{}"])
def test_a_file_that_is_no_table_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"x\.jsonl"):
        list(sources.rows(path))


def test_near_duplicates_stay_on_one_side() -> None:
    first = example("1", LONG, "a")
    near = example("2", LONG.replace("open", "torn"), "b")
    other = example("3", "where do i find the form for a new address please and thank you", "c")
    assert duplicates.drop([first, near, other]) == [first, other]
    assert duplicates.leaks([first], [near]) == [("1", "2")]
    assert duplicates.leaks([first], [other]) == []


def test_one_group_is_never_parted_nor_thinned() -> None:
    first, near = example("1", LONG, "a"), example("2", LONG + " again", "a")
    assert duplicates.drop([first, near]) == [first, near]
    assert duplicates.leaks([first], [replace(near, fold=1)])


def test_sides_follow_groups() -> None:
    config = load()
    rows = [
        example(str(n), f"text {n}", f"ham:{n % 40}", source="spamassassin") for n in range(400)
    ]
    sided = data.sided(rows, config)
    assert all(
        len({row.fold for row in sided if row.group == g}) == 1 for g in {r.group for r in rows}
    )
    held = len({row.group for row in sided if row.held}) / 40
    assert 0.3 < held < 0.9


def test_a_leak_fails_the_run() -> None:
    rows = [example(str(n), f"{n} {LONG}", f"g{n}", fold=n % 2) for n in range(4)]
    marked = [replace(row, values=(1.0,) * len(SIGNALS)) for row in rows]
    with pytest.raises(ConfigError, match="leaks"):
        data.check(marked)


def test_an_empty_class_fails_the_run() -> None:
    with pytest.raises(ConfigError, match="upset"):
        data.check([example("1", LONG, "a")])


def test_the_publisher_leaves_no_mark_on_a_narrative() -> None:
    plain = sources.plain_narrative("On XX/XX/2021 XXXX took {$50.00} from XXXX XXXX.")
    assert "XX" not in plain
    assert "{" not in plain
    assert "$50.00" in plain
    assert plain == sources.plain_narrative("On XX/XX/2021 XXXX took {$50.00} from XXXX XXXX.")


@pytest.mark.parametrize("module", ["data", "train", "evaluate", "promote"])
def test_a_missing_source_gets_one_line_and_exit_2(tmp_path: Path, module: str) -> None:
    settings = tmp_path / "config.toml"
    text = Path(sources.HERE / "config.toml").read_text("utf-8")
    for key in ("shared", "cache", "runs", "models", "reports"):
        text = text.replace(f"\n{key} = ", f'\n{key} = "{tmp_path}/{key}" #')
    settings.write_text(text, "utf-8")
    command = [sys.executable, "-m", f"training.{module}", "--config", str(settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.glob("models/*"))


@pytest.mark.parametrize("text", ["= 1", 'name = "x"', ""])
def test_settings_that_are_none_get_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"c\.toml"):
        load(tmp_path / "c.toml")


@pytest.fixture(scope="module")
def config() -> Config:
    if SHARED is None:
        pytest.skip("the data folder is not beside the project")
    return replace(load(), shared=SHARED / "data")


@pytest.mark.shared
def test_the_whole_table_has_no_leak(config: Config) -> None:
    rows = data.table(config)
    sources_seen = {row.source for row in rows}
    assert sources_seen == {
        "mail",
        "cfpb",
        "narratives",
        "spamassassin",
        "lists",
        "enron",
        "banking77",
        "bitext",
    }
    for source in ("spamassassin", "enron"):
        held = {row.group for row in rows if row.source == source and row.held}
        assert held
        assert not held & {row.group for row in rows if not row.held}
    assert not [row.id for row in rows if row.source == "lists" and row.held]
    assert data.checksum(rows) == data.checksum(data.table(config))


@pytest.mark.shared
def test_narratives_read_since_are_never_in_a_figure(config: Config) -> None:
    rows = data.table(config)
    added = [row for row in rows if row.source == "narratives"]
    assert {row.fold for row in added} == {config.folds}
    assert not duplicates.leaks(added, [row for row in rows if row.source == "cfpb"])


def test_a_label_without_its_narrative_is_named(tmp_path: Path) -> None:
    corpora = tmp_path / "corpora"
    corpora.mkdir()
    with gzip.open(corpora / "cfpb_merged.jsonl.gz", "wt", encoding="utf-8") as collection:
        collection.write(json.dumps({"text": "another one"}))
    with pytest.raises(ConfigError, match=r"narratives\.jsonl:1: no narrative"):
        list(sources.more_narratives(tmp_path, 0.5))


@pytest.mark.parametrize("line", ["one\tcolumn too few", "text\tx,y\tname"])
def test_a_comment_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "corpora" / "goemotions"
    folder.mkdir(parents=True)
    (folder / "dev.tsv").write_text(f"good\t2,3\tname\n{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"dev\.tsv:2"):
        sources.emotions(tmp_path, "dev")


def test_labels_of_narratives_carry_no_text() -> None:
    for _, row in sources.rows(sources.HERE / "labels" / "narratives.jsonl"):
        assert set(row) == {"digest", "anger", "unsure", *FIELDS}
        assert set(row["unsure"]) <= {"anger", *FIELDS}
        assert re.fullmatch("[0-9a-f]{12}", row["digest"])


@pytest.mark.shared
def test_sources_are_the_files_they_should_be(config: Config, tmp_path: Path) -> None:
    data.verify(config)
    with pytest.raises(ConfigError, match="cfpb"):
        data.verify(replace(config, shared=tmp_path))


def test_every_source_states_its_licence() -> None:
    import tomllib

    known = tomllib.loads((sources.HERE / "sources.toml").read_text("utf-8"))
    for row in known.values():
        assert row["licence"]
        assert row["where"]
        assert row["use"]
    assert json.dumps(known)
