"""Named figures: numbers within sentences that can be found by name, whatever the wording.

A section writes ``f"Đã họp {named('coverage.held', 116)} lượt"``. The mark does not appear in
print; the block stores name, value and position beside its text, and a batch writes them to
``NAME.figures.json``.
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.text import listing, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

    Figure = dict[str, Any]

_OPEN, _VALUE, _SHOWN, _CLOSE = "\ufdd0", "\ufdd3", "\ufdd1", "\ufdd2"
"""Unicode noncharacters, reserved for internal use: no outside text contains them."""
_NAMED = re.compile(f"{_OPEN}([^{_SHOWN}]*){_SHOWN}([^{_CLOSE}]*){_CLOSE}")
_SENTINEL = "."


class NamedCount(int):
    """A whole number that keeps its name where a sentence prints it; sums of it are plain."""

    name: str

    def __new__(cls, name: str, value: int) -> Self:
        """Return a number with a name, such as ``plan.chosen``."""
        made = super().__new__(cls, value)
        made.name = name
        return made

    @property
    def marked(self) -> str:
        """The number as text that carries its name; see :func:`named`."""
        return named(self.name, int(self))


class _NamedFloat(float):
    name: str

    def __new__(cls, name: str, value: float) -> Self:
        """Return a number with a name, such as ``coverage.held_rate``."""
        made = super().__new__(cls, value)
        made.name = name
        return made


class NamedRate(_NamedFloat):
    """A share, printed as a percentage, that keeps its name where a sentence prints it."""

    @property
    def marked(self) -> str:
        """The share as text that carries its name; see :func:`named`."""
        return named(self.name, float(self), numbers.percent)


class NamedPoints(_NamedFloat):
    """Points that keep their name where a sentence prints them, with up to two decimals."""

    @property
    def marked(self) -> str:
        """The points as text that carries their name; see :func:`named`."""
        return named(self.name, float(self))


class NamedList(tuple[str, ...]):  # noqa: SLOT001 - a name cannot be a slot of a tuple
    """Names of units or meetings, and the name under which a sentence counts those left out."""

    name: str

    def __new__(cls, name: str, values: Iterable[str]) -> Self:
        """Return names; where a sentence has only the first, the others are ``name.left``."""
        made = super().__new__(cls, values)
        made.name = name
        return made

    def at_most(self, most: int, what: str) -> str:
        """Return the first names as a list; beyond ``most`` the others are counted."""
        if len(self) <= most:
            return listing(self)
        left = len(self) - most
        counted = named(f"{self.name}.left", left) if self.name else str(left)
        return f"{', '.join(self[:most])} và {counted} {what} khác"


def named(name: str, value: float | str, show: Callable[[Any], str] | None = None) -> str:
    """Return a number as text that carries its name.

    ``show`` formats it; the default is a count for integers, points for other numbers. ``name``
    joins section, subject and figure with dots, such as ``coverage.held``, and is unique.

    >>> split_named(f"Đã họp {named('coverage.held', 116)} lượt")
    ('Đã họp 116 lượt', [{'name': 'coverage.held', 'value': 116, 'shown': '116', 'at': 7}])
    """
    plain: Any = value.item() if hasattr(value, "item") else value
    if not isinstance(plain, int | str):
        plain = float(plain)
    if show is None:
        show = (
            numbers.count
            if isinstance(plain, int)
            else str
            if isinstance(plain, str)
            else numbers.points
        )
    return f"{_OPEN}{name}{_VALUE}{json.dumps(plain)}{_SHOWN}{show(plain)}{_CLOSE}"


def split_named(text: str) -> tuple[str, list[Figure]]:
    """Return a text as it is printed, tidy, and the figures named in it.

    Each figure has ``name``, ``value``, ``shown`` and ``at``, the position where it begins.
    """
    if _OPEN not in text:
        return tidy(text), []
    plain = tidy(_NAMED.sub(r"\2", text))
    found = []
    for match in _NAMED.finditer(text):
        before = _NAMED.sub(r"\2", text[: match.start()])
        name, _, value = match[1].partition(_VALUE)
        # tidy() strips trailing spaces, so append a character first
        at = len(tidy(before + _SENTINEL)) - len(_SENTINEL)
        found.append({"name": name, "value": json.loads(value), "shown": match[2], "at": at})
    return plain, found


def figures_of(blocks: Iterable[dict[str, Any]]) -> list[Figure]:
    """Return the named figures of a report's blocks in order, each with the text ``of`` it.

    Raises :class:`~assess.base.errors.InputError` if a name is used for two values.
    """
    found: list[Figure] = []
    values: dict[str, Any] = {}
    for block in blocks:
        for figure in block.get("figures", ()):
            if values.setdefault(figure["name"], figure["value"]) != figure["value"]:
                raise input_error(
                    "figure-twice",
                    figure["name"],
                    found=figure["value"],
                    first=values[figure["name"]],
                )
            found.append(figure)
    return found


def missing_name(module: str, name: str, names: Iterable[str]) -> AttributeError:
    """Return the error for a name that ``results`` or ``sections`` does not have.

    It is a slip of the pen where a name is near, else the template is of another version.
    """
    near = "".join(get_close_matches(name, list(names), 1, 0.8))
    said = f"gợi ý: {near}; hoặc mẫu" if near else "mẫu"
    return AttributeError(
        f"{module}.{name}: không có; {said} này viết cho bản khác của gói assess. Chạy assess init --update rồi lấy mẫu mới ở ban-moi/"
    )
