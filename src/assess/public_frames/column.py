"""What is said of a public frame and of each of its columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicColumn:
    """One column: ``dtype`` is text, number, integer, flag, date or ids; ``unit`` may be empty."""

    dtype: str
    about: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PublicFrame:
    """One frame: what a row is, and its columns in order.

    A name in capitals stands for several columns: ``CLASS`` for one of each class of the rule set,
    ``QUESTION`` for one of each question of the study.
    """

    rows: str
    columns: dict[str, PublicColumn]


def text(about: str) -> PublicColumn:
    """Return a column of text."""
    return PublicColumn("text", about)


def number(about: str, unit: str = "") -> PublicColumn:
    """Return a column of numbers, which may be missing."""
    return PublicColumn("number", about, unit)


def integer(about: str, unit: str = "") -> PublicColumn:
    """Return a column of whole numbers, none missing."""
    return PublicColumn("integer", about, unit)


def flag(about: str) -> PublicColumn:
    """Return a column of True and False."""
    return PublicColumn("flag", about)


def date(about: str) -> PublicColumn:
    """Return a column of days or moments."""
    return PublicColumn("date", about)


def ids(about: str) -> PublicColumn:
    """Return a column of tuples of ids."""
    return PublicColumn("ids", about)
