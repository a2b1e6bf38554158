"""What may be done next comes in the order of its use; that it is true, the properties show."""

from tests.cases import Story
from triage.life import next_deeds
from triage.life.deeds import (
    Acknowledge,
    AskedAgain,
    Close,
    Confirmed,
    Dismiss,
    GiveHelp,
    HandOver,
    Hold,
    MakePromise,
    NoteDone,
    Reopen,
    TakeInHand,
    Told,
)


def offered(story: Story) -> list[type]:
    return list(next_deeds(story.case))


def test_a_case_that_waits_is_first_of_all_to_be_acknowledged() -> None:
    deeds = offered(Story.of())
    assert deeds[0] is Acknowledge
    assert {HandOver, Hold, Confirmed, Close, Told, Reopen}.isdisjoint(deeds)


def test_each_step_leads_to_the_next() -> None:
    story = Story.of().does("pat", Acknowledge())
    assert offered(story)[0] is TakeInHand
    story.does("pat", TakeInHand(), NoteDone("refunded"))
    assert Told in offered(story)
    assert offered(story.does("pat", Told()))[0] is Confirmed
    assert offered(story.does("pat", Confirmed()))[0] is Close
    assert offered(story.does("pat", Close()))[0] is Reopen


def test_the_customer_is_asked_again_once_their_time_is_over() -> None:
    story = Story.of().does("pat", NoteDone("refunded"), Told())
    assert AskedAgain not in offered(story)
    assert offered(story.waits(days=2))[0] is AskedAgain


def test_with_a_promise_open_nobody_dismisses() -> None:
    story = Story.of()
    assert Dismiss in offered(story)
    story.does("pat", MakePromise("a call", story.now.replace(day=10)))
    assert Dismiss not in offered(story)
    assert GiveHelp not in offered(story)
