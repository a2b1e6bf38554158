"""How long, in the words of the file: "90 s", "10 min", "2 h", "3 days", "1 week"."""

import re

DAY = 86_400.0
WORKING_DAY = 8 * 3_600.0
"""Of a table that counts working hours: a day of work, and five of them are a week."""

_WORDS = re.compile(r"([1-9]\d{0,5}) ?(s|sec|seconds?|min|minutes?|h|hours?|days?|weeks?)")


def seconds(text: object, working: bool = False) -> float:
    """``"10 min"`` is 600. Where ``working`` is set, a day has 8 hours and a week 5 days.

    Raises ``ValueError`` saying what is wrong.
    """
    match = _WORDS.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("must be a time such as '90 s', '10 min', '2 h', '3 days' or '1 week'")
    day = WORKING_DAY if working else DAY
    unit = match[2]
    if unit.startswith("s"):
        length = 1.0
    elif unit.startswith("m"):
        length = 60.0
    elif unit.startswith("h"):
        length = 3_600.0
    else:
        length = day * ((5 if working else 7) if unit.startswith("w") else 1)
    return int(match[1]) * length


def in_words(length: float) -> str:
    """The shortest way to write it: 5400.0 is "90 min"."""
    for unit, name in ((DAY, "day"), (3_600, "h"), (60, "min")):
        if length >= unit and length % unit == 0:
            count = int(length // unit)
            return f"{count} {name}{'s' if name == 'day' and count > 1 else ''}"
    return f"{length:g} s"
