"""Signing out of this browser."""

from fastapi import APIRouter
from fastapi.responses import Response

from service.auth import farewell
from service.desk import DeskOf

router = APIRouter()


@router.post("/sign-out")
async def sign_out(desk: DeskOf) -> Response:
    """For signed-in visitors only: another site's form comes without our strict cookie, and
    so signs nobody out."""
    return farewell(desk)
