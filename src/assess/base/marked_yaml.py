"""YAML as plain data, with the line and column of every key and value.

The dialect is deliberately small. Scalars follow YAML 1.2's core schema, so ``no`` and
``2025-10-28`` stay text and ``007`` is not seven. Duplicate keys, anchors, aliases and tags are
refused. Nothing in a file is ever evaluated.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from assess.base.errors import Finding, InputError, Place, input_error
from assess.base.machine_faults import reason
from assess.base.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Path_ = tuple[str | int, ...]
Spot = tuple[int, int]
"""Line and column, both from 1."""

_MAX_BYTES = 4 * 1024 * 1024
_INT = re.compile(r"[-+]?(?:0|[1-9]\d*)")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9]\d*)\.\d+")
_PROBLEMS = {
    "'\\t' that cannot start": "có dấu tab; thụt dòng bằng dấu cách",
    "that cannot start any token": "giá trị bắt đầu bằng ký tự này phải đặt trong dấu nháy",
    "mapping values are not allowed": "thụt dòng không khớp, thiếu dấu hai chấm ở dòng trước, hoặc giá trị có dấu hai chấm mà không đặt trong dấu nháy",
    "sequence entries are not allowed": "dấu gạch đầu mục phải xuống dòng mới",
    "expected <block end>": "thụt dòng không khớp với các dòng trên, hoặc thừa chữ sau giá trị",
    "',' or ']'": "danh sách thiếu dấu phẩy hoặc dấu ]",
    "',' or '}'": "thiếu dấu phẩy hoặc dấu }",
    "could not find expected ':'": "thiếu dấu hai chấm sau tên khóa",
    "unexpected end of stream": "dấu nháy mở mà không đóng",
    "unknown escape": "dấu \\ trong nháy kép; dùng nháy đơn",
    "another document": "tệp có hai phần ngăn bởi ---; chỉ được một",
    "special characters": "có ký tự điều khiển",
    "alias": "giá trị bắt đầu bằng dấu * phải đặt trong dấu nháy",
    "alphabetic or numeric": "giá trị bắt đầu bằng dấu * hoặc & phải đặt trong dấu nháy",
    "tag": "giá trị bắt đầu bằng dấu ! phải đặt trong dấu nháy",
}
"""What PyYAML's parser found, by a part of its English, and what to say of it."""
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain data of one file, with the position of every value and every key."""

    file: str
    data: Any
    values: dict[Path_, Spot] = field(repr=False)
    keys: dict[Path_, Spot] = field(repr=False)

    def place(self, path: Path_, *, key: bool = False) -> Place:
        """Return the position of ``path``, or of the nearest part of the file that contains it."""
        for length in range(len(path), -1, -1):
            part = path[:length]
            if key and part in self.keys:
                return Place(self.file, *self.keys[part])
            if part in self.values:
                return Place(self.file, *self.values[part])
        return Place(self.file, 1, 1)

    def named(self, *last: str) -> Iterator[tuple[Path_, Any]]:
        """Yield the path and value of every entry whose path ends with the keys ``last``."""
        for path in self.values:
            if path[-len(last) :] == last:
                value = self.data
                for step in path:
                    value = value[step]
                yield path, value


def read(path: Path, shown_as: str | None = None) -> Marked:
    """Parse one file; raise ``InputError`` if it is unreadable, empty or malformed."""
    return parse(read_text(path, shown_as), shown_as or str(path))


def read_text(path: Path, shown_as: str | None = None) -> str:
    """Return a file's text; raise ``InputError`` if unreadable, too large or not UTF-8."""
    name = shown_as or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise input_error("unreadable", name, reason=reason(error)) from error
    if len(raw) > _MAX_BYTES:
        raise input_error("too-large", name, size=len(raw), limit=_MAX_BYTES)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError([Finding("not-utf8", Place(name, line))]) from error


def parse(text: str, file: str) -> Marked:
    """Parse YAML text; ``file`` is the name that messages show."""
    try:
        return _parsed(text, file)
    except RecursionError as error:
        raise input_error("yaml-deep", file) from error


def _parsed(text: str, file: str) -> Marked:
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise InputError(
            [Finding("yaml-syntax", place, {"reason": _in_words(error.problem or "")})]
        ) from error
    except yaml.YAMLError as error:
        raise input_error("yaml-syntax", file, reason=_in_words(str(error))) from error
    if node is None:
        raise InputError([Finding("empty-file", Place(file, 1, 1))])
    builder = _Builder(file, set())
    data = builder.build(node, ())
    if builder.findings:
        raise InputError(builder.findings)
    return Marked(file, data, builder.values, builder.keys)


def _in_words(problem: str) -> str:
    """Return what PyYAML found, in words for somebody who does not know YAML."""
    return next(
        (said for part, said in _PROBLEMS.items() if part in problem), "không đọc được chỗ này"
    )


def _composed(text: str) -> yaml.Node | None:
    """Compose the node tree, with libyaml where it and PyYAML's own parser surely agree.

    libyaml is several times faster. Whatever it refuses is parsed again by the slow parser, whose
    words and places the messages show.
    """
    if yaml.__with_libyaml__:
        from assess.base.libyaml import PARSED_OTHERWISE, LibyamlLoader

        if not PARSED_OTHERWISE.search(text):
            with contextlib.suppress(yaml.YAMLError, UnicodeEncodeError):
                return LibyamlLoader(text).get_single_node()
    return yaml.compose(text, Loader=yaml.SafeLoader)


class _Builder:
    """Turns a node tree into data; a node met twice is an alias."""

    def __init__(self, file: str, seen: set[int]) -> None:
        self.file = file
        self.seen = seen
        self.values: dict[Path_, Spot] = {}
        self.keys: dict[Path_, Spot] = {}
        self.findings: list[Finding] = []

    def at(self, node: yaml.Node) -> Place:
        return Place(self.file, *_spot(node))

    def build(self, node: yaml.Node, path: Path_) -> Any:
        self.values[path] = _spot(node)
        if id(node) in self.seen:
            self.findings.append(Finding("yaml-alias", self.at(node)))
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, i)) for i, child in enumerate(node.value)]
        return self.scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self.at(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.findings.append(Finding("yaml-key", place))
                continue
            key = tidy(key_node.value)
            if key in data:
                first, _ = self.keys[(*path, key)]
                self.findings.append(Finding("duplicate-key", place, {"found": key, "line": first}))
                continue
            self.keys[(*path, key)] = _spot(key_node)
            data[key] = self.build(value_node, (*path, key))
        return data

    def scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag not in _PLAIN_TAGS:
            self.findings.append(Finding("yaml-tag", self.at(node), {"found": node.tag}))
            return None
        return _plain_value(node.value) if not node.style else tidy(node.value)


def _plain_value(text: str) -> Any:
    """Return the value of an unquoted scalar, by YAML 1.2's core schema."""
    if text.lower() in _WORDS and text in (text.lower(), text.capitalize(), text.upper()):
        return _WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return tidy(text)


def _spot(node: yaml.Node) -> Spot:
    return node.start_mark.line + 1, node.start_mark.column + 1


_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")
)
