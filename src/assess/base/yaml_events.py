"""Clean YAML, read quickly: one pass over libyaml's events, straight into plain data and positions.

Only what the dialect of :mod:`assess.base.marked_yaml` allows is read here. At anything else (a syntax error, an anchor, a
tag, a key met twice, odd nesting, an empty file) the quick reader gives up, and the careful one there, which is ten times
slower, reads the same text and says what is wrong in its own words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from assess.base.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

Path_ = tuple[str | int, ...]
Spot = tuple[int, int]
"""Line and column, both from 1."""

_INT = re.compile(r"[-+]?(?:0|[1-9]\d*)")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9]\d*)\.\d+")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_UNSURE = re.compile(r"[\t?\ufeff]|[|>][-+\d]*#")
"""What libyaml takes, or counts, where the careful reader does not: a text that has it is left to that one."""
_DEEPEST = 40
"""Levels of nesting that the quick reader follows; a form needs ten."""


def plain_value(text: str) -> Any:
    """Return the value of a scalar without quotes, by YAML 1.2's core schema."""
    if text.lower() in _WORDS and text in (text.lower(), text.capitalize(), text.upper()):
        return _WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return tidy(text)


class GivesUpError(Exception):
    """What the quick reader does not read."""


class Events:
    """One text's data, and where each of its values and keys stands."""

    def __init__(self, text: str) -> None:
        """Read the text; raises :class:`GivesUpError` where the careful reader is needed."""
        loader = getattr(yaml, "CSafeLoader", None)
        if loader is None or _UNSURE.search(text):
            raise GivesUpError
        self.values: dict[Path_, Spot] = {}
        self.keys: dict[Path_, Spot] = {}
        try:
            self._events: Iterator[Any] = yaml.parse(text, Loader=loader)
            next(self._events)
            start = next(self._events)
            if type(start) is not yaml.DocumentStartEvent or start.version or start.tags:
                raise GivesUpError
            self.data = self._node(next(self._events), ())
            next(self._events)
            if type(next(self._events)) is not yaml.StreamEndEvent:
                raise GivesUpError
        except (yaml.YAMLError, UnicodeError) as error:
            raise GivesUpError from error

    def _node(self, event: Any, path: Path_) -> Any:
        kind = type(event)
        if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None or len(path) > _DEEPEST:
            raise GivesUpError
        self.values[path] = _spot(event)
        if kind is yaml.ScalarEvent:
            if event.style:
                return tidy(event.value)
            if not event.value:  # where nothing stands is not where the careful reader says
                raise GivesUpError
            return plain_value(event.value)
        return self._mapping(path) if kind is yaml.MappingStartEvent else self._sequence(path)

    def _mapping(self, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while type(event := next(self._events)) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent or event.anchor is not None or event.tag is not None:
                raise GivesUpError
            key = tidy(event.value)
            if key in data:
                raise GivesUpError
            below = (*path, key)
            self.keys[below] = _spot(event)
            data[key] = self._node(next(self._events), below)
        return data

    def _sequence(self, path: Path_) -> list[Any]:
        data: list[Any] = []
        while type(event := next(self._events)) is not yaml.SequenceEndEvent:
            data.append(self._node(event, (*path, len(data))))
        return data


def _spot(event: Any) -> Spot:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
