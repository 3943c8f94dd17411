"""The id in a hidden cell of a score form: kind of form, rule set, unit, month and meeting.

It shows whether a form is for another rule set, period or unit, or was issued when the rule set
had other numbers. Labels are not part of it, so they may be corrected while forms are out.
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
"""The first version of ids: its :func:`titles_digest` does not show whether a bound has changed."""
_SHORT = 12
Kind = Literal["form", "summary", "checklist"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class FormId:
    """The identity of a score form, a monthly summary or an inspector's checklist.

    ``unit_id`` is a chi bộ, or the đảng bộ of a summary, which has no ``meeting_id``. Only a
    checklist has an ``inspection_id``.
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
        """Return the id as written in the hidden cell, with a checksum."""
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
    """Whether a cell's text is an id, valid or damaged."""
    return f"{MARK}|" in text and tidy(text).startswith(f"{MARK}|")


def parse_id(text: str) -> FormId:
    """Parse an id of any version; raise ``ValueError`` if it is damaged."""
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
"""Keys that affect neither points nor classes: names, remarks, citations, dates, the year."""


def law_digest(rules: RuleSet) -> str:
    """Return a short digest of the parts of a rule set that decide points and classes.

    These are maxima, bounds, conditions, cuts, class conditions and questions. Labels are left
    out, and so are keys with their default value: a key added to the model later changes no
    digest. The order of lines, levels and class conditions does not matter.
    """
    known = _known.get(id(rules))
    if known is None or known[0] is not rules:
        known = _known[id(rules)] = rules, _law_digest(rules)
    return known[1]


_known: dict[int, tuple[RuleSet, str]] = {}
"""The digests of rule sets, which never change, by the object."""


def _law_digest(rules: RuleSet) -> str:
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
    """Return the digest in ids of the first version: lines, maxima, levels and titles."""
    lines = [
        [c.id, c.kind, c.max, c.step, [[v.id, v.points, v.title] for v in c.levels], c.title]
        for c in rules.criteria
    ]
    return digests.of_text(digests.canonical([rules.id, rules.total, lines]))[:_SHORT]


def meeting_id_for(chi_bo_id: str, month: str, kind: str) -> str:
    """Return the id of a chi bộ's meeting for a month: ``pvd-01.2603``, with ``cd`` if thematic.

    Raise :class:`~assess.base.errors.InputError` if it would be too long.
    """
    found = f"{chi_bo_id}.{month[2:4]}{month[5:7]}{'cd' if kind == 'chuyen_de' else ''}"
    if len(found) > 61:
        raise input_error("id-too-long", "chi_bo", found=chi_bo_id)
    return found


def sheet_id_for(meeting_id: str, rater: str) -> str:
    """Return the id of a rater's score sheet of a meeting."""
    return f"{meeting_id}.{ {'self': 'tc', 'superior': 'ct', 'inspector': 'kt'}[rater] }"
