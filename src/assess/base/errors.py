"""The error for bad input: a list of findings with place, problem, allowed values and fix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from assess.base.messages import FIXES, NOTES, SENTENCES, WARNINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 25
"""Findings printed in full; the rest are only counted, to keep long lists readable."""
_LETTERS = 26
Severity = Literal["error", "warning", "note"]


def column_letters(position: int) -> str:
    """Return a column's letters as spreadsheets show them.

    >>> column_letters(1), column_letters(27)
    ('A', 'AA')
    """
    text = ""
    while position:
        position, rest = divmod(position - 1, _LETTERS)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file, counted from 1; ``label`` is the name of a table's column, if any.

    In a workbook, ``sheet`` is the worksheet's name, and line and column are those of a cell.
    """

    file: str
    line: int = 0
    column: int = 0
    label: str = ""
    sheet: str = ""

    @property
    def cell(self) -> str:
        """The cell as spreadsheets name it, such as ``B7``; empty outside of workbooks."""
        return (
            f"{column_letters(self.column)}{self.line or ''}"
            if self.sheet and (self.line or self.column)
            else ""
        )

    def __str__(self) -> str:
        """Return ``file:line:column`` or ``file!sheet!B7``, as far as known, and the label."""
        position = self.file
        if self.sheet:
            position = "!".join(part for part in (self.file, self.sheet, self.cell) if part)
        elif self.line:
            position += f":{self.line}"
            if self.column:
                position += f":{self.column}"
        return f"{position} ({self.label})" if self.label else position


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in the input.

    ``code`` is stable and names a sentence in :mod:`assess.base.messages`, which ``facts`` fill.
    ``allowed`` lists valid values, ``hint`` is the nearest of them or a way to fix the problem,
    ``clause`` is the rule behind it.
    """

    code: str
    place: Place
    facts: dict[str, Any] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    hint: str = ""
    clause: str = ""

    @property
    def sentence(self) -> str:
        """The problem in Vietnamese, without the place."""
        return SENTENCES[self.code].format(**self.facts)

    @property
    def severity(self) -> Severity:
        """*error*: the input cannot be used; *warning*: used, but check it; *note*: information."""
        if self.code in NOTES:
            return "note"
        return "warning" if self.code in WARNINGS else "error"

    @property
    def fix(self) -> str:
        """How to fix it, in Vietnamese: what may be meant, and the advice for the code."""
        meant = f"có phải là “{self.hint}”?" if self.hint else ""
        return " ".join(part for part in (meant, FIXES.get(self.code, "")) if part)

    def __str__(self) -> str:
        """Return the whole message on one line."""
        parts = [f"{self.place}: {self.sentence} [{self.code}]"]
        if self.allowed:
            shown = ", ".join(self.allowed[:40]) + (" …" if len(self.allowed) > 40 else "")
            parts.append(f"cho phép: {shown}")
        if self.hint:
            parts.append(f"gợi ý: {self.hint}")
        if self.clause:
            parts.append(f"căn cứ: {self.clause}")
        return " · ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain data for ``--json``."""
        return {
            "code": self.code,
            "severity": self.severity,
            "place": str(self.place),
            "file": self.place.file,
            "sheet": self.place.sheet,
            "cell": self.place.cell,
            "line": self.place.line,
            "column": self.place.column,
            "label": self.place.label,
            "message": self.sentence,
            "facts": {
                name: value if isinstance(value, int | float) else str(value)
                for name, value in self.facts.items()
            },
            "allowed": list(self.allowed),
            "hint": self.hint,
            "fix": self.fix,
            "clause": self.clause,
        }


class InputError(Exception):
    """Input that cannot be used, with every finding; commands exit with code 2."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings in the order given."""
        self.findings = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        """Return one line per finding."""
        lines = [str(f) for f in self.findings[:_SHOWN]]
        if len(self.findings) > _SHOWN:
            lines.append(f"… và {len(self.findings) - _SHOWN} lỗi khác")
        return "\n".join(lines)


def input_error(
    code: str, file: str, *, allowed: Iterable[str] = (), hint: str = "", **facts: Any
) -> InputError:
    """Return an ``InputError`` with one finding about a whole file, folder or argument."""
    return InputError([Finding(code, Place(file), facts, tuple(allowed), hint)])
