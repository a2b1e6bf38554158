"""Values of the store in the words of the desk."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SEVERITY = {"emergency": "Emergency", "high": "High", "normal": "Normal", "low": "Low"}

STATUS = {
    "flagged": "Not told yet",
    "notified": "Point Person told",
    "acknowledged": "Acknowledged",
    "in hand": "In hand",
    "answered": "Customer answered",
    "told": "Customer told the outcome",
    "confirmed": "Customer says it works",
    "closed": "Closed",
    "dismissed": "Dismissed",
}

CLOCK = {
    "acknowledge": "Somebody must take it",
    "answer": "The customer waits for an answer",
    "progress": "Go on with it",
    "outcome": "Tell the customer the outcome",
    "confirm": "Ask whether it works",
    "manager": "Tell the Manager",
    "manager answer": "The Manager must answer",
    "help": "Help was asked for",
    "promise": "A promise falls due",
    "hold": "On hold",
}
"""What a person is waited for, by the kind of clock that runs."""

EVENT = {
    "acknowledged": "Acknowledged",
    "answered": "Customer answered",
    "asked again": "Asked again whether it works",
    "asked, no answer": "Asked whether it works, no answer",
    "case contact": "Contact logged",
    "customer confirmed": "Customer says it works",
    "customer told": "Customer told the outcome",
    "done noted": "Noted what was done",
    "escalated": "Told one step up: nobody took it",
    "held": "Put on hold",
    "hold ended": "Hold ended",
    "in hand": "Taken in hand",
    "manager answered": "Manager answered the customer",
    "manager asked to answer": "Manager asked to answer the customer",
    "manager told": "Manager told",
    "note": "Note",
    "promise kept": "Promise kept",
    "promise overdue": "Promise overdue",
    "promised": "Promised",
    "reminded": "Told once more: nobody took it",
    "rude": "Rude behaviour noted",
}
"""Events whose names say less than a person wants to read; others are shown by their names."""

SIGNAL = {
    "upset": "upset",
    "angry": "angry",
    "irate": "irate",
    "complaint": "complains",
    "supervisor": "asks for a manager",
    "threat_leave": "threatens to leave",
    "threat_legal": "threatens legal action",
    "threat_public": "threatens to go public",
    "threat_safety": "threat to safety",
    "abusive": "abusive",
    "urgent": "urgent",
}

NOTICE = {
    "waiting": "not sent yet",
    "held": "waits to be sent together with others",
    "bundled": "sent together with others",
    "deferred": "put off; it is tried again",
    "sent": "sent",
    "refused": "refused for good",
    "dropped": "not sent: no longer needed",
}

NOTICE_OF = {
    "bundle": "Several cases",
    "digest": "The digest of a day",
    "hole": "A hole in the rota",
    "swap": "A swap of turns",
}
"""What a notice of no one case is about, by its kind."""

MAILBOX = {
    "new": "not read yet",
    "reading": "being read",
    "waiting": "watched",
    "standby": "standing by",
    "trouble": "cannot be read",
    "refused": "refuses us",
    "stopped": "not watched",
}

KIND = {
    "customer": "From the customer",
    "own": "From us",
    "auto_reply": "Automatic reply",
    "bounce": "Bounce",
    "bulk": "Bulk mail",
    "feedback": "Feedback loop",
    "unknown": "Could not be read",
}

LANGUAGE = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}

_LIKELY = ((0.95, "almost certain"), (0.8, "very likely"), (0.5, "likely"), (0.2, "possible"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a page shows it: for machines, by the server's clock and zone, and its age."""

    iso: str
    written: str
    age: str


def moment(at: datetime, now: datetime) -> Moment:
    local = at.astimezone()
    written = f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
    return Moment(at.astimezone(UTC).isoformat(timespec="seconds"), written, age(at, now))


def age(at: datetime, now: datetime) -> str:
    """How long ago, in the two largest units that matter; a clock ahead of ours is "just now"."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min ago"
    days = hours // 24
    return f"{days} day{'s' if days > 1 else ''} ago"


@dataclass(frozen=True, slots=True)
class Due:
    """A time that something runs out: ``left`` is how long that is from now, or how long ago."""

    iso: str
    written: str
    left: str
    over: bool


def due(at: datetime, now: datetime) -> Due:
    return Due(
        at.astimezone(UTC).isoformat(timespec="seconds"),
        moment(at, now).written,
        left(at, now),
        at <= now,
    )


def left(at: datetime, now: datetime) -> str:
    """How long until then, rounded down; or how long it is over. As ``static/live.js`` says it."""
    said = span(abs(at - now))
    return f"{said} over" if at <= now else f"{said} left"


def span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    if hours < 1:
        return f"{minutes} min" if minutes else "under 1 min"
    if hours < 48:
        return f"{hours} h {minutes:02} min"
    return f"{hours // 24} days"


def likelihood(probability: float) -> str:
    return next((word for least, word in _LIKELY if probability >= least), "unlikely")


def unread(rule: str) -> str:
    """Why a mail was not scored, from the name of the rule that set it apart."""
    reason = rule.removeprefix("not scored: ")
    code = reason.removeprefix("language ")
    return f"in {LANGUAGE.get(code, code)}" if code != reason else reason


def percent(probability: float) -> str:
    """Rounded down, so that what failed a threshold never reads as if it had reached it."""
    return f"{int(probability * 100 + 1e-9)}\u00a0%"


def size(count: int) -> str:
    if count < 1024:
        return f"{count} bytes"
    value, unit = (count / 1024, "KB") if count < 1024**2 else (count / 1024**2, "MB")
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
