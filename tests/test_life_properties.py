"""What holds of every life of a case, whatever people, customers and the desk do, and whenever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests import duties
from tests.cases import CLOCKS, DESK, Story, checked
from triage import life
from triage.duty import Duty, Person, Role, working_time_between
from triage.errors import ActRefused
from triage.life import (
    WAITING,
    CaseState,
    Change,
    ClockKind,
    Status,
    TellKind,
    deeds,
)
from triage.types import Severity

LONGEST_HOLD = timedelta(days=30)
START = datetime(2026, 1, 5, tzinfo=UTC)
LADDER = {TellKind.REMINDER, TellKind.ESCALATION}
NEVER_PUT_OFF = {ClockKind.MANAGER, ClockKind.MANAGER_ANSWER, ClockKind.PROMISE, ClockKind.HELP}

OWED = set(ClockKind) - {ClockKind.ACKNOWLEDGE}

ALONE = replace(
    duties.a_desk(), people=(duties.someone("max", Role.POINT, Role.MANAGER),), fallback=()
)
ALONE = replace(ALONE, fallback=ALONE.people)
NO_MANAGER = replace(duties.a_desk(), people=duties.a_desk().people[:2])
NO_MANAGER = replace(NO_MANAGER, fallback=NO_MANAGER.people[:1])
DESKS = (DESK, ALONE, NO_MANAGER, duties.a_desk())

moments = st.integers(0, 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
lengths = st.one_of(
    st.integers(1, 600).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes)),
)
severities = st.sampled_from(Severity)
texts = st.sampled_from(["as agreed", "again", "Grüße\n😀"])
tables = st.sampled_from([None, "manager"])
plain = st.sampled_from(
    [
        deeds.Acknowledge(),
        deeds.TakeInHand(),
        deeds.GiveBack("ill"),
        deeds.Answered(),
        deeds.Told(),
        deeds.AskedAgain(),
        deeds.Confirmed(),
        deeds.Close(),
        deeds.Dismiss("thanked us"),
        deeds.Reopen("a mistake"),
        deeds.AskHelp("how?"),
        deeds.GiveHelp("so"),
        deeds.EndHold(),
        deeds.TellManager(),
        deeds.Insists("+49 30 1"),
        deeds.Insists(),
        deeds.ManagerAnswered("called"),
        deeds.Note("looked"),
        deeds.NoteRudeness("swore"),
    ]
)
onwards = st.sampled_from(
    [
        deeds.Acknowledge(),
        deeds.NoteDone("refunded"),
        deeds.Told(),
        deeds.AskedAgain(),
        deeds.Confirmed(),
        deeds.ManagerAnswered("called"),
        deeds.Close(),
    ]
)


class Life(RuleBasedStateMachine):
    """A case among people who do anything they like, on desks that change beneath it."""

    story: Story

    @initialize(severity=severities, now=moments, desk=st.sampled_from(DESKS), table=tables)
    def flag(self, severity: Severity, now: datetime, desk: Duty, table: str | None) -> None:
        self.story = Story.of(severity, now, desk=desk, clocks=table or severity)

    @property
    def case(self) -> CaseState:
        return self.story.case

    @rule(deed=plain | onwards, who=st.integers(0, 9))
    def anything(self, deed: deeds.Deed, who: int) -> None:
        self.act(deed, who)

    @rule(deed=onwards, who=st.integers(0, 1))
    def what_leads_on(self, deed: deeds.Deed, who: int) -> None:
        self.act(deed, who)

    @rule(text=texts)
    def note_done(self, text: str) -> None:
        self.act(deeds.NoteDone(text), 0)

    @rule(to=st.integers(0, 9), who=st.integers(0, 9))
    def hand_over(self, to: int, who: int) -> None:
        people = self.story.desk.people
        self.act(deeds.HandOver(people[to % len(people)].id, "all of it"), who)

    @rule(to=severities, who=st.integers(0, 9))
    def raise_severity(self, to: Severity, who: int) -> None:
        self.act(deeds.RaiseSeverity(to, "it got worse"), who)

    @rule(until=lengths)
    def hold(self, until: timedelta) -> None:
        self.act(deeds.Hold(self.story.now + until, "a part is to come"), 0)

    @rule(until=lengths)
    def promise(self, until: timedelta) -> None:
        self.act(deeds.MakePromise("a call", self.story.now + until), 0)

    @rule(number=st.integers(1, 4))
    def keep(self, number: int) -> None:
        self.act(deeds.KeepPromise(number), 0)

    @rule(severity=severities, insists=st.booleans())
    def flagged_again(self, severity: Severity, insists: bool) -> None:
        before = self.case
        self.story.flagged(severity)
        if insists:
            self.story.insisted(phone="+49 30 2", urgent=True)
        self.check_timetable(before, reopened=before.ended)
        self.check_not_put_off(before, by_mail=True)

    @rule()
    def customer_wrote(self) -> None:
        before = self.case
        self.story.wrote()
        self.check_timetable(before)
        self.check_not_put_off(before, by_mail=True)
        if before.status is Status.DISMISSED:
            assert self.case.ended
        elif before.ended:
            assert not self.case.ended

    @rule()
    def we_wrote(self) -> None:
        self.story.we_wrote()

    @rule(desk=st.sampled_from(DESKS))
    def another_duty_file(self, desk: Duty) -> None:
        self.story.desk = desk

    @rule()
    def until_the_next_clock(self) -> None:
        if self.story.next_due is not None:
            self.story.now = max(self.story.now, self.story.next_due)
            self.ring()

    @precondition(lambda self: not self.case.ended)
    @rule(length=lengths)
    def a_while(self, length: timedelta) -> None:
        """The sweep stood still for so long."""
        self.story.now += length
        self.ring()

    @rule(length=lengths.filter(lambda length: length < timedelta(hours=6)))
    def a_watched_while(self, length: timedelta) -> None:
        self.story.waits(seconds=length.total_seconds())

    def ring(self) -> None:
        for clock in self.case.clocks:
            if clock.due > self.story.now or clock not in self.case.clocks:
                continue
            before, at = self.case, self.story.at
            change = life.rung(before, clock, at)
            assert change.tell, "a clock rings for somebody"
            assert change.after.timetable == before.timetable
            assert not change.after.ended
            if before.status not in WAITING:
                assert LADDER.isdisjoint(telling.kind for telling in change.tell)
            self.story.then(change)
        assert all(clock.due > self.story.now for clock in self.case.clocks)

    def act(self, deed: deeds.Deed, who: int) -> None:
        people = self.story.desk.people
        person = people[who % len(people)]
        before = self.case
        try:
            change = life.acted(before, deed, person, self.story.at)
        except ActRefused as refusal:
            assert str(refusal)
            return
        self.check_deed(before, deed, change)
        self.story.then(change)
        self.check_timetable(before)
        if not isinstance(deed, deeds.Hold | deeds.EndHold):
            self.check_not_put_off(before)

    def check_deed(self, before: CaseState, deed: deeds.Deed, change: Change) -> None:
        after = change.after
        if isinstance(deed, deeds.Acknowledge | deeds.TakeInHand | deeds.Told | deeds.Answered):
            assert after.clock(ClockKind.ACKNOWLEDGE) is None
            assert after.owner
        if isinstance(deed, deeds.Close):
            assert before.owner
            assert before.status not in WAITING
            assert before.told_at
            assert before.confirmed_at or (before.confirm_tries >= before.timetable.confirm_tries)
            assert all(promise.kept_at for promise in before.promises)
            assert after.manager_told == before.done != ""
        if isinstance(deed, deeds.Dismiss):
            assert all(promise.kept_at for promise in before.promises)
            if before.severity is Severity.EMERGENCY:
                assert "dismissed" in after.manager_told
        if isinstance(deed, deeds.KeepPromise):
            assert after.promises[deed.number - 1].kept_at == self.story.now

    def check_timetable(self, before: CaseState, *, reopened: bool = False) -> None:
        graver = list(Severity).index(self.case.severity) < list(Severity).index(before.severity)
        if not graver and not reopened:
            assert self.case.timetable == before.timetable
            assert self.case.severity == before.severity

    def check_not_put_off(self, before: CaseState, *, by_mail: bool = False) -> None:
        """Nobody's deed puts off what the Manager is owed, and no mail of the customer anything
        that is owed to the customer."""
        for clock in before.clocks:
            after = self.case.clock(clock.kind, clock.about)
            if after is None:
                continue
            of_mail = by_mail and not before.held_until and clock.kind in OWED
            if clock.kind in NEVER_PUT_OFF or of_mail:
                assert after.due <= clock.due, clock

    @invariant()
    def what_runs_fits_what_is(self) -> None:
        case, kinds = self.case, {clock.kind for clock in self.case.clocks}
        if case.ended:
            assert not case.clocks
            assert case.held_until is None
            assert case.owner
            assert case.ended_at
            return
        assert (ClockKind.ACKNOWLEDGE in kinds) is (case.status in WAITING)
        if case.status not in WAITING:
            assert case.owner
            assert kinds & {ClockKind.PROGRESS, ClockKind.CONFIRM, ClockKind.HOLD}
        assert (ClockKind.CONFIRM in kinds) is (case.status is Status.TOLD)
        assert (ClockKind.OUTCOME in kinds) is (case.told_at is None)
        assert (ClockKind.HOLD in kinds) is (case.held_until is not None)
        assert ClockKind.MANAGER in kinds or case.manager_told
        assert case.ended_at is None
        promised = {clock.about for clock in case.clocks if clock.kind is ClockKind.PROMISE}
        assert promised == {str(one.number) for one in case.promises if not one.kept_at}

    @invariant()
    def a_hold_has_an_end(self) -> None:
        if self.case.held_until:
            assert self.case.held_until <= self.story.now + LONGEST_HOLD
            clock = self.case.clock(ClockKind.HOLD)
            assert clock
            assert clock.due == self.case.held_until

    @invariant()
    def the_guide_tells_the_truth(self) -> None:
        for kind in life.next_deeds(self.case):
            if kind is deeds.HandOver and len(self.story.desk.people) == 1:
                continue
            life.acted(self.case, self.example_of(kind), self.guest, self.story.at)

    @property
    def guest(self) -> Person:
        """Somebody who has not the case."""
        return duties.someone("guest")

    def example_of(self, kind: type[deeds.Deed]) -> deeds.Deed:
        number = next((one.number for one in self.case.promises if not one.kept_at), 1)
        others = [one.id for one in self.story.desk.people if one.id != self.case.owner]
        later = self.story.now + timedelta(days=1)
        examples: dict[type[deeds.Deed], deeds.Deed] = {
            deeds.KeepPromise: deeds.KeepPromise(number),
            deeds.HandOver: deeds.HandOver(others[0] if others else "max", "all"),
            deeds.Hold: deeds.Hold(later, "why"),
            deeds.MakePromise: deeds.MakePromise("what", later),
            deeds.RaiseSeverity: deeds.RaiseSeverity(Severity.EMERGENCY, "why"),
        }
        texts = {
            deeds.GiveBack: "why",
            deeds.NoteDone: "done",
            deeds.Dismiss: "reason",
            deeds.Reopen: "reason",
            deeds.AskHelp: "why",
            deeds.GiveHelp: "said",
            deeds.ManagerAnswered: "said",
            deeds.Note: "text",
            deeds.NoteRudeness: "text",
        }
        return examples.get(kind) or (kind(texts[kind]) if kind in texts else kind())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def climbs(story: Story, rings: int) -> list[tuple[datetime, list[str]]]:
    """Who is told by the ladder's clock alone, while nobody answers."""
    told = [(story.now, story.heard())]
    for _ in range(rings):
        clock = story.case.clock(ClockKind.ACKNOWLEDGE)
        assert clock
        story.now = clock.due
        change = life.rung(story.case, clock, story.at)
        checked(change)
        story.case = change.after
        told.append((story.now, [one.id for telling in change.tell for one in telling.people]))
    return told


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(DESKS), st.sampled_from(sorted(CLOCKS)), moments)
def test_p1_a_case_that_nobody_takes_is_never_silent_and_reaches_the_manager(
    desk: Duty, table: str, now: datetime
) -> None:
    clocks = CLOCKS[table]
    story = Story.of(Severity.HIGH, now, clocks=table, desk=desk)
    rounds = 5 * clocks.tries
    told = climbs(story, 2 * rounds)
    longest = timedelta(seconds=max(clocks.repeat, clocks.ceiling))
    for (before, _), (after, people) in pairwise(told):
        waited = after - before
        if clocks.working_hours:
            waited = working_time_between(desk.hours, before, after)
        assert waited <= longest
        assert people
    rounds = 5 * clocks.tries
    while len(told) <= rounds:
        told += climbs(story, 20)[1:]
    reached = {one for _, people in told[: rounds + 1] for one in people}
    managers = {one.id for one in desk.with_role(Role.MANAGER)}
    assert reached >= managers


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(DESKS), severities, moments, st.integers(0, 6))
def test_p1_whoever_was_told_learns_who_took_it_and_nobody_is_pinged_again(
    desk: Duty, severity: Severity, now: datetime, rings: int
) -> None:
    story = Story.of(severity, now, desk=desk)
    for _ in range(rings):
        clock = story.case.clock(ClockKind.ACKNOWLEDGE)
        assert clock
        story.now = clock.due
        story.then(life.rung(story.case, clock, story.at))
    taker = desk.people[0].id
    story.forget().does(taker, deeds.Acknowledge())
    assert story.case.clock(ClockKind.ACKNOWLEDGE) is None
    assert taker not in story.heard(TellKind.TAKEN)
    story.forget().waits(days=2)
    assert not story.heard(TellKind.REMINDER, TellKind.ESCALATION, TellKind.FLAG)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(DESKS), severities, moments, lengths, lengths)
