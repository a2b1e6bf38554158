"""The notebooks: well-formed, without outputs, and every cell runs."""

from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
from matplotlib import pyplot as plt

from training import data, sources

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def cells(path: Path) -> list[nbformat.NotebookNode]:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    return [cell for cell in book.cells if cell.cell_type == "code"]


def test_there_are_some() -> None:
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path: Path) -> None:
    for cell in cells(path):
        assert not cell.outputs
        assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the table only the project's own mails: the whole of it has its own test."""
    mpl.use("Agg")
    monkeypatch.setattr(data, "table", lambda config: list(sources.own_mail(0.5)))
    names: dict[str, object] = {"__name__": "notebook"}
    for number, cell in enumerate(cells(path), 1):
        exec(compile(cell.source, f"{path.name}, cell {number}", "exec"), names)
    plt.close("all")
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) > 5
