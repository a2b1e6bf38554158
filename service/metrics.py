"""Figures of the database as Prometheus metrics."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from time import monotonic

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from service.render import VERSION
from triage.errors import StoreError
from triage.store import Database, figures
from triage.store.figures import Figures, FolderFigures

log = structlog.get_logger()

FRESH_SECONDS = 5.0
"""Counting is not free and anybody may ask: figures are counted this often at most."""
STATES = ("new", "reading", "waiting", "standby", "trouble", "refused", "stopped")


def registry(database: Database, model: str) -> CollectorRegistry:
    made = CollectorRegistry()
    made.register(StoreCollector(database, model))
    ProcessCollector(registry=made)
    return made


class StoreCollector(Collector):
    """Counts when asked. When the database does not answer it says so and counts nothing."""

    def __init__(
        self, database: Database, model: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._database = database
        self._model = model
        self._clock = clock
        self._lock = Lock()
        self._last: tuple[float, Figures | None] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        counted = self._counted()
        build = GaugeMetricFamily(
            "triage_build_info", "The program and the model in use.", labels=("version", "model")
        )
        build.add_metric((VERSION, self._model), 1)
        yield build
        yield GaugeMetricFamily(
            "triage_database_up", "1 when the database answers.", value=float(counted is not None)
        )
        if counted is not None:
            yield from _of_store(counted)
            yield from _of_folders(counted.folders)

    def _counted(self) -> Figures | None:
        with self._lock:
            if self._last is None or self._clock() - self._last[0] > FRESH_SECONDS:
                self._last = (self._clock(), self._count())
            return self._last[1]

    def _count(self) -> Figures | None:
        try:
            with self._database.transaction() as tx:
                return figures.count(tx)
        except StoreError as error:
            log.warning("figures not counted: no database", reason=str(error))
            return None


def _of_store(counted: Figures) -> Iterator[Metric]:
    yield _by(
        "triage_mails",
        "Mails read, by what became of them.",
        "outcome",
        counted.mails_by_outcome,
        CounterMetricFamily,
    )
    yield _by(
        "triage_flags", "Flags raised.", "severity", counted.flags_by_severity, CounterMetricFamily
    )
    yield _by("triage_cases", "Cases, by status.", "status", counted.cases_by_status)
    yield _by("triage_notices", "Notices, by state.", "state", counted.notices_by_state)
    yield GaugeMetricFamily(
        "triage_oldest_unsent_notice_seconds",
        "Age of the oldest notice that is not out, refused ones included; 0 when all are.",
        value=counted.oldest_unsent_seconds,
    )


def _by(
    name: str,
    documentation: str,
    label: str,
    counts: Mapping[str, int],
    family: type[CounterMetricFamily] | type[GaugeMetricFamily] = GaugeMetricFamily,
) -> Metric:
    metric = family(name, documentation, labels=(label,))
    for value, count in sorted(counts.items()):
        metric.add_metric((value,), count)
    return metric


def _of_folders(folders: Iterable[FolderFigures]) -> Iterator[Metric]:
    seen = GaugeMetricFamily(
        "triage_mailbox_unseen_seconds",
        "Seconds since the folder's server last answered its watcher.",
        labels=("mailbox", "folder"),
    )
    state = GaugeMetricFamily(
        "triage_mailbox_state",
        "1 for the state the folder's watcher is in.",
        labels=("mailbox", "folder", "state"),
    )
    for folder in folders:
        where = (folder.mailbox, folder.folder)
        if folder.unseen_seconds is not None:
            seen.add_metric(where, folder.unseen_seconds)
        for one in STATES:
            state.add_metric((*where, one), float(one == folder.state))
    yield seen
    yield state
