"""The result of parsing a returned form, and the identification of its rule set."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place, column_letters
from assess.base.text import nearest
from assess.exchange.forms.ids import (
    TITLES,
    VERSION,
    FormId,
    is_id,
    law_digest,
    parse_id,
    titles_digest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.excel.workbook import Where, Worksheet
    from assess.rules import RuleSet

_CUT = re.compile(r'(>=?)(\d+(?:\.\d+)?),"([^"]+)"')


@dataclass
class ParsedForm:
    """One parsed worksheet: its id, its rows by table (each with its cell), and the findings.

    ``cells`` are the cells of the facts and ``heading`` the texts above the form, both for later
    checks; ``blank`` means that no entry has content.
    """

    file: str
    sheet: str
    form_id: FormId | None = None
    rules: RuleSet | None = None
    findings: list[Finding] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"meeting": [], "sheet": [], "line": []}
    )
    cells: dict[str, Where] = field(default_factory=dict)
    heading: tuple[tuple[Where, str], ...] = ()
    blank: bool = False

    @property
    def ok(self) -> bool:
        """Whether the form can be taken: no finding is an error."""
        return not any(f.severity == "error" for f in self.findings)

    def place(self, where: Where | None, label: str = "") -> Place:
        """Return the place of a cell, or of the worksheet without one."""
        row, column = where or (0, 0)
        return Place(self.file, row, column, label, self.sheet)

    def add(self, finding: Finding, where: Where | None, label: str = "", clause: str = "") -> None:
        """Add a finding at a cell."""
        self.findings.append(
            replace(finding, place=self.place(where, label), clause=clause or finding.clause)
        )

    def address(self, where: Where | None) -> str:
        """Return the address of a cell, such as ``sheet!B7``, for the records."""
        return f"{self.sheet}!{column_letters(where[1])}{where[0]}" if where else self.sheet


def find_id(sheet: Worksheet) -> tuple[Where, str] | None:
    """Return the cell that holds a form's id and its text, or None."""
    return next(((where, text) for where, text in sheet.texts() if is_id(text)), None)


def identify(sheet: Worksheet, read: ParsedForm, rules: Mapping[str, RuleSet]) -> Where | None:
    """Parse a worksheet's id and find its rule set; return the id's cell, or None if unusable."""
    found = find_id(sheet)
    if found is None:
        return None
    where, text = found
    try:
        read.form_id = parse_id(text)
    except ValueError:
        read.add(Finding("form-id-changed", read.place(None)), where)
        return None
    about = read.form_id
    if about.version not in (TITLES, VERSION):
        read.add(
            Finding("form-version", read.place(None), {"found": about.version, "wanted": VERSION}),
            where,
        )
    elif about.rule_set_id not in rules:
        facts = {"found": about.rule_set_id}
        read.add(
            Finding(
                "form-no-rules",
                read.place(None),
                facts,
                tuple(rules),
                nearest(about.rule_set_id, rules),
            ),
            where,
        )
    else:
        of_today = rules[about.rule_set_id]
        problem = _other_rules(sheet, about, of_today)
        if problem:
            read.add(Finding(problem, read.place(None), {"found": about.rule_set_id}), where)
        if problem in ("", "form-first-edition"):
            read.rules = of_today
            return where
    return None


def _other_rules(sheet: Worksheet, about: FormId, rules: RuleSet) -> str:
    """Return the finding code if a form's rule set is not or may not be today's, else ``""``."""
    if about.version == VERSION:
        return "" if about.rules_digest == law_digest(rules) else "form-other-rules"
    if about.rules_digest != titles_digest(rules):
        return "form-other-titles"
    printed = _printed_cuts(sheet, {band.title for band in rules.bands})
    return "form-other-rules" if printed and printed != _cuts(rules) else "form-first-edition"


def _printed_cuts(sheet: Worksheet, classes: set[str]) -> set[tuple[str, float, str]]:
    """Return the cuts between classes in the formulas of a form, with the class above each."""
    formulas = (text for kind, text in sheet.cells.values() if kind == "formula")
    found = (cut for text in formulas for cut in _CUT.findall(text))
    return {(sign, float(cut), title) for sign, cut, title in found if title in classes}


def _cuts(rules: RuleSet) -> set[tuple[str, float, str]]:
    """Return the cuts of a rule set as its forms have them in their formulas."""
    edges = ((*band.lower, band.title) for band in rules.bands[:-1])
    return {
        (">=" if inclusive else ">", float(f"{edge.plus:g}"), band)
        for edge, inclusive, band in edges
        if edge is not None
    }
