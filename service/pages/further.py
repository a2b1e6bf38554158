"""The pages beside queue and case, in the order of the bar."""

from fastapi import APIRouter

from service.pages import (
    audit,
    contacts,
    log,
    mailboxes,
    manager,
    model,
    people,
    record,
    report,
    rota,
    settings,
    tokens,
    trends,
    webhooks,
)

router = APIRouter()
for _room in (
    *(log, record, report, rota, manager, contacts, trends),
    *(mailboxes, model, people, audit, settings, tokens, webhooks),
):
    router.include_router(_room.router)
