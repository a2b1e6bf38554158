from prometheus_client.parser import text_string_to_metric_families

from service.metrics import FRESH_SECONDS, StoreCollector
from tests.filling import MODEL, angry, save, unscored
from tests.service_client import stranger, unreachable
from triage.store import Database, mailboxes


def figures(text: str) -> dict[str, float]:
    """``name{label=value,...}`` -> value."""
    return {
        sample.name + str(dict(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_alive_and_ready(database: Database) -> None:
    client = stranger(database)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_without_a_database_it_is_alive_and_not_ready(database: Database) -> None:
    with unreachable(database) as store:
        client = stranger(store)
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.text.startswith("not ready: database")
        counted = figures(client.get("/metrics").text)
    assert counted["triage_database_up{}"] == 0
    assert not [name for name in counted if name.startswith("triage_mails")]


def test_the_figures_are_those_of_the_store(database: Database) -> None:
    save(database, angry(), angry(), unscored())
    with database.transaction() as tx:
        mailboxes.meet(tx, "support", "INBOX", None)
        mailboxes.meet(tx, "sales", "INBOX", None)
        tx.execute("update notice set created_at = now() - interval '90 s' where id = 1")
    mailboxes.report(database, "support", "INBOX", "waiting")
    text = stranger(database).get("/metrics").text
    counted = figures(text)
    assert counted["triage_database_up{}"] == 1
    assert counted["triage_mails_total{'outcome': 'flag'}"] == 2
    assert counted["triage_mails_total{'outcome': 'unscored'}"] == 1
    assert counted["triage_flags_total{'severity': 'high'}"] == 2
    assert counted["triage_cases{'status': 'flagged'}"] == 2
    assert counted["triage_notices{'state': 'waiting'}"] == 2
    assert 90 <= counted["triage_oldest_unsent_notice_seconds{}"] < 600
    support = "'folder': 'INBOX', 'mailbox': 'support'"
    assert counted[f"triage_mailbox_state{{{support}, 'state': 'waiting'}}"] == 1
    assert counted[f"triage_mailbox_state{{{support}, 'state': 'trouble'}}"] == 0
    assert counted[f"triage_mailbox_unseen_seconds{{{support}}}"] < 600
    assert f'model="{MODEL}"' in text
    assert counted["process_resident_memory_bytes{}"] > 0


def test_the_figures_name_nobody(database: Database) -> None:
    save(database, angry(case_number="88-20417"), unscored())
    text = stranger(database).get("/metrics").text
    for private in ("dana", "Dana", "customer.example", "pat@", "88-20417", "5512", "disgrace"):
        assert private not in text


def test_openmetrics_is_spoken_where_asked_for(database: Database) -> None:
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    answer = stranger(database).get("/metrics", headers=accept)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_asking_often_counts_once(database: Database) -> None:
    now = 0.0
    collector = StoreCollector(database, MODEL, clock=lambda: now)

    def mails() -> float:
        (family,) = [metric for metric in collector.collect() if metric.name == "triage_mails"]
        return sum(sample.value for sample in family.samples)

    assert mails() == 0
    save(database, angry())
    assert mails() == 0
    now += FRESH_SECONDS + 1
    assert mails() == 1
