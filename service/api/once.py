"""``Idempotency-Key``: what is sent twice is done once, and answered alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from service.accounts.visitor import Visitor
from service.desk import Desk, DeskOf
from triage.store import Transaction, idempotency

REPLAYED = "Idempotency-Replayed"
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Of your choice, new for each request. The same request sent again with it "
        "within 24 hours is done once, and answered alike.",
        examples=["0b5c7c1e-5a39-4b0e-8f3c-2d1f6f6f7a10"],
    ),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is anything that can be said in JSON, models too; ``None`` for an empty answer."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Once:
    desk: Desk
    key: str | None
    digest: bytes

    def run(self, visitor: Visitor, do: Callable[[Transaction], Answer]) -> Response:
        """Do it in one transaction with the note that it was done, unless it was done before. One
        that is refused leaves no trace, and may be sent again.

        Raises ``RequestValidationError`` where the key came with another request.
        """
        with self.desk.database.transaction() as tx:
            if self.key is None:
                return _response(_plain(do(tx)))
            now = self.desk.works.caseload.clock()
            before = idempotency.begin(tx, visitor.account, self.key, self.digest, now)
            if before is not None:
                return self._again(before)
            answer = _plain(do(tx))
            idempotency.finish(
                tx,
                visitor.account,
                self.key,
                status=answer.status,
                body=answer.body,
                headers=answer.headers,
            )
            return _response(answer)

    def _again(self, before: idempotency.Answered) -> Response:
        if before.digest != self.digest:
            said = "came with another request before; choose a new one"
            raise RequestValidationError([{"loc": ("header", "Idempotency-Key"), "msg": said}])
        headers = before.headers | {REPLAYED: "true"}
        return _response(Answer(before.body, before.status, headers))


async def _once(request: Request, desk: DeskOf, key: Key = None) -> Once:
    if key is None:
        return Once(desk, None, b"")
    parts = (request.method, request.url.path, request.url.query)
    digest = sha256("\n".join(parts).encode())
    digest.update(b"\0")
    digest.update(await request.body())
    return Once(desk, key, digest.digest())


OnceOf = Annotated[Once, Depends(_once)]


def _plain(answer: Answer) -> Answer:
    """As it is kept: the second answer must not differ from the first in any letter."""
    body: Any = None if answer.body is None else jsonable_encoder(answer.body)
    return Answer(body, answer.status, answer.headers)


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    return JSONResponse(answer.body, answer.status, dict(answer.headers))
