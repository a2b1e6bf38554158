"""The rows of the policy that the life of a case carries out, each as a story."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.cases import BERLIN, CLOCKS, DESK, WEDNESDAY, Story
from triage import life
from triage.duty import Opening
from triage.errors import ActRefused
from triage.life import NOT_RESOLVED, ClockKind, Status, TellKind, deeds
from triage.types import Severity

FRIDAY_EVENING = datetime(2026, 6, 5, 17, 30, tzinfo=BERLIN)
SATURDAY = datetime(2026, 6, 6, 11, 0, tzinfo=BERLIN)
MONDAY = datetime(2026, 6, 8, 9, 0, tzinfo=BERLIN)
POINT, BACKUP, SUPERVISOR, MANAGER = (one.id for one in Story.of().at.ladder())


def in_hand(severity: Severity = Severity.HIGH) -> Story:
    return Story.of(severity).does(POINT, deeds.TakeInHand()).forget()


def told(severity: Severity = Severity.HIGH) -> Story:
    return in_hand(severity).does(POINT, deeds.NoteDone("refunded"), deeds.Told()).forget()


def closed() -> Story:
    return told().does(POINT, deeds.Confirmed(), deeds.Close()).forget()


def test_p1_point_is_told_at_once() -> None:
    assert Story.of().heard(TellKind.FLAG) == [POINT]


def test_p1_unanswered_it_climbs_the_ladder_and_then_tells_everybody_without_end() -> None:
    story = Story.of().forget().waits(minutes=30)
    assert story.heard(TellKind.ESCALATION) == [BACKUP, SUPERVISOR, MANAGER]
    story.forget().waits(minutes=45)
    assert story.heard(TellKind.REMINDER) == [POINT, BACKUP, SUPERVISOR, MANAGER] * 3


def test_p1_each_step_is_told_as_often_as_the_timetable_says() -> None:
    story = Story.of(Severity.NORMAL).waits(hours=2, minutes=30)
    people = story.heard(TellKind.FLAG, TellKind.REMINDER, TellKind.ESCALATION)
    assert people == [POINT, POINT, BACKUP, BACKUP, SUPERVISOR, SUPERVISOR]


def test_p1_an_acknowledgement_ends_the_pings_and_tells_who_has_it() -> None:
    story = Story.of().waits(minutes=15).forget().does(BACKUP, deeds.Acknowledge())
    assert story.case.owner == BACKUP
    assert story.heard() == [POINT]
    assert story.told[0].kind is TellKind.TAKEN
    story.forget().waits(minutes=104)
    assert story.heard() == []


def test_p1_a_further_flag_goes_to_the_owner_and_to_point() -> None:
    story = Story.of().does(SUPERVISOR, deeds.Acknowledge()).forget().flagged(Severity.HIGH)
    assert story.heard(TellKind.FLAG) == [SUPERVISOR, POINT]
    assert story.case.status is Status.ACKNOWLEDGED


def test_p1_night_and_weekend_are_counted_as_the_timetable_says() -> None:
    high = Story.of(Severity.HIGH, FRIDAY_EVENING).waits(minutes=10)
    assert high.heard(TellKind.ESCALATION)
    normal = Story.of(Severity.NORMAL, FRIDAY_EVENING)
    assert normal.heard(TellKind.FLAG)
    assert normal.now + normal.due_in(ClockKind.ACKNOWLEDGE) == MONDAY + timedelta(minutes=30)


def test_p1_ten_minutes_are_ten_minutes_when_clocks_are_put_forward() -> None:
    night = datetime(2026, 3, 29, 1, 55, tzinfo=BERLIN)
    story = Story.of(Severity.HIGH, night)
    clock = story.case.clock(ClockKind.ACKNOWLEDGE)
    assert clock
    assert clock.due == datetime(2026, 3, 29, 3, 5, tzinfo=BERLIN)
    promised = deeds.MakePromise("a call", datetime(2026, 10, 25, 9, 0, tzinfo=BERLIN))
    assert story.does(POINT, promised).case.promises[0].due.hour == 8


def test_p2_who_asks_for_a_manager_has_the_shortest_clock() -> None:
    story = Story.of(clocks="manager")
    assert story.due_in(ClockKind.ACKNOWLEDGE) == timedelta(minutes=5)
    assert story.due_in(ClockKind.ANSWER) == timedelta(minutes=30)
    assert story.waits(minutes=15).heard()[-1] == MANAGER


def test_p3_the_merely_upset_have_the_same_ladder_and_more_time() -> None:
    story = Story.of(Severity.LOW)
    assert story.heard() == [POINT]
    assert story.due_in(ClockKind.ACKNOWLEDGE) == timedelta(hours=1)


def test_p4_the_manager_hears_by_itself_that_it_is_not_resolved() -> None:
    story = in_hand().waits(hours=4)
    assert story.heard(TellKind.MANAGER) == [MANAGER]
    assert story.case.manager_told == NOT_RESOLVED
    assert not story.forget().waits(hours=40).heard(TellKind.MANAGER)


def test_p4_closing_tells_the_manager_what_was_done_once() -> None:
    story = told().does(POINT, deeds.TellManager())
    assert story.heard(TellKind.MANAGER) == [MANAGER]
    with pytest.raises(ActRefused, match="told so already"):
        story.does(POINT, deeds.TellManager())
    story.forget().does(POINT, deeds.Confirmed(), deeds.Close())
    assert story.heard(TellKind.MANAGER) == []
    assert closed().case.manager_told == "refunded"


def test_p4_a_manager_who_was_told_otherwise_is_told_again() -> None:
    story = told().does(POINT, deeds.TellManager(), deeds.NoteDone("refunded, and a voucher"))
    story.forget().does(POINT, deeds.Confirmed(), deeds.Close())
    assert story.case.manager_told == "refunded, and a voucher"
    assert story.heard(TellKind.MANAGER) == [MANAGER]


def test_p4_by_hand_the_notice_names_what_is_missing() -> None:
    with pytest.raises(ActRefused) as refused:
        in_hand().does(POINT, deeds.TellManager())
    assert refused.value.missing == ("done",)


def test_p4_a_second_complaint_with_the_same_end_is_told_again() -> None:
    story = closed().flagged(Severity.HIGH).forget()
    story.does(POINT, deeds.TakeInHand(), deeds.NoteDone("refunded"), deeds.Told())
    story.does(POINT, deeds.Confirmed(), deeds.Close())
    assert story.heard(TellKind.MANAGER) == [MANAGER]


def test_p4_what_the_manager_heard_of_does_not_end_as_not_angry_unheard() -> None:
    story = in_hand().waits(hours=4).forget().does(POINT, deeds.Dismiss("a joke among friends"))
    assert story.heard(TellKind.MANAGER) == [MANAGER]
    assert story.case.manager_told == "dismissed: a joke among friends"
    quick = Story.of().forget().does(POINT, deeds.Dismiss("thanked us"))
    assert quick.heard() == []


def test_p6_on_a_weekend_the_manager_is_to_mail_once_the_desk_opens() -> None:
    story = Story.of(Severity.HIGH, SATURDAY).forget().insisted(mail="x@example.com")
    assert story.heard(TellKind.MANAGER_TASK) == [MANAGER]
    assert story.now + story.due_in(ClockKind.MANAGER_ANSWER) == MONDAY + timedelta(hours=2)


def test_p6_urgent_and_with_a_number_the_manager_is_to_call_soon() -> None:
    story = Story.of(Severity.HIGH, SATURDAY).insisted(phone="+49 30 1234567", urgent=True)
    assert story.due_in(ClockKind.MANAGER_ANSWER) == timedelta(hours=2)
    assert story.case.phone == "+49 30 1234567"


def test_p6_the_managers_task_cannot_lapse() -> None:
    story = told().does(POINT, deeds.Insists(), deeds.Confirmed()).forget()
    due = story.now + story.due_in(ClockKind.MANAGER_ANSWER)
    story.waits(minutes=100).does(POINT, deeds.Insists())
    assert story.now + story.due_in(ClockKind.MANAGER_ANSWER) == due
    story.forget().waits(minutes=35)
    assert story.heard(TellKind.MANAGER_TASK) == [MANAGER, MANAGER, POINT]
    with pytest.raises(ActRefused) as refused:
        story.does(POINT, deeds.Close())
    assert refused.value.missing == ("the Manager's answer",)
    story.does(MANAGER, deeds.ManagerAnswered("called her")).does(POINT, deeds.Close())
    assert story.case.ended


def test_p6_the_managers_answer_is_an_answer() -> None:
    story = Story.of().does(POINT, deeds.Insists()).does(MANAGER, deeds.ManagerAnswered("called"))
    assert (story.case.owner, story.case.status) == (MANAGER, Status.ANSWERED)
    assert story.case.clock(ClockKind.ANSWER) is None


def test_p6_a_false_alarm_takes_the_managers_task_off_with_a_word() -> None:
    story = Story.of(Severity.HIGH, SATURDAY).insisted().forget()
    story.does(POINT, deeds.Dismiss("praise for the manager"))
    assert story.heard(TellKind.MANAGER) == [MANAGER]


def test_p7_help_is_asked_for_until_somebody_helps() -> None:
    story = in_hand().does(POINT, deeds.AskHelp("he shouts"))
    assert story.heard(TellKind.HELP) == [SUPERVISOR]
    story.forget().waits(minutes=10)
    assert story.heard(TellKind.HELP) == [SUPERVISOR, MANAGER]
    story.forget().does(SUPERVISOR, deeds.GiveHelp("call him together"))
    assert [(one.kind, one.who) for one in story.told] == [(TellKind.HELP_GIVEN, POINT)]
    assert story.forget().waits(hours=1).heard(TellKind.HELP, TellKind.HELP_GIVEN) == []


def test_p7_who_takes_the_case_helps_and_who_asked_is_not_asked() -> None:
    story = in_hand().does(SUPERVISOR, deeds.AskHelp("?"))
    assert story.heard(TellKind.HELP) == [MANAGER]
    story.does(MANAGER, deeds.TakeInHand()).forget().waits(hours=1)
    assert story.heard(TellKind.HELP) == []
    top = in_hand().does(MANAGER, deeds.AskHelp("?")).waits(minutes=10)
    assert top.heard(TellKind.HELP) == [SUPERVISOR, SUPERVISOR]


def test_p7_everybody_who_asked_hears_that_there_is_help_but_who_gives_it() -> None:
    story = in_hand().does(POINT, deeds.AskHelp("?")).does(BACKUP, deeds.AskHelp("?"))
    story.forget().does(BACKUP, deeds.GiveHelp("say so"))
    assert story.heard() == [POINT]
    alone = in_hand().does(POINT, deeds.AskHelp("?")).forget()
    assert alone.does(POINT, deeds.GiveHelp("never mind")).heard() == []


def test_p7_who_asked_and_has_not_got_the_case_hears_who_took_it() -> None:
    story = in_hand().does(BACKUP, deeds.AskHelp("?")).forget()
    story.does(SUPERVISOR, deeds.TakeInHand())
    assert story.heard(TellKind.HELP_GIVEN) == [BACKUP]
    assert story.heard(TellKind.TAKEN) == [POINT]
    waiting = Story.of().does(BACKUP, deeds.AskHelp("?")).forget()
    waiting.does(SUPERVISOR, deeds.Acknowledge())
    assert (waiting.heard(TellKind.HELP_GIVEN), waiting.heard(TellKind.TAKEN)) == (
        [BACKUP],
        [POINT],
    )


def test_p7_who_asked_and_hands_over_knows_and_who_had_it_is_told_once() -> None:
    own = in_hand().does(POINT, deeds.AskHelp("?")).forget()
    own.does(POINT, deeds.HandOver(SUPERVISOR, "he shouts"))
    assert own.heard() == [SUPERVISOR]
    taken = in_hand().does(POINT, deeds.AskHelp("?")).forget()
    assert taken.does(SUPERVISOR, deeds.TakeInHand()).heard() == [POINT]


def test_p8_a_threat_goes_to_everybody_until_one_acknowledges() -> None:
    story = Story.of(Severity.EMERGENCY)
    assert story.heard() == [POINT, BACKUP, SUPERVISOR, MANAGER]
    story.forget().waits(minutes=2)
    assert story.heard() == [POINT, BACKUP, SUPERVISOR, MANAGER]
    story.forget().does(SUPERVISOR, deeds.Acknowledge())
    assert story.heard(TellKind.TAKEN) == [POINT, BACKUP, MANAGER]
    assert not story.forget().waits(minutes=27).heard()


def test_p8_the_manager_is_told_of_a_threat_even_when_it_is_dismissed() -> None:
    story = Story.of(Severity.EMERGENCY).forget().does(POINT, deeds.Dismiss("a line of a song"))
    assert story.heard(TellKind.MANAGER) == [MANAGER]


def test_p8_danger_found_later_begins_it_all_anew() -> None:
    story = in_hand(Severity.NORMAL).waits(hours=1).forget()
    story.does(POINT, deeds.RaiseSeverity(Severity.EMERGENCY, "names an address"))
    assert story.case.status is Status.FLAGGED
    assert set(story.heard(TellKind.FLAG)) == {POINT, BACKUP, SUPERVISOR, MANAGER}
    assert story.due_in(ClockKind.ACKNOWLEDGE) == timedelta(minutes=2)
    assert story.due_in(ClockKind.ANSWER) == timedelta(minutes=30)
    assert story.due_in(ClockKind.MANAGER) == timedelta(hours=1)
    story.forget().does(SUPERVISOR, deeds.Acknowledge())
    assert POINT in story.heard(TellKind.TAKEN)


def test_p8_a_waiting_case_that_turns_graver_waits_by_the_faster_clock() -> None:
    story = Story.of(Severity.NORMAL, FRIDAY_EVENING)
    story.does(POINT, deeds.RaiseSeverity(Severity.HIGH, "swears"))
    assert story.due_in(ClockKind.ACKNOWLEDGE) == timedelta(minutes=10)


def test_p9_no_case_ends_without_an_outcome_and_a_name() -> None:
    with pytest.raises(ActRefused) as refused:
        Story.of().does(POINT, deeds.Close())
    assert "an owner" in refused.value.missing
    with pytest.raises(ActRefused, match="reason must not be empty"):
        deeds.Dismiss(" ")
    dismissed = Story.of().does(BACKUP, deeds.Dismiss("spam"))
    assert dismissed.case.owner == BACKUP


def test_p9_a_case_whose_owner_left_the_desk_goes_back_to_those_on_duty() -> None:
    story = Story.of().does(POINT, deeds.TakeInHand(), deeds.Answered()).forget()
    story.desk = replace(
        DESK,
        people=tuple(one for one in DESK.people if one.id != POINT),
        rota=replace(DESK.rota, layers=(), changes=()),
    )
    story.waits(days=1)
    assert story.case.owner is None
    assert story.case.status is Status.FLAGGED
    assert story.heard(TellKind.FLAG)
    assert story.heard(TellKind.ESCALATION)


def test_p9_who_cannot_gives_it_back_and_the_next_is_told() -> None:
    story = in_hand().does(POINT, deeds.GiveBack("ill"))
    assert story.case.owner is None
    assert story.heard(TellKind.FLAG) == [BACKUP]
    assert story.due_in(ClockKind.ANSWER) == timedelta(hours=2)


def test_p13_not_resolved_until_told_and_confirmed() -> None:
    with pytest.raises(ActRefused) as refused:
        told().does(POINT, deeds.Close())
    assert len(refused.value.missing) == 1
    assert "confirmed" in refused.value.missing[0]
    assert closed().case.status is Status.CLOSED


def test_p13_without_a_word_of_the_customer_it_takes_all_tries_and_their_time() -> None:
    story = told().does(POINT, deeds.AskedAgain())
    assert story.case.confirm_tries == 0
    for _ in range(3):
        story.waits(days=2).does(POINT, deeds.AskedAgain())
    assert story.does(POINT, deeds.Close()).case.ended


def test_p13_promises_have_dates_and_overdue_ones_climb() -> None:
    story = told()
    promise = deeds.MakePromise("a call", story.now + timedelta(hours=3))
    story.does(POINT, promise, deeds.Confirmed()).waits(hours=3)
    assert story.heard(TellKind.PROMISE) == [POINT]
    story.waits(days=2)
    assert story.heard(TellKind.PROMISE)[1:] == [POINT, SUPERVISOR, POINT, SUPERVISOR, MANAGER]
    with pytest.raises(ActRefused) as refused:
        story.does(POINT, deeds.Close())
    assert refused.value.missing == ("an end to every promise",)
    with pytest.raises(ActRefused, match="promise"):
        story.does(POINT, deeds.Dismiss("calm after all"))
    story.does(POINT, deeds.KeepPromise(1), deeds.Close())
    assert story.case.promises[0].overdue


def test_p13_an_owner_who_does_nothing_is_reminded_then_those_above() -> None:
    story = in_hand().does(POINT, deeds.Answered()).forget().waits(days=2, minutes=1)
    assert story.heard(TellKind.OVERDUE) == [POINT, POINT, POINT, SUPERVISOR]


def test_p13_the_owners_note_is_progress_and_a_strangers_is_not() -> None:
    story = in_hand().waits(hours=1).does(BACKUP, deeds.Note("?"))
    assert story.due_in(ClockKind.PROGRESS) == timedelta(hours=23)
    story.does(POINT, deeds.Note("the part comes on Friday"))
    assert story.due_in(ClockKind.PROGRESS) == timedelta(hours=24)


def test_p13_a_hold_ends_by_itself_and_what_it_put_off_begins_anew() -> None:
    story = in_hand().does(POINT, deeds.Hold(WEDNESDAY + timedelta(days=5), "a part is to come"))
    story.waits(days=4, hours=23)
    assert story.heard(TellKind.OVERDUE) == []
    story.forget().waits(hours=1)
    assert story.heard() == [POINT]
    assert story.told[0].kind is TellKind.HOLD_ENDED
    assert story.due_in(ClockKind.ANSWER) == timedelta(hours=2)


def test_p13_news_ends_a_hold_and_leaves_nothing_put_off() -> None:
    until = WEDNESDAY + timedelta(days=30)
    story = in_hand().does(POINT, deeds.Hold(until, "a holiday")).flagged(Severity.HIGH)
    assert story.case.held_until is None
    assert story.due_in(ClockKind.ANSWER) == timedelta(hours=2)
    assert story.due_in(ClockKind.OUTCOME) == timedelta(days=2)
    shorter = in_hand().does(POINT, deeds.Hold(until, "a holiday"))
    shorter.does(POINT, deeds.Hold(WEDNESDAY + timedelta(hours=3), "shorter"))
    assert shorter.due_in(ClockKind.ANSWER) == timedelta(hours=3)


def test_p13_a_mail_after_the_end_is_read_by_the_owner_who_knows_what_it_says() -> None:
    thanks = closed().wrote()
    assert thanks.heard(TellKind.CUSTOMER_WROTE) == [POINT]
    assert thanks.does(POINT, deeds.Confirmed(), deeds.Close()).case.ended
    assert thanks.heard(TellKind.MANAGER) == []
    broken = closed().wrote().does(POINT, deeds.TakeInHand())
    assert broken.case.done == ""
    assert broken.due_in(ClockKind.OUTCOME) == timedelta(days=2)
    assert broken.due_in(ClockKind.MANAGER) == timedelta(hours=4)
    unread = closed().wrote().forget().waits(hours=2)
    assert unread.heard(TellKind.OVERDUE) == [POINT]


def test_p13_a_case_dismissed_stays_so_until_the_customer_is_upset() -> None:
    story = Story.of().does(POINT, deeds.Dismiss("thanked us")).forget().wrote()
    assert story.case.status is Status.DISMISSED
    assert story.heard() == []
    assert story.flagged(Severity.LOW).case.status is Status.FLAGGED


def test_p13_upset_after_being_told_means_that_it_was_not_enough() -> None:
    story = told().does(POINT, deeds.TellManager()).forget().flagged(Severity.HIGH)
    assert (story.case.status, story.case.done) == (Status.IN_HAND, "")
    assert story.waits(hours=4).heard(TellKind.MANAGER) == [MANAGER]


def test_p15_one_name_has_it_and_hears_all_that_was_said() -> None:
    story = in_hand().does(SUPERVISOR, deeds.HandOver(BACKUP, "she wants a call"))
    assert story.case.owner == BACKUP
    assert story.heard(TellKind.HANDOVER) == [BACKUP]
    assert story.heard(TellKind.TAKEN) == [POINT]
    with pytest.raises(ActRefused, match="nobody called"):
        story.does(BACKUP, deeds.HandOver("nobody", "all"))
    with pytest.raises(ActRefused, match="has the case already"):
        story.does(POINT, deeds.Acknowledge())


def test_p16_rudeness_is_written_down_also_after_the_end() -> None:
    story = closed().does(BACKUP, deeds.NoteRudeness("swore at us"))
    assert story.events == ["rude"]
    assert story.case.ended


def test_p1_a_desk_that_never_opens_counts_all_hours() -> None:
    never = replace(DESK, hours=Opening(BERLIN, ()))
    story = Story.of(Severity.NORMAL, desk=never).insisted()
    assert story.due_in(ClockKind.ACKNOWLEDGE) == timedelta(minutes=30)
    assert story.due_in(ClockKind.MANAGER_ANSWER) == timedelta(hours=4)


def test_p2_asking_for_a_manager_later_on_shortens_the_clocks_of_a_running_case() -> None:
    story = Story.of().does(POINT, deeds.Acknowledge(), deeds.Answered()).waits(hours=1)
    asked = life.flagged_again(
        story.case, Severity.HIGH, CLOCKS["manager"], story.at, {"rule": "asks for a manager"}
    )
    answer = story.then(asked).case.clock(ClockKind.ANSWER)
    assert answer is not None
    assert answer.due - story.now == timedelta(minutes=30)


def test_p2_and_the_pings_of_one_that_nobody_has() -> None:
    story = Story.of()
    asked = life.flagged_again(
        story.case, Severity.HIGH, CLOCKS["manager"], story.at, {"rule": "asks for a manager"}
    )
    ping = story.then(asked).case.clock(ClockKind.ACKNOWLEDGE)
    assert ping is not None
    assert ping.due - story.now == timedelta(seconds=CLOCKS["manager"].repeat)
    assert ping.round == 0
