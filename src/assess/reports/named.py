"""Named figures: a number within a sentence that is found by its name, whatever the words around it.

A section writes ``f"Đã họp {named('coverage.held', 116)} lượt"``. The mark that this puts into the text leaves no trace in what is
printed; the block keeps name, value and place beside its text, and a batch writes them to ``NAME.figures.json``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.text import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Figure = dict[str, Any]

_OPEN, _VALUE, _SHOWN, _CLOSE = "\ufdd0", "\ufdd3", "\ufdd1", "\ufdd2"
"""Code points that Unicode keeps free for use within a program: no text from outside holds them."""
_NAMED = re.compile(f"{_OPEN}([^{_SHOWN}]*){_SHOWN}([^{_CLOSE}]*){_CLOSE}")
_SENTINEL = "."


def named(name: str, value: float | str, show: Callable[[Any], str] | None = None) -> str:
    """Return a number as text that carries its name; ``show`` writes it, by default as a count (whole) or as points.

    ``name`` has dots between section, subject and figure, such as ``coverage.held``; it is the only one of its report.

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
    """Return a text as it is printed, tidy, and the figures named in it: ``name``, ``value``, ``shown`` and ``at``, where it begins."""
    plain = tidy(_NAMED.sub(r"\2", text))
    found = []
    for match in _NAMED.finditer(text):
        before = _NAMED.sub(r"\2", text[: match.start()])
        name, _, value = match[1].partition(_VALUE)
        # what stands at an end is trimmed, so something must follow
        at = len(tidy(before + _SENTINEL)) - len(_SENTINEL)
        found.append({"name": name, "value": json.loads(value), "shown": match[2], "at": at})
    return plain, found


def figures_of(blocks: Iterable[dict[str, Any]]) -> list[Figure]:
    """Return the named figures of a report's blocks in their order, each with the text ``of`` which it is a part.

    Raises :class:`~assess.base.errors.InputError` for a name that stands for two values.
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
