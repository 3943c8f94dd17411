"""What a form says of itself in a hidden cell: which form, of whom, for when, on which rules.

A form for another rule set, period or unit is told by it, and so is one that was handed out under other numbers than those of
today. Labels may be mended while forms are out: they are no part of the identity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from assess.base import digests
from assess.base.errors import input_error
from assess.base.periods import MONTH
from assess.base.text import tidy

if TYPE_CHECKING:
    from assess.rules import RuleSet

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MARK = "assess"
VERSION = 2
TITLES = 1
"""The version of forms whose digest is of titles and points (:func:`titles_digest`): it cannot say whether a bound has moved."""
_SHORT = 12
Kind = Literal["form", "summary", "checklist"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class FormId:
    """The identity of a form (``unit_id``: its chi bộ), a monthly summary (its đảng bộ; no meeting) or an inspector's checklist.

    ``inspection_id``: of a checklist, the inspection that it is for.
    """

    kind: Kind
    rule_set_id: str
    rules_digest: str
    unit_id: str
    month: str
    meeting_id: str = ""
    version: int = VERSION
    inspection_id: str = ""

    def __str__(self) -> str:
        """Return the id as it stands in the hidden cell, with a check against slips."""
        body = self._body()
        return f"{body}|{digests.of_text(body)[:8]}"

    def _body(self) -> str:
        parts = (
            MARK,
            self.kind,
            str(self.version),
            self.rule_set_id,
            self.rules_digest,
            self.unit_id,
            self.month,
            self.meeting_id,
        )
        return "|".join((*parts, self.inspection_id) if self.kind == "checklist" else parts)


def is_id(text: str) -> bool:
    """Whether a cell's text is meant as an id, whole or damaged."""
    return tidy(text).startswith(f"{MARK}|")


def parse_id(text: str) -> FormId:
    """Read an id; a damaged one raises ``ValueError``. Its version is not judged here."""
    mark, kind, version, rule_set_id, digest, unit_id, month, meeting_id, *rest = [
        *tidy(text).split("|"),
        *[""] * 8,
    ][:11]
    inspection_id = rest[0] if kind == "checklist" else ""
    names = [name for name in (meeting_id, inspection_id) if name]
    if mark != MARK or kind not in KINDS or not version.isdecimal() or not MONTH.fullmatch(month):
        raise ValueError(text)
    if not all(_ID.fullmatch(name) for name in (rule_set_id, unit_id, *names)) or (
        kind == "checklist" and len(names) < 2
    ):
        raise ValueError(text)
    found = FormId(
        kind, rule_set_id, digest, unit_id, month, meeting_id, int(version), inspection_id
    )
    if str(found) != tidy(text):
        raise ValueError(text)
    return found


_LABELS = frozenset(
    {
        "title",
        "short",
        "issuer",
        "note",
        "why",
        "cite",
        "sources",
        "valid_from",
        "valid_to",
        "dates_known",
        "replaces",
        "year",
    }
)
"""What decides neither the points nor the class of a meeting: names, remarks, citations, days (adoption has its own), the year."""


def law_digest(rules: RuleSet) -> str:
    """Return a short digest of what decides points and classes of a rule set: maxima, bounds, conditions, cuts, gates, questions.

    Labels are left out, and so are keys that stand at their default: a key that the model gets later changes no digest. The order
    of lines, levels and gates decides nothing.
    """
    return digests.of_text(
        digests.canonical(_law(rules.model_dump(mode="json", exclude_defaults=True, by_alias=True)))
    )[:_SHORT]


def _law(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _law(part) for key, part in value.items() if key not in _LABELS}
    if isinstance(value, list):
        parts = [_law(part) for part in value]
        named = all(isinstance(part, dict) and "id" in part for part in parts)
        return sorted(parts, key=lambda part: str(part["id"])) if named else parts
    return value


def titles_digest(rules: RuleSet) -> str:
    """Return the digest that forms of the first edition carry: lines, maxima, levels and titles as a rater saw them."""
    lines = [
        [c.id, c.kind, c.max, c.step, [[v.id, v.points, v.title] for v in c.levels], c.title]
        for c in rules.criteria
    ]
    return digests.of_text(digests.canonical([rules.id, rules.total, lines]))[:_SHORT]


def meeting_id_for(chi_bo_id: str, month: str, kind: str) -> str:
    """Return the id of a chi bộ's meeting for a month: ``pvd-01.2603``, with ``cd`` for a thematic one held apart.

    Raises :class:`~assess.base.errors.InputError` when it would be longer than an id may be.
    """
    found = f"{chi_bo_id}.{month[2:4]}{month[5:7]}{'cd' if kind == 'chuyen_de' else ''}"
    if len(found) > 61:
        raise input_error("id-too-long", "chi_bo", found=chi_bo_id)
    return found


def sheet_id_for(meeting_id: str, rater: str) -> str:
    """Return the id of a rater's sheet of a meeting."""
    return f"{meeting_id}.{ {'self': 'tc', 'superior': 'ct', 'inspector': 'kt'}[rater] }"
