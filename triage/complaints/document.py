"""A report as headings, lines and tables, whatever it is printed with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``internal`` is marked so in print."""

    label: str
    text: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows below it, or a table where ``heads`` are given; ``empty`` is said where
    there is neither."""

    heading: str
    rows: tuple[Row, ...] = ()
    heads: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    internal: bool = False
    empty: str = "Nothing was recorded."


@dataclass(frozen=True, slots=True)
class Document:
    """``mark`` stands in the foot of every page; ``notice`` below the title."""

    title: str
    subtitle: str
    mark: str
    notice: str
    sections: tuple[Section, ...]
