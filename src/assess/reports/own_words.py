"""The office's own words: assessments, causes, tasks, kept as Markdown beside the matrix.

A file has a heading for each part (``# Ưu điểm``) and its text below. It travels with the slice as
``words.md``. No template language and no HTML: what stands there is printed as it stands.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from assess.base.errors import Finding, InputError, Place
from assess.base.text import casefold_vi, tidy
from assess.reports.block_json import MIME
from assess.reports.blocks import Block, Group, Heading, Paragraph
from assess.reports.document import markdown_parts
from assess.reports.sentences import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nbformat import NotebookNode

WORDS_FILE = "words.md"
"""The file of a slice with the office's own words."""
ROOM = "[Bổ sung]"
"""What is printed where the office has not written anything yet."""
_PART = re.compile(r"# +(.+?) *#* *")
_MARKUP = re.compile(r"\{\{|\{%|\{#|</?[A-Za-z!]")
_NUMBER = re.compile(r"[0-9][0-9.,/]*[0-9]|[0-9]")


@dataclass(frozen=True)
class OwnWords(Group):
    """Blocks that the office wrote, marked so that their numbers are not taken for results."""

    type: ClassVar[str] = "group"

    def as_json(self) -> dict[str, Any]:
        """Return the blocks in order, with the mark."""
        return {**super().as_json(), "own": True}


def parse_words(text: str, name: str) -> dict[str, str]:
    """Return the Markdown of each part by its heading.

    Raise :class:`~assess.base.errors.InputError` with the line for text before the first heading,
    for a heading that comes twice, and for a template language or HTML.
    """
    found: dict[str, list[str]] = {}
    part: list[str] | None = None
    findings: list[Finding] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        place = Place(name, number, 1)
        heading = _PART.fullmatch(line)
        if _MARKUP.search(line):
            findings.append(Finding("words-markup", place, {"found": tidy(line)[:60]}))
        elif heading:
            title = tidy(heading[1])
            if title in found:
                findings.append(Finding("words-twice", place, {"found": title}))
            part = found.setdefault(title, [])
        elif part is not None:
            part.append(line)
        elif line.strip():
            findings.append(Finding("words-no-heading", place, {"found": tidy(line)[:60]}))
    if findings:
        raise InputError(findings)
    return {title: "\n".join(lines).strip() for title, lines in found.items()}


def words_block(written: Mapping[str, str], heading: str, parts: Sequence[str]) -> Group:
    """Return the parts under a heading, each with what the office wrote or room for it."""
    blocks: list[Block] = [Heading(heading)]
    for number, part in enumerate(parts or [heading], start=1):
        if parts:
            blocks.append(Heading(f"{number}. {part}", 2))
        found = words_part(written, part)
        blocks += [found] if isinstance(found, OwnWords) else found.blocks
    return Group(tuple(blocks))


def words_part(written: Mapping[str, str], part: str, *, required: bool = True) -> Group:
    """Return what the office wrote for one part, without a heading; if ``required``, or room."""
    by_name = {casefold_vi(title): text for title, text in written.items()}
    own = tuple(blocks_of(markdown_parts(by_name.get(casefold_vi(part), ""))))
    if own:
        return OwnWords(own)
    return Group((Paragraph(ROOM),) if required else ())


def unused_parts(written: Iterable[str], printed: Iterable[str]) -> list[str]:
    """Return the parts of a file that no heading of the report has: their text is not printed."""
    there = {casefold_vi(re.sub(r"^(?:[0-9]+\.|[IVX]+-) ", "", title)) for title in printed}
    return [title for title in written if casefold_vi(title) not in there]


def strange_numbers(written: Mapping[str, str], results: str) -> list[str]:
    """Return the numbers of the words, from two digits on, that the results do not have."""
    known = set(_NUMBER.findall(results))
    seen = dict.fromkeys(
        number for text in written.values() for number in _NUMBER.findall(text) if len(number) > 1
    )
    return [number for number in seen if number not in known]


def without_own_words(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of an executed notebook without the blocks that the office wrote."""
    copy = deepcopy(notebook)
    for cell in copy.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if MIME in data:
                data[MIME] = _without(data[MIME])
    return copy


def _without(block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] != "group":
        return block
    kept = [] if block.get("own") else [_without(inner) for inner in block["blocks"]]
    return {**block, "blocks": kept}
