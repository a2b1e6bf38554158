"""Small changes to a text that must not change its labels, so that no model leans on them."""

import random
import re
from collections.abc import Sequence

from training.examples import Example

_MARKS = re.compile(r"[!?]+")


def changed(text: str, chance: random.Random, share: float) -> str:
    """``text`` with, each by chance ``share``: no subject, other marks, typing errors."""
    if chance.random() < share and "\n\n" in text:
        body = text.split("\n\n", 1)[1]
        text = body if len(body) > 40 else text
    if chance.random() < share:
        text = remarked(text, chance)
    if chance.random() < share:
        text = mistyped(text, chance, 0.02)
    return text


def remarked(text: str, chance: random.Random) -> str:
    """Exclamation marks taken away, or full stops turned into them: they decide nothing."""
    if chance.random() < 0.5:
        return _MARKS.sub(lambda found: "." if "!" in found.group() else "?", text)
    return re.sub(r"\.(?=\s|$)", lambda _: chance.choice(("!", ".", "!!")), text)


def mistyped(text: str, chance: random.Random, share: float) -> str:
    """``share`` of the letters doubled, dropped or swapped with the next."""
    letters = list(text)
    for at in range(len(letters) - 1):
        if letters[at].isalpha() and chance.random() < share:
            kind = chance.randrange(3)
            if kind == 0:
                letters[at] = ""
            elif kind == 1:
                letters[at] *= 2
            else:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def padded(row: Example, calm: Sequence[Example], chance: random.Random, share: float) -> str:
    """The row's text with a calm text before or after it: one sentence can decide a mail."""
    if not calm or len(row.text) > 700 or chance.random() >= share:
        return row.text
    other = chance.choice(calm).text[:400]
    return f"{row.text}\n\n{other}" if chance.random() < 0.6 else f"{other}\n\n{row.text}"
