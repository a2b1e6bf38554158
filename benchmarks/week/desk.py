"""The desk of the simulated week, whose people, rota and policy change while cases run."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from benchmarks.week.hours import START
from triage import duty, policy
from triage.duty import Duty
from triage.policy import Policy
from triage.types import Severity

LEE_LEAVES = START + timedelta(days=3, hours=12)
"""Thursday noon: from then on the duty file does not know them."""
POLICY_CHANGES = START + timedelta(days=4)
"""Friday: the policy gives slower clocks, to new flags only."""

TEXT = """
zone = "Europe/Berlin"
fallback = ["dana", "robin"]

[[people]]
id = "pat"
name = "Pat Lindqvist"
roles = ["rep", "point"]
mail = "pat@desk.example"
channels = [{ name = "sms", url_env = "PAT_SMS_URL" }]
[[people]]
id = "sam"
name = "Sam Okafor"
roles = ["rep", "point"]
mail = "sam@desk.example"
[[people]]
id = "kim"
name = "Kim Novák"
roles = ["rep", "point"]
mail = "kim@desk.example"
[[people]]
id = "robin"
name = "Robin Ferrari"
roles = ["supervisor"]
mail = "robin@desk.example"
channels = [{ name = "push", url_env = "ROBIN_PUSH_URL" }]
[[people]]
id = "alex"
name = "Alex Duarte"
roles = ["specialist"]
mail = "alex@desk.example"
[[people]]
id = "morgan"
name = "Morgan Weiss"
roles = ["manager"]
mail = "morgan@desk.example"
[[people]]
id = "dana"
name = "Dana Petit"
roles = ["manager"]
mail = "dana@desk.example"
# lee
[[layers]]
name = "days"
people = ["pat", "sam", LEE"kim"]
every = "1 day"
hand_over = "08:00"
hours = ["mon-fri 08:00-18:00"]
from = 2026-10-12
[[layers]]
name = "nights and weekends"
people = ["sam", LEE"kim", "pat"]
every = "1 day"
hand_over = "18:00"
from = 2026-10-12

[[swaps]]
people = ["pat", "sam"]
from = 2026-10-20
until = 2026-10-21
# The Manager is on holiday, and a Point is ill.
[[absences]]
person = "morgan"
from = 2026-10-21
until = 2026-10-23
[[absences]]
person = "kim"
from = 2026-10-23
until = 2026-10-24

[hours]
week = ["mon-fri 09:00-17:00"]
[[hours.special]]
date = 2026-10-23
hours = ["09:00-12:00"]
name = "Works outing"

[[answers]]
severity = ["emergency"]
by = "phone"
[[answers]]
urgent = true
by = "phone"
[[answers]]
severity = ["high"]
open = true
by = "phone"
[[answers]]
by = "mail"
"""
LEE = """[[people]]
id = "lee"
name = "Lee Santos"
roles = ["rep", "point"]
mail = "lee@desk.example"
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who and what is in force at a moment."""

    before: Duty
    after: Duty
    policy: Policy
    later: Policy

    @classmethod
    def written(cls, folder: Path) -> Self:
        with_lee, without = folder / "with-lee.toml", folder / "without.toml"
        with_lee.write_text(TEXT.replace("# lee\n", LEE).replace("LEE", '"lee", '))
        without.write_text(TEXT.replace("# lee\n", "").replace("LEE", ""))
        first = policy.load()
        clocks = dict(first.clocks)
        clocks["high"] = replace(clocks["high"], repeat=900.0, ceiling=1200.0)
        later = replace(first, clocks={**clocks, Severity.HIGH: clocks["high"]})
        return cls(duty.load(with_lee), duty.load(without), first, later)

    def duty_at(self, moment: datetime) -> Duty:
        return self.before if moment < LEE_LEAVES else self.after

    def policy_at(self, moment: datetime) -> Policy:
        return self.policy if moment < POLICY_CHANGES else self.later
