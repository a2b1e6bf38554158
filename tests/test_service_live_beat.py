"""At each sign of life the desk asks who may still look on."""

from threading import Event
from typing import Any

import pytest

from tests.filling import angry, save
from tests.servers.serving import served
from tests.test_service_live import listening, token_of
from tests.waiting import PATIENCE, until
from triage.store import Database
from triage.store import live as store


def test_whoever_comes_while_it_asks_is_not_sent_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may, still_in = Event(), Event(), store.still_in

    def slowly(*given: Any) -> list[store.Holder]:
        found = still_in(*given)
        asked.set()
        assert may.wait(PATIENCE)
        return found

    monkeypatch.setattr(store, "still_in", slowly)
    early, late = token_of(database), token_of(database, login="late")
    with served(database, heartbeat=0.2) as desk, listening(desk, early):
        assert asked.wait(PATIENCE)
        with listening(desk, late) as listener:
            may.set()
            until(lambda: listener.beats)
            save(database, angry())
            assert {listener.next().event, listener.next().event} == {"mail", "case"}
