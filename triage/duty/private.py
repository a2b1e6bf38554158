"""What the house knows about a person and never gives away."""

from typing import NoReturn, SupportsIndex
from weakref import WeakKeyDictionary


class Private:
    """A text that no rendering shows: ``str``, ``repr``, ``format`` and templates give
    ``(private)``; JSON, pickling and joining to other text are refused.

    The text lies outside the object, so that nothing which walks over attributes or slots meets
    it. Truth says whether there is a text at all; two of them are equal only if they are one.
    """

    __slots__ = ("__weakref__",)

    def __init__(self, text: str) -> None:
        _texts[self] = text

    def __bool__(self) -> bool:
        return bool(_texts[self])

    def __repr__(self) -> str:
        return "(private)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "(private)"

    def __copy__(self) -> "Private":
        return self

    def __deepcopy__(self, memo: object) -> "Private":
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a private field is never written out")


_texts: WeakKeyDictionary[Private, str] = WeakKeyDictionary()


NOTHING = Private("")
"""For a person of whom nothing is known."""


def reveal_on_desk(private: Private) -> str:
    """The text itself, for the desk's own screen and nowhere else: never for a mail, a notice, a
    draft, an export or a log."""
    return _texts[private]
