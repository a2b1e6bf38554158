"""The acts of a case's life as forms: their words, their keys and their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from service.acts import DEEDS
from triage.life import ClockKind, deeds

Kind = Literal["text", "line", "moment", "person", "severity", "promise", "phone", "mail"]


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` is that of the deed's own field."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class ActForm:
    """``does`` stands on the button, ``done`` is said afterwards; ``key`` is its key.
    ``undo`` names the deed that takes it back, with what it says then."""

    name: str
    does: str
    done: str
    key: str = ""
    fields: tuple[Field, ...] = ()
    hint: str = ""
    undo: tuple[str, Mapping[str, str]] | None = None
    undo_words: str = ""

    @property
    def deed(self) -> type[deeds.Deed]:
        return DEEDS[self.name]


_NOTE = Field("note", "What was said", required=False)
_GIVE_BACK = ("give-back", {"why": "Taken by mistake."})
_REOPEN = ("reopen", {"reason": "Ended by mistake."})

FORMS: Mapping[str, ActForm] = {
    form.name: form
    for form in (
        ActForm(
            "acknowledge",
            "Acknowledge",
            "You have the case.",
            "a",
            hint="The pings end at once.",
            undo=_GIVE_BACK,
            undo_words="Undo: give back",
        ),
        ActForm(
            "take-in-hand",
            "Take in hand",
            "You are at work on it.",
            "t",
            undo=_GIVE_BACK,
            undo_words="Undo: give back",
        ),
        ActForm(
            "answered",
            "The customer has an answer",
            "The customer has an answer.",
            "r",
            (_NOTE,),
        ),
        ActForm(
            "note-done",
            "What was done",
            "What was done is noted.",
            "d",
            (Field("done", "What was done", hint="For the Manager and the record."),),
        ),
        ActForm(
            "told",
            "The customer was told the outcome",
            "The customer was told the outcome.",
            "o",
            (_NOTE,),
        ),
        ActForm(
            "confirmed",
            "The customer says it works",
            "The customer says that it works.",
            "y",
            (_NOTE,),
        ),
        ActForm(
            "asked-again",
            "Asked again, no answer yet",
            "Noted that you asked again.",
            "q",
            (_NOTE,),
        ),
        ActForm(
            "close",
            "Close",
            "The case is closed.",
            "c",
            undo=_REOPEN,
            undo_words="Undo: open again",
        ),
        ActForm(
            "make-promise",
            "Promise something",
            "The promise is noted, and falls due by itself.",
            "m",
            (
                Field("what", "What is promised", "line"),
                Field("due", "By when", "moment"),
            ),
        ),
        ActForm(
            "keep-promise",
            "A promise was kept",
            "The promise is kept.",
            "k",
            (Field("number", "Which promise", "promise"),),
        ),
        ActForm(
            "ask-help",
            "Ask for help",
            "The next above you are told.",
            "l",
            (Field("why", "What you need", hint="Asking beats ignoring."),),
        ),
        ActForm(
            "give-help",
            "Answer the call for help",
            "Your answer is in the case.",
            "l",
            (Field("said", "What you say"),),
        ),
        ActForm(
            "hand-over",
            "Hand over",
            "The case is handed over.",
            "h",
            (
                Field("to", "To whom", "person"),
                Field("said", "What they must know", hint="They read this and the whole case."),
            ),
            undo=("take-in-hand", {}),
            undo_words="Undo: take it back",
        ),
        ActForm(
            "hold",
            "Put on hold",
            "On hold; it comes back by itself.",
            "w",
            (Field("until", "Until", "moment"), Field("why", "Why", "line")),
            undo=("end-hold", {}),
            undo_words="Undo: end the hold",
        ),
        ActForm("end-hold", "End the hold", "The hold has ended.", "w"),
        ActForm(
            "tell-manager",
            "Tell the Manager now",
            "The Manager is told.",
            "g",
            hint="It would go out by itself later.",
        ),
        ActForm(
            "manager-answered",
            "The Manager answered the customer",
            "The Manager's answer is noted.",
            "g",
            (Field("said", "What was said"),),
        ),
        ActForm(
            "insists",
            "Insists on a supervisor",
            "The Manager is asked to answer the customer.",
            "i",
            (
                Field("phone", "Phone of the customer", "phone", required=False),
                Field("mail", "Mail of the customer", "mail", required=False),
            ),
            hint="The Manager phones or mails.",
        ),
        ActForm(
            "raise-severity",
            "Call it more severe",
            "The case is more severe now.",
            "s",
            (Field("to", "How severe", "severity"), Field("why", "Why", "line")),
        ),
        ActForm(
            "note",
            "Write a note",
            "The note is in the case.",
            "n",
            (Field("text", "Note", hint="For colleagues; it never gets into a draft."),),
        ),
        ActForm(
            "note-rudeness",
            "Note rude behaviour",
            "It is noted, and counted.",
            "b",
            (Field("text", "What was said or done"),),
        ),
        ActForm(
            "give-back",
            "Give back",
            "Given back: the next on duty are told.",
            "z",
            (Field("why", "Why you cannot", "line"),),
        ),
        ActForm(
            "dismiss",
            "Not an upset customer",
            "The case is dismissed.",
            "x",
            (Field("reason", "What it is instead", "line"),),
            undo=_REOPEN,
            undo_words="Undo: open again",
        ),
        ActForm(
            "reopen",
            "Open again",
            "The case is open again, and yours.",
            "o",
            (Field("reason", "Why", "line"),),
        ),
    )
}

WANTS: Mapping[ClockKind, tuple[str, ...]] = {
    ClockKind.ACKNOWLEDGE: ("acknowledge",),
    ClockKind.ANSWER: ("answered",),
    ClockKind.PROGRESS: ("take-in-hand", "note-done", "told"),
    ClockKind.OUTCOME: ("told", "note-done"),
    ClockKind.CONFIRM: ("asked-again", "confirmed"),
    ClockKind.MANAGER: ("tell-manager", "note-done"),
    ClockKind.MANAGER_ANSWER: ("manager-answered",),
    ClockKind.HELP: ("give-help",),
    ClockKind.PROMISE: ("keep-promise",),
    ClockKind.HOLD: ("end-hold",),
}
"""What each clock waits for, the likeliest first."""

SAFE_WHEN_STALE = frozenset({"acknowledge", "note", "note-rudeness", "ask-help", "make-promise"})
"""Acts that mean the same whatever happened since: the house itself refuses what no longer fits."""

assert FORMS.keys() == DEEDS.keys()
