"""What machines ask: is it alive, is it ready, how does it go."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from service.desk import DeskOf
from triage.errors import StoreError
from triage.store.readiness import must_answer

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> PlainTextResponse:
    """The process answers; nothing else is looked at."""
    return PlainTextResponse("alive\n")


@router.get("/readyz")
def ready(desk: DeskOf) -> PlainTextResponse:
    """The database answers, so pages can be served."""
    try:
        must_answer(desk.database)
    except StoreError as error:
        return PlainTextResponse(f"not ready: {error}\n", 503)
    return PlainTextResponse("ready\n")


@router.get("/metrics")
def metrics(request: Request, accept: Annotated[str, Header()] = "") -> Response:
    """Figures for Prometheus, without a word from or about anybody."""
    registry = request.app.state.metrics
    assert isinstance(registry, CollectorRegistry)
    encode, media_type = choose_encoder(accept)
    return Response(encode(registry), headers={"Content-Type": media_type})
