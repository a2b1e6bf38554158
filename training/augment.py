"""Small changes to a text that must not change its labels, so that no model leans on them."""

import random
import re
from collections.abc import Sequence

from training.examples import Example

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_MARKS = re.compile(r"[!?]+")


def changed(text: str, chance: random.Random, share: float) -> str:
    """``text`` with, each by chance ``share``: no subject, other marks, typing errors."""
    if chance.random() < share and "\n\n" in text:
        body = text.split("\n\n", 1)[1]
        text = body if len(body) > 40 else text
    if chance.random() < share:
        text = remarked(text, chance)
    if chance.random() < share:
        text = mistyped(text, chance, chance.uniform(0.01, 0.06))
    return text


def remarked(text: str, chance: random.Random) -> str:
    """Exclamation marks taken away, or full stops turned into them: they decide nothing."""
    if chance.random() < 0.5:
        return _MARKS.sub(lambda found: "." if "!" in found.group() else "?", text)
    return re.sub(r"\.(?=\s|$)", lambda _: chance.choice(("!", ".", "!!")), text)


def mistyped(text: str, chance: random.Random, share: float) -> str:
    """``share`` of the letters doubled, dropped, swapped with the next or hit beside the key;
    as large a share of the spaces and apostrophes dropped."""
    letters = list(text)
    for at in range(len(letters) - 1):
        if chance.random() >= share:
            continue
        if letters[at] in " '\u2019":
            letters[at] = ""
        elif letters[at].isalpha():
            letters[at : at + 2] = _mistyped(letters[at], letters[at + 1], chance)
    return "".join(letters)


def _mistyped(letter: str, following: str, chance: random.Random) -> tuple[str, str]:
    kind = chance.randrange(4)
    if kind == 0:
        return "", following
    if kind == 1:
        return letter * 2, following
    if kind == 2:
        return following, letter
    row = next((keys for keys in KEYS if letter.lower() in keys), letter)
    at = row.find(letter.lower()) + chance.choice((-1, 1))
    return row[min(max(at, 0), len(row) - 1)], following


def padded(row: Example, calm: Sequence[Example], chance: random.Random, share: float) -> str:
    """The row's text with a calm text before or after it: one sentence can decide a mail."""
    if not calm or len(row.text) > 700 or chance.random() >= share:
        return row.text
    other = chance.choice(calm).text[:400]
    return f"{row.text}\n\n{other}" if chance.random() < 0.6 else f"{other}\n\n{row.text}"
