"""Text of a template: Markdown with values filled in, read into blocks.

A cell of a template that begins with ``%%md`` is such a text; ``{{ plan.chosen }}`` stands for a
value by its name in the notebook. Values are never read as Markdown or as a template, whatever
letters they have.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assess.base import numbers
from assess.base.arguments import as_day
from assess.base.errors import input_error
from assess.base.text import listing, nearest, tidy
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Note, Paragraph, Table
from assess.reports.document import markdown_parts
from assess.reports.named_figures import NamedCount, NamedList, NamedPoints, NamedRate, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from assess.base.errors import InputError

UNKNOWN = "chưa rõ"
"""How a value that is not known is printed; zero is printed as zero."""
DOTS = "…" * 8
"""A place to fill in by hand."""
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Letters around the number of a value, which take its place until the Markdown is read."""
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_VALUES = "_shown_values"
_QUOTED = re.compile(r"'([^']*)'")
_ORDERED = re.compile(r"[0-9]+\. ")


class _NoSuchValueError(jinja2.UndefinedError):
    """A name without a value."""

    @property
    def name(self) -> str:
        """The name, which is the last that Jinja's sentence about it quotes."""
        return str(_QUOTED.findall(str(self.message))[-1])


class _Missing(jinja2.StrictUndefined):
    """What a name without a value stands for: an error wherever it is used, also in a condition."""

    __slots__ = ()

    def __init__(
        self, hint: Any = None, obj: Any = None, name: Any = None, exc: Any = None
    ) -> None:
        del exc
        super().__init__(hint, obj, name, _NoSuchValueError)


class _Printed(str):
    """Text that a filter has made of a number, with its name."""

    __slots__ = ()


def fill_in(source: str, values: Mapping[str, Any]) -> Group:
    """Return a text as blocks, with ``values`` filled in.

    Markdown: headings (``#`` to ``###``), paragraphs, lists, quotes (notes) and tables. Whole
    numbers and days are printed as in every report, text as it is, a list as *a, b và c*, and None
    or NaN as *chưa rõ*; a decimal number needs ``| percent`` or ``| points``.
    ``| at_most(5, "chi bộ")`` shortens a list of names; ``dots`` is a place to fill in by hand.

    Raise :class:`~assess.base.errors.InputError` for a name without a value, for a decimal number
    without a form, and for text that is no template.
    """
    shown: list[str] = []
    try:
        text = _template(source).render({**values, _VALUES: shown})
    except jinja2.TemplateSyntaxError as error:
        raise _bad_text(error.lineno, str(error.message)) from error
    except _NoSuchValueError as error:
        found = error.name
        near = nearest(found, (name for name in values if not name.startswith("_")))
        raise input_error("no-such-value", "%%md", found=found, hint=near) from error
    except (jinja2.TemplateError, TypeError, ValueError, ZeroDivisionError) as error:
        raise _bad_text(0, str(error)) from error
    return Group(tuple(blocks_of(markdown_parts(text), shown)))


def _bad_text(line: int, reason: str) -> InputError:
    where = f"dòng {line}: " if line else ""
    return input_error("bad-text", "%%md", reason=f"{where}{reason}")


@lru_cache(maxsize=1024)
def _template(source: str) -> jinja2.Template:
    return _environment().from_string(source)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = ImmutableSandboxedEnvironment(
        undefined=_Missing,
        finalize=_keep,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "percent": _percent,
        "points": _points,
        "at_most": _at_most,
        "day": _day,
        "month": numbers.month,
        "sentence_case": _sentence_case,
    }
    made.globals |= {"dots": DOTS}
    return made


@jinja2.pass_context
def _keep(context: jinja2.runtime.Context, value: Any) -> str:
    """Keep what a value is printed as, and return its place in the text."""
    shown: list[str] = context[_VALUES]
    shown.append(printed(value))
    return f"{_OPEN}{len(shown) - 1}{_CLOSE}"


def printed(value: Any) -> str:
    """Return a value as it is printed in a sentence; see :func:`fill_in`."""
    if isinstance(value, jinja2.Undefined | _Printed):
        return str(value)  # of a name without a value: raises
    plain = value.item() if hasattr(value, "item") else value
    if plain is None or plain is pd.NA or plain is pd.NaT or _is_nan(plain):
        return UNKNOWN
    if isinstance(value, NamedCount | NamedRate | NamedPoints):
        return value.marked
    if isinstance(plain, float):
        raise input_error("bare-decimal", "%%md", found=str(plain))
    for kind, show in _SHOWN_AS:
        if isinstance(plain, kind):
            return show(plain)
    raise input_error("not-printable", "%%md", found=type(plain).__name__)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


_SHOWN_AS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, tidy),
    (bool, lambda value: "có" if value else "không"),
    (int, numbers.count),
    (Fraction, lambda value: numbers.points(float(value))),
    (dt.datetime, lambda value: numbers.day(value.date())),
    (dt.date, numbers.day),
    (list | tuple, lambda values: listing(printed(each) for each in values)),
)
"""How values are printed by their type; the first that fits."""


def _percent(value: Any) -> Any:
    return _number(value, numbers.percent)


def _points(value: Any) -> Any:
    return _number(value, numbers.points)


def _number(value: Any, show: Any) -> Any:
    if value is None or isinstance(value, jinja2.Undefined):
        return value
    plain = float(value)
    if math.isnan(plain):
        return None
    if isinstance(value, NamedCount | NamedRate | NamedPoints):
        return _Printed(named(value.name, value, show))
    return _Printed(show(plain))


def _at_most(names: Sequence[str], most: int, what: str = "đơn vị") -> str:
    """Return names as a list; beyond ``most`` the others are counted."""
    named_list = names if isinstance(names, NamedList) else NamedList("", names)
    return _Printed(named_list.at_most(most, what))


def _day(value: Any) -> str:
    """Return a day that is given as one or as text such as ``2027-03-01``; nothing for nothing."""
    return numbers.day(as_day(value, "day")) if value else ""


def _sentence_case(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def blocks_of(parts: Iterable[dict[str, Any]], shown: Sequence[str] = ()) -> Iterator[Block]:
    """Yield parts of Markdown as blocks, with the values ``shown`` in their places."""

    def filled(text: str) -> str:
        return _PLACE.sub(lambda place: shown[int(place[1])], text)

    for part in parts:
        kind = part["type"]
        if kind == "heading":
            yield Heading(filled(part["text"]), part["level"])
        elif kind == "paragraph" and filled(part["text"]).strip():
            yield Paragraph(filled(part["text"]))
        elif kind == "note":
            yield Note(filled(part["text"]))
        elif kind == "bullets":
            items = tuple(text for item in part["items"] if (text := filled(item)).strip())
            if items and all(_ORDERED.match(item) for item in items):
                yield from (Paragraph(item) for item in items)  # as in documents: 1. … 2. …
            elif items:
                yield Bullets(items)
        elif kind == "table":
            columns = tuple(
                Column(f"c{number}", filled(title)) for number, title in enumerate(part["head"])
            )
            rows = tuple(tuple(filled(cell) for cell in row) for row in part["rows"])
            yield Table("", "", columns, rows)
        elif kind == "code":
            yield Paragraph(filled(part["text"]))
