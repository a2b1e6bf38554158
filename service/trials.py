"""Trying another policy on the mail of the past, for pages and programs alike."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.encoders import jsonable_encoder

from service.acts import Refused, sentence
from service.desk import Desk
from triage import policy
from triage.errors import ConfigError
from triage.policy import Policy
from triage.store import history
from triage.whatif import Course, Trial, tried

FILE = "policy.toml"


def read_policy(text: str) -> Policy:
    """A policy file as it was sent. Raises ``Refused`` that says which line is wrong."""
    with TemporaryDirectory(prefix="triage-policy-") as folder:
        path = Path(folder) / FILE
        path.write_bytes(text.encode("utf-8", "replace"))
        try:
            return policy.load(path)
        except ConfigError as error:
            said = sentence(str(error).replace(str(path), FILE))
            raise Refused(said, {"policy": said}) from None


def trial(
    desk: Desk, other: Policy, thresholds: Mapping[str, float], since: datetime, until: datetime
) -> Trial:
    """The policy in force and ``other`` side by side. Raises ``Refused`` for thresholds of signals
    that no rule leaves to the model."""
    in_force, duty = desk.works.caseload.policy(), desk.works.caseload.duty()
    left = {
        one.signal
        for rule in other.rules
        for one in (*rule.when, *rule.also)
        if one.level == "model"
    }
    strange = sorted(set(thresholds) - left)
    if strange:
        said = f"No rule leaves {', '.join(strange)} to the model."[:300]
        raise Refused(said, {"thresholds": said})
    before = Course("in force", in_force, desk.thresholds)
    after = Course("tried", other, {**desk.thresholds, **thresholds})
    try:
        with desk.database.transaction() as tx:
            wait = history.usual_wait(tx, since, until)
            past = history.mails_since(tx, since, until)
            return tried(
                past, before, after, since, until, model=desk.model, duty=duty, usual_wait=wait
            )
    except ConfigError as error:
        raise Refused(sentence(str(error)), {"policy": sentence(str(error))}) from None


def as_plain(trial: Trial) -> dict[str, Any]:
    """For JSON: records as objects, pings by person and reason nested."""
    plain = asdict(trial)
    plain["usual_wait"] = trial.usual_wait.total_seconds() if trial.usual_wait else None
    for name, side in (("before", trial.before), ("after", trial.after)):
        pings: dict[str, dict[str, int]] = {}
        for (person, why), count in side.pings.items():
            pings.setdefault(person, {})[why] = count
        plain[name]["pings"] = pings
    found: dict[str, Any] = jsonable_encoder(plain)
    return found
