"""Everything the document says, tried with what nobody would send: no 500, nothing undescribed."""

from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.api.examples import operations
from tests.filling import angry, save, unscored
from tests.service_client import program
from triage.store import Database, mailboxes

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = "/api/v1/events"
NOT_ITS_OWN = {"token_id": 99_999, "account_id": 99_999}
"""Nobody is shut out by the test itself."""
KNOWN = {"case_id": 1001, "mail_id": 1, "webhook_id": 1, "delivery_id": 1, "signal": "angry"}
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("message/rfc822", "application/mbox", "application/x-ndjson")
def as_bytes(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def test_no_500_and_no_undescribed_answer(database: Database) -> None:
    save(database, angry(), unscored(), angry(case_number="88"))
    with database.transaction() as tx:
        mailboxes.meet(tx, "support", "INBOX", None)
    client = program(database)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", client.app, headers=_as(client))
    tried, statuses = 0, Counter[int]()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path != ENDLESS:
            _try(operation, client, statuses)
            tried += 1
    assert tried == len(list(operations(client.get("/api/v1/openapi.json").json()))) - 1
    assert statuses[401] == statuses[403] == 0
    assert statuses[200] > 300
    assert {201, 204, 404, 409, 422, 428} <= statuses.keys(), statuses


def _as(client: Any) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"], "Host": "127.0.0.1"}


def _try(operation: Any, client: Any, statuses: Counter[int]) -> None:
    @given(case=operation.as_strategy())
    @BOUNDED
    def run(case: Any) -> None:
        """Every other time with ids that there are."""
        if len(str(case.path_parameters)) % 2:
            known = {n: v for n, v in KNOWN.items() if n in (case.path_parameters or {})}
            case.path_parameters = {**(case.path_parameters or {}), **known}
        for name in NOT_ITS_OWN.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = NOT_ITS_OWN[name]
        answer = case.call_and_validate(checks=CHECKS, headers=_as(client))
        statuses[answer.status_code] += 1

    run()


def test_every_route_is_described_with_an_example(database: Database) -> None:
    document = program(database).get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    seen = set()
    for operation in operations(document):
        assert operation["operationId"] not in seen
        seen.add(operation["operationId"])
        assert "_api_v1_" not in operation["operationId"]
        assert operation["tags"]
        assert operation["security"]
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                wanted = "problem" if status >= "400" else ""
                assert wanted in kind, (operation["operationId"], status, kind)
                if "json" in kind and status < "400" and "ndjson" not in kind:
                    assert "example" in content or "examples" in str(content), operation
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content.get("schema")
