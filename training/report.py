"""The evaluation report as one self-contained HTML page."""

import base64
import json
from html import escape
from io import BytesIO
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from training.config import Config
from triage.errors import ConfigError

STYLE = """body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;margin:.6rem 0 1.6rem}td,th{border-bottom:1px solid #ddd;
padding:.25rem .6rem;text-align:right}td:first-child,th:first-child{text-align:left}"""


def read_report(config: Config) -> dict[str, Any]:
    """The run's report. Raises ConfigError where ``evaluate`` has not run."""
    path = config.reports / f"{config.name}.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: evaluate first: {error}") from error
    return found


def page(made: dict[str, Any]) -> str:
    """``made`` as ``evaluate`` gives it, as HTML."""
    parts = [
        f"<h1>Evaluation of run {escape(str(made['run']))}</h1>",
        "<p>Mail: writers the measured network never trained on. Narratives: rows it never "
        "trained on. Intervals are 95 %, bootstrapped. Flags are by thresholds chosen on the "
        "other half of the rows. Ordinary mail was sent directly: lists are never scored.</p>",
        "<h2>Goes to the Point Person</h2>",
        figures_table(made["to_point"], "rows"),
    ]
    for source, rows in made["signals"].items():
        parts += [f"<h2>Signals, {escape(source)}</h2>", figures_table(rows, "signal")]
    parts += [
        "<h2>Peers on the same rows</h2>",
        peers_table(made["peers"]),
        "<h2>False flags on ordinary mail</h2>",
        ordinary_table(made["ordinary"]),
        "<h2>Slices</h2>",
        slices_table(made["slices"]),
        "<h2>Reliability</h2>",
        plots(made["calibration"]["bins"]),
    ]
    for name in ("served", "goemotions_test"):
        if name in made:
            parts += [f"<h2>{escape(name.replace('_', ' '))}</h2>", facts(made[name])]
    body = "\n".join(parts)
    head = f"<meta charset=utf-8><title>Evaluation</title><style>{STYLE}</style>"
    return f"<!doctype html>{head}{body}\n"


def table(head: list[str], rows: list[list[object]]) -> str:
    """An HTML table; every cell is escaped."""

    def line(cells: list[Any], tag: str) -> str:
        return (
            "<tr>" + "".join(f"<{tag}>{escape(_shown(cell))}</{tag}>" for cell in cells) + "</tr>"
        )

    return "<table>" + line(head, "th") + "".join(line(row, "td") for row in rows) + "</table>"


def figures_table(rows: dict[str, Any], first: str) -> str:
    names = ["rows", "marked", "auc", "average_precision", "recall_at_1", "recall_at_5"]
    flagged = ["precision", "recall", "f1", "false_per_1000"]
    head = [first, *names, *flagged]
    made: list[list[object]] = []
    for name, row in rows.items():
        cells = [_with_interval(row, figure) for figure in names]
        made.append([name, *cells, *(row.get(figure) for figure in flagged)])
    return table(head, made)


def peers_table(peers: dict[str, Any]) -> str:
    columns = list(next(iter(peers.values())))
    made: list[list[object]] = []
    for name, row in peers.items():
        cells = [
            f"{row[c]['auc']} / {row[c]['recall_at_5']}" if isinstance(row[c], dict) else row[c]
            for c in columns
        ]
        made.append([name, *cells])
    return table(["AUC / recall at 5 % false flags", *columns], made)


def ordinary_table(ordinary: dict[str, Any]) -> str:
    made: list[list[object]] = []
    for source, row in ordinary.items():
        for name, figures in row.items():
            if name != "mails":
                made.append([f"{source} ({row['mails']} mails): {name}", *figures.values()])
    return table(["", "flags", "per 1,000", "at most (95 %)"], made)


def slices_table(slices: dict[str, Any]) -> str:
    made: list[list[object]] = [
        [
            name,
            row["to_point"]["rows"],
            row["right"],
            row["to_point"]["marked"],
            row["to_point"]["recall"],
            row["to_point"]["false_per_1000"],
            row["angry"]["marked"],
            row["angry"]["recall"],
            row["angry"]["false_per_1000"],
        ]
        for name, row in slices.items()
    ]
    head = ["slice", "rows", "right", "to Point", "recall", "false per 1,000"]
    return table([*head, "angry", "recall", "false per 1,000"], made)


def facts(tree: dict[str, Any]) -> str:
    """A nested record as a flat table of dotted names."""
    made: list[list[object]] = []

    def walk(prefix: str, value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(f"{prefix}{key}: " if isinstance(inner, dict) else f"{prefix}{key}", inner)
        else:
            made.append([prefix, ", ".join(map(str, value)) if isinstance(value, list) else value])

    walk("", tree)
    return table(["", ""], made)


def plots(bins: dict[str, Any]) -> str:
    """Reliability diagrams of all signals as one inline picture."""
    figure, axes = plt.subplots(3, 4, figsize=(11, 8), sharex=True, sharey=True)
    for axis, (signal, points) in zip(axes.flat, bins.items(), strict=False):
        axis.plot([0, 1], [0, 1], color="#bbb", linewidth=1)
        axis.plot([p["mean"] for p in points], [p["share"] for p in points], "o-", markersize=3)
        axis.set_title(signal, fontsize=9)
    for axis in axes.flat[len(bins) :]:
        axis.axis("off")
    figure.supxlabel("said")
    figure.supylabel("true")
    figure.tight_layout()
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=70, metadata={"Software": None})
    plt.close(figure)
    picture = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'<img alt="Reliability of each signal" src="data:image/png;base64,{picture}">'


def _with_interval(row: dict[str, Any], figure: str) -> str:
    value, edges = row.get(figure), row.get(f"{figure}_interval")
    if value is None:
        return "-"
    return f"{value} ({edges[0]}\u2013{edges[1]})" if edges else str(value)


def _shown(cell: object) -> str:
    return "-" if cell is None else str(cell)
