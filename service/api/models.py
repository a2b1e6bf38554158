"""What the API speaks: each model is a promise kept from version to version."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class Wrong(Model):
    """One thing wrong with a request."""

    where: str
    what: str


class Problem(Model):
    """An error (RFC 9457). `errors` says what is wrong with which field, `missing` what a case
    lacks for what was asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:triage:fields",
                    "title": "Unprocessable Entity",
                    "status": 422,
                    "detail": "Why must not be empty.",
                    "errors": [{"where": "body.why", "what": "Why must not be empty."}],
                    "missing": [],
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []
    missing: list[str] = []


class StaleProblem(Problem):
    """What you asked for and the revision you saw, and the case as it is now with what happened
    since; both empty where it was refused for another reason."""

    yours: dict[str, object] = {}
    theirs: dict[str, object] = {}


class Customer(Model):
    name: str
    address: str
