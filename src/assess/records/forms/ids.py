"""What a form says of itself in a hidden cell: which form, of whom, for when, on which rules.

A form for another rule set, period or unit is told by it, and so is a form whose rules have changed since it was sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assess.base import digests
from assess.base.errors import refuse
from assess.base.text import tidy

if TYPE_CHECKING:
    from assess.rules import RuleSet

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")
MARK = "assess"
VERSION = 1
_SHORT = 12
Kind = Literal["form", "summary"]


@dataclass(frozen=True, slots=True)
class FormId:
    """The identity of a form (``unit_id``: its chi bộ) or a monthly summary (its đảng bộ; no meeting)."""

    kind: Kind
    rule_set_id: str
    rules_digest: str
    unit_id: str
    month: str
    meeting_id: str = ""
    version: int = VERSION

    def __str__(self) -> str:
        """Return the id as it stands in the hidden cell, with a check against slips."""
        body = self._body()
        return f"{body}|{digests.of_text(body)[:8]}"

    def _body(self) -> str:
        return "|".join(
            (MARK, self.kind, str(self.version), self.rule_set_id, self.rules_digest, self.unit_id, self.month, self.meeting_id)
        )


def is_id(text: str) -> bool:
    """Whether a cell's text is meant as an id, whole or damaged."""
    return tidy(text).startswith(f"{MARK}|")


def parse_id(text: str) -> FormId:
    """Read an id; a damaged one raises ``ValueError``. Its version is not judged here."""
    parts = tidy(text).split("|")
    if len(parts) != 9 or parts[0] != MARK or parts[1] not in ("form", "summary") or not parts[2].isdecimal():
        raise ValueError(text)
    if not (_ID.fullmatch(parts[3]) and _ID.fullmatch(parts[5]) and _MONTH.fullmatch(parts[6])):
        raise ValueError(text)
    if parts[7] and not _ID.fullmatch(parts[7]):
        raise ValueError(text)
    kind: Kind = "form" if parts[1] == "form" else "summary"
    found = FormId(kind, parts[3], parts[4], parts[5], parts[6], parts[7], int(parts[2]))
    if str(found) != "|".join(parts):
        raise ValueError(text)
    return found


def rules_digest(rules: RuleSet) -> str:
    """Return a short digest of what a rater sees of a rule set: lines, maxima, levels. Notes and citations may change."""
    lines = [[c.id, c.kind, c.max, c.step, [[v.id, v.points, v.title] for v in c.levels], c.title] for c in rules.criteria]
    return digests.of_text(digests.canonical([rules.id, rules.total, lines]))[:_SHORT]


def meeting_id_for(chi_bo_id: str, month: str, kind: str) -> str:
    """Return the id of a chi bộ's meeting for a month: ``pvd-01.2603``, with ``cd`` for a thematic one held apart.

    Raises :class:`~assess.base.errors.InputError` when it would be longer than an id may be.
    """
    found = f"{chi_bo_id}.{month[2:4]}{month[5:7]}{'cd' if kind == 'chuyen_de' else ''}"
    if len(found) > 61:
        raise refuse("id-too-long", "chi_bo", found=chi_bo_id)
    return found


def sheet_id_for(meeting_id: str, rater: str) -> str:
    """Return the id of a rater's sheet of a meeting."""
    return f"{meeting_id}.{ {'self': 'tc', 'superior': 'ct', 'inspector': 'kt'}[rater] }"
