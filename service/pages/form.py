"""Forms as they come in before anybody is known: small, and each field once."""

from urllib.parse import parse_qs

from fastapi import Request

LARGEST_FORM = 8192


async def small_form(request: Request) -> dict[str, str]:
    """The form's fields, the first of each name, as a store can keep them; nothing where the body
    is no small form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=16)
    except ValueError:
        return {}
    return {name: values[0].replace("\0", "") for name, values in fields.items()}
