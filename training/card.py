"""The model card: a template filled from the sources' list and the report, nothing by hand."""

import tomllib
from pathlib import Path
from string import Template
from typing import Any

from training.config import Config
from training.entry import run
from training.export import next_name
from training.report import read_report
from triage.errors import ConfigError

HERE = Path(__file__).parent
TEMPLATE = HERE / "card.md"
SOURCES = HERE / "sources.toml"


def card(config: Config, name: str, metrics: dict[str, Any]) -> str:
    """MODEL_CARD.md of the model ``name``. Raises ConfigError where a figure is missing."""
    try:
        sources = tomllib.loads(SOURCES.read_text("utf-8"))
        served = metrics["served"]
        return Template(TEMPLATE.read_text("utf-8")).substitute(
            name=name,
            sources="\n".join(_source(key, row) for key, row in sources.items()),
            to_point=_figures(metrics["to_point"]),
            mail=_figures(metrics["signals"]["mail"]),
            cfpb=_figures(metrics["signals"]["cfpb"]),
            ordinary=_ordinary(metrics["ordinary"]),
            slices=_slices(metrics["slices"]),
            peers=_peers(metrics["peers"]),
            thresholds=_pairs(metrics["thresholds"], metrics["budget_per_1000"]),
            behaviour=_behaviour(served["behaviour"]["tally"]),
            evidence=_record(served["evidence"]),
            int8=_record(served["int8"]),
            emotions=_emotions(metrics["goemotions_test"]),
            window=config.signals.longest,
            missed=f"{1 - metrics['to_point']['mail']['recall']:.0%}",
        )
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"the card cannot be filled: {error!r}") from error


def _source(key: str, row: dict[str, Any]) -> str:
    return f"| {row.get('title', key)} | {row['licence']} | {row['use']} |"


def _figures(rows: dict[str, Any]) -> str:
    names = ("rows", "marked", "auc", "average_precision", "recall_at_5", "precision", "recall")
    lines = [
        "| | rows | marked | AUC | average precision | recall at 5 % false | precision | recall |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for key, row in rows.items():
        cells = ["-" if row.get(name) is None else str(row[name]) for name in names]
        lines.append(f"| {key} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ordinary(ordinary: dict[str, Any]) -> str:
    lines = [
        "| mail | flagged | false flags per 1,000 | at most (95 %) |",
        "| --- | --- | --- | --- |",
    ]
    for source, row in ordinary.items():
        for name in ("to the Point Person", "angry", "irate", "urgent"):
            lines.append(
                f"| {source}, {row['mails']} mails: {name} | {row[name]['flags']} "
                f"| {row[name]['per_1000']} | {row[name]['at_most']} |"
            )
    return "\n".join(lines)


def _slices(slices: dict[str, Any]) -> str:
    lines = [
        "| slice | rows | rightly sent or passed | recall, to Point | false per 1,000 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, row in slices.items():
        point = row["to_point"]
        recall = point["recall"] if point["marked"] else "-"
        lines.append(
            f"| {name} | {point['rows']} | {row['right']} | {recall} | {point['false_per_1000']} |"
        )
    return "\n".join(lines)


def _peers(peers: dict[str, Any]) -> str:
    columns = list(next(iter(peers.values())))
    lines = [f"| | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    for name, row in peers.items():
        cells = [row[c]["auc"] if isinstance(row[c], dict) else row[c] for c in columns]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _pairs(thresholds: dict[str, float], budget: dict[str, float]) -> str:
    lines = ["| signal | threshold | false flags per 1,000 it may cost |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {s} | {t} | {budget[s]} |" for s, t in thresholds.items())])


def _behaviour(tally: dict[str, Any]) -> str:
    lines = ["| capability | passed | cases |", "| --- | --- | --- |"]
    return "\n".join(
        [*lines, *(f"| {k} | {v['passed']} | {v['cases']} |" for k, v in tally.items())]
    )


def _record(row: dict[str, Any]) -> str:
    return "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in row.items())


def _emotions(rows: dict[str, Any]) -> str:
    lines = ["| | F1 | the paper's F1 |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {k} | {v['f1']} | {v['paper_f1']} |" for k, v in rows.items())])


def main(config: Config) -> Path:
    """Takes the run's report; gives ``<run>/MODEL_CARD.md``, the card as it would be shipped."""
    target = config.run / "MODEL_CARD.md"
    target.write_text(card(config, next_name(config.models), read_report(config)), "utf-8")
    return target


if __name__ == "__main__":
    run(main)
