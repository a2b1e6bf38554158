"""The pages: every one but the sign-in and the set-up is for signed-in visitors."""

from fastapi import APIRouter, Depends

from service.auth import visitor
from service.pages import (
    account,
    case,
    drafts,
    further,
    mails,
    provider,
    queue,
    set_up,
    sign_in,
    sign_out,
)

open_router = APIRouter(include_in_schema=False)
open_router.include_router(sign_in.router)
open_router.include_router(set_up.router)
open_router.include_router(provider.router)

router = APIRouter(include_in_schema=False, dependencies=[Depends(visitor)])
router.include_router(queue.router)
router.include_router(case.router)
router.include_router(drafts.router)
router.include_router(mails.router)
router.include_router(account.router)
router.include_router(further.router)
router.include_router(sign_out.router)
