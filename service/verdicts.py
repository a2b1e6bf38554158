"""Right or wrong: what a visitor says of a signal, for pages and programs alike."""

from dataclasses import dataclass

from service.accounts.visitor import Visitor
from service.acts import NoCase, Refused, note, require
from service.desk import Desk
from service.permissions import Act
from triage.store import Transaction, verdicts
from triage.store.verdicts import ANGER, YES_NO, VerdictRow
from triage.types import SIGNALS

GIVEN, TAKEN_BACK = "verdict given", "verdict taken back"


@dataclass(frozen=True, slots=True)
class Said:
    """``it_was`` is one of ``verdicts.ANGER`` for the anger signals and of ``YES_NO`` for others;
    empty for what follows from ``is_right``."""

    is_right: bool
    it_was: str = ""


def judge(
    tx: Transaction, desk: Desk, visitor: Visitor, mail_id: int, signal: str, *, said: Said
) -> VerdictRow:
    """Keep the verdict; the last word of anybody holds. Raises ``NotAllowed``, ``NoCase``, and
    ``Refused`` for what cannot be."""
    require(visitor, Act.VERDICT)
    _known(signal)
    read = verdicts.read_of(tx, mail_id)
    if read is None:
        raise NoCase(f"There is no mail {mail_id}.")
    model, scores = read
    there = scores.get(signal, 0.0) >= desk.thresholds.get(signal, 0.5)
    verdict = VerdictRow(
        mail_id=mail_id,
        signal=signal,
        is_right=said.is_right,
        it_was=_it_was(signal, said, there=there),
        who=visitor.login,
        at=desk.works.caseload.clock(),
        model=model,
        score=scores.get(signal),
    )
    verdicts.give(tx, verdict, visitor.account)
    note(tx, desk, visitor, GIVEN, mail=mail_id, signal=signal, right=said.is_right)
    return verdict


def take_back(tx: Transaction, desk: Desk, visitor: Visitor, mail_id: int, signal: str) -> None:
    """Raises ``NotAllowed``, and ``NoCase`` where there is no verdict."""
    require(visitor, Act.VERDICT)
    _known(signal)
    if not verdicts.take_back(tx, mail_id, signal):
        raise NoCase("There is no such verdict.")
    note(tx, desk, visitor, TAKEN_BACK, mail=mail_id, signal=signal)


def _known(signal: str) -> None:
    if signal not in SIGNALS:
        raise NoCase(f"There is no such signal; there are: {', '.join(SIGNALS)}.")


def _it_was(signal: str, said: Said, *, there: bool) -> str:
    """What it was, in words; refused where that contradicts ``is_right``."""
    if signal in ANGER:
        return _anger(signal, said, there=there)
    implied = YES_NO[there == said.is_right]
    if said.it_was not in {"", implied}:
        what = f"must be {implied}" if said.it_was in YES_NO else "must be yes or no"
        raise Refused(f"It was: {what}.", {"it_was": f"{what} here"})
    return implied


def _anger(signal: str, said: Said, *, there: bool) -> str:
    """A mail reads upset, angry or irate where it is so at least."""
    least = ANGER.index(signal)
    fits = [level for at, level in enumerate(ANGER) if (at >= least) == (there == said.is_right)]
    if said.it_was in fits:
        return said.it_was
    if not said.it_was and (said.is_right or len(fits) == 1):
        return signal if there and said.is_right else fits[-1]
    what = f"must be one of: {', '.join(fits)}"
    raise Refused(f"It was: {what}.", {"it_was": what})
