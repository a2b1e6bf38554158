"""What of a case goes into a draft, and what stays behind."""

from datetime import timedelta

from tests.drafting import NOW, a_case
from tests.duties import a_desk
from triage import drafts
from triage.drafts import AtFault, Commitment, Known, Step
from triage.duty import ContactSheet
from triage.life import Clock, ClockKind, Promise

DESK = a_desk()
KNOWN = Known(
    customer="Dana", mail="dana@customer.example", subject="Sofa", case_number="T-12", fault="ours"
)


def test_the_owner_signs_else_whoever_is_point() -> None:
    assert drafts.gathered(a_case(owner="sam"), KNOWN, DESK, NOW).signer.name == "Sam"
    nobody = drafts.gathered(a_case(owner=None), KNOWN, DESK, NOW)
    gone = drafts.gathered(a_case(owner="left the house"), KNOWN, DESK, NOW)
    assert nobody.signer == gone.signer == ContactSheet("Pat", "", "pat@example.org")
    kim = drafts.gathered(a_case(), KNOWN, DESK, NOW, signer=DESK.person("kim"))
    assert kim.signer.name == "Kim"
    assert kim.manager == ContactSheet("Max", "", "max@example.org")


def test_facts_count_as_known_once_it_is_said_whose_fault_it_is() -> None:
    facts = drafts.gathered(a_case(), KNOWN, DESK, NOW)
    assert (facts.facts_known, facts.fault, facts.apology_due) == (True, AtFault.OURS, True)
    unknown = drafts.gathered(a_case(), Known("", "", "", ""), DESK, NOW)
    assert (unknown.facts_known, unknown.apology_due) == (False, False)


def test_the_customer_hears_by_the_next_clock_that_runs() -> None:
    soon, later, past = (NOW + timedelta(hours=n) for n in (3, 5, -1))
    case = a_case(
        clocks=(
            Clock(ClockKind.PROGRESS, past),
            Clock(ClockKind.OUTCOME, later),
            Clock(ClockKind.MANAGER_ANSWER, soon),
        )
    )
    assert drafts.gathered(case, KNOWN, DESK, NOW, step=Step.HOLDING).by == later
    assert drafts.gathered(case, KNOWN, DESK, NOW, step=Step.AFTER_HOURS).by == soon
    assert drafts.gathered(a_case(), KNOWN, DESK, NOW).by is None


def test_only_open_promises_are_said_again() -> None:
    due = NOW + timedelta(days=1)
    promises = (Promise(1, "A", due, "pat", NOW, kept_at=NOW), Promise(2, "B", due, "pat", NOW))
    facts = drafts.gathered(a_case(promises=promises), KNOWN, DESK, NOW)
    assert facts.promises == (Commitment("B", due),)


def test_p18_what_colleagues_wrote_to_each_other_is_internal() -> None:
    events = [
        ("note", {"text": "a"}),
        ("handed over", {"to": "sam", "said": "b"}),
        ("help asked", {"why": "c", "by": "pat"}),
        ("dismissed", {"reason": "d"}),
        ("fact added", {"text": "e", "internal": True}),
        ("fact added", {"text": "f", "internal": False}),
        ("promised", {"what": "g"}),
        ("done noted", {"done": "h"}),
    ]
    assert drafts.internal_notes(events) == ("a", "b", "c", "d", "e")