def test_p4_no_hold_hides_what_the_manager_is_owed(
    desk: Duty, severity: Severity, now: datetime, until: timedelta, promised: timedelta
) -> None:
    story = Story.of(severity, now, desk=desk)
    who = desk.people[0].id
    story.does(who, deeds.Acknowledge(), deeds.MakePromise("a call", now + promised))
    owed = story.case.clock(ClockKind.MANAGER)
    hold = deeds.Hold(now + until, "a part is to come")
    if until > LONGEST_HOLD:
        with pytest.raises(ActRefused, match="30 days"):
            story.does(who, hold)
        return
    story.does(who, hold)
    assert story.case.clock(ClockKind.MANAGER) == owed
    promise = story.case.clock(ClockKind.PROMISE, "1")
    assert promise
    assert promise.due == now + promised
    story.now += until
    story.forget().ring()
    assert story.case.held_until is None
    assert story.heard(TellKind.HOLD_ENDED)


@settings(max_examples=20, deadline=None)
@given(severities, moments, st.lists(st.integers(1, 180), min_size=1, max_size=20))
def test_p9_a_customer_who_writes_again_and_again_does_not_wait_the_longer(
    severity: Severity, now: datetime, pauses: list[int]
) -> None:
    """Each mail would else begin the answer's time anew."""
    story = Story.of(severity, now).does("pat", deeds.Acknowledge())
    before = story.case.clock(ClockKind.ANSWER)
    assert before
    for minutes in pauses:
        story.now += timedelta(minutes=minutes)
        story.flagged(severity).wrote()
        after = story.case.clock(ClockKind.ANSWER)
        assert after
        assert after.due == before.due
