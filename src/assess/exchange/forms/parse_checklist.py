"""Parse a returned checklist: the inspector's sheet, findings and remedied recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.errors import Finding, Place
from assess.base.text import tidy
from assess.exchange.forms.find_cells import FormGrid, line_label, line_titles
from assess.exchange.forms.ids import sheet_id_for
from assess.exchange.forms.layout import (
    CHECK_MARKS,
    CHECKED,
    EVIDENCE,
    FINDINGS,
    INSPECTOR,
    MAX,
    TITLE,
)
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from assess.excel.workbook import Where, Workbook, Worksheet
    from assess.exchange.forms.ids import FormId
    from assess.exchange.forms.parsed import ParsedForm
    from assess.rules import RuleSet

FINDING_COLUMNS = {
    "finding": TITLE,
    "clause": MAX,
    "remedy_by": INSPECTOR,
    "recommendation": EVIDENCE,
}
"""The form column of each column of ``inspection`` in a row of findings."""
REMEDY = "remedy:"
"""Prefix of the row keys of earlier recommendations, followed by the inspection's id."""
INSPECTED = "Ngày kiểm tra"
_TABLE = TABLES["inspection"]


class ChecklistParser:
    """Parses one checklist.

    A checklist is complete: values erased from it before it is sent in again are removed from the
    records.
    """

    def __init__(
        self,
        read: ParsedForm,
        sheet: Worksheet,
        book: Workbook,
        rules: RuleSet,
        about: FormId,
        origin: Where,
    ) -> None:
        """Find the rows and columns."""
        self.read, self.rules, self.about = read, rules, about
        keys = [tidy(text) for where, text in sheet.texts() if where[1] == origin[1]]
        self._remedies = {
            key: f"{words.title_of('remedied_on')}, {key.removeprefix(REMEDY)}"
            for key in keys
            if key.startswith(REMEDY)
        }
        self._found = {
            f"finding:{number}": f"Kết quả kiểm tra, dòng {number}"
            for number in range(1, FINDINGS + 1)
        }
        checked = {f"check:{name}": label for name, label in CHECKED.items()}
        titles = {
            **line_titles(rules.criteria),
            **checked,
            "signed": INSPECTED,
            **self._found,
            **self._remedies,
        }
        self.grid = FormGrid(read, sheet, book, origin, CHECK_MARKS, titles)

    def all(self) -> None:
        """Parse the whole checklist.

        An inspection without a day is an error; a checklist may also only state that earlier
        recommendations were remedied.
        """
        entries = [
            (f"line:{c.id}", column)
            for c in self.rules.criteria
            for column in (INSPECTOR, EVIDENCE)
        ]
        entries += [(key, column) for key in self._found for column in FINDING_COLUMNS.values()]
        entries += [("signed", MAX), ("check:evidence", MAX)]
        remedied = [(key, INSPECTOR) for key in self._remedies]
        visited = self.grid.written(entries)
        if not visited and not self.grid.written(remedied):
            self.read.blank = True
            return
        self.grid.refuse_merged(
            {*entries, *((f"check:{name}", MAX) for name in CHECKED), *remedied}
        )
        if visited:
            day, where = self.grid.signed(MAX, INSPECTED)
            at = where or (self.grid.rows.get("signed", 0), self.grid.columns[MAX])
            self.read.cells["inspected_on"] = at
            if where is None:
                self.read.add(Finding("checklist-without-day", Place("")), at, INSPECTED)
            self._sheet(day)
            self.read.rows["inspection"] = list(self._inspections(day))
        for key, title in self._remedies.items():
            self._remedy(key, title)
        self.grid.drop_within_merged()

    def _sheet(self, day: dt.date | None) -> None:
        """Add the inspector's sheet if any line has an entry or note; blank lines are no error."""
        sheet_id = sheet_id_for(self.about.meeting_id, "inspector")
        lines: list[dict[str, Any]] = []
        for criterion in self.rules.criteria:
            found = self.grid.line(
                criterion, INSPECTOR, sheet_id, line_label(criterion.title, "inspector")
            )
            note = self.grid.note(f"line:{criterion.id}", EVIDENCE)
            if found is not None:
                lines.append({**found[1], "note": note})
        said = [line for line in lines if line["state"] != "blank" or line["note"] is not None]
        if said:
            about = {
                "sheet_id": sheet_id,
                "meeting_id": self.about.meeting_id,
                "rater": "inspector",
                "rule_set_id": self.rules.id,
            }
            self.read.rows["sheet"].append(
                {**about, "signed_on": day, "address": said[0]["address"]}
            )
            self.read.rows["line"] += lines

    def _inspections(self, day: dt.date | None) -> Iterator[dict[str, Any]]:
        """Yield rows of ``inspection``: the findings in the order written, then the empty ones.

        The first row stands for the inspection even without a finding. Further empty rows have
        ``only_if_known``: they only clear findings that are on record.
        """
        form = self._checked("form", words.INSPECTION_KINDS) or "kiem_tra"
        about = {
            "chi_bo_id": self.about.unit_id,
            "meeting_id": self.about.meeting_id,
            "inspected_on": day,
            "form": form,
        }
        about |= {name: self._checked(name) for name in ("inspected_by", "plan", "evidence")}
        rows = {key: self._finding(key, title) for key, title in self._found.items()}
        empty = {key for key, row in rows.items() if all(value is None for value in row.values())}
        for number, key in enumerate(sorted(rows, key=lambda key: (key in empty, key)), start=1):
            row = rows[key]
            name = self.about.inspection_id + (f".{number}" if number > 1 else "")
            where = (self.grid.rows.get(key, 0), self.grid.columns[TITLE])
            due = row.get("remedy_by")
            if due is not None and day is not None and due < day:
                at = self.grid.cell(key, INSPECTOR)
                facts = {
                    "what": words.title_of("remedy_by", "inspection"),
                    "found": numbers.day(due),
                    "inspected": numbers.day(day),
                }
                self.read.add(
                    Finding("checklist-remedy", Place(""), facts),
                    at[0] if at else None,
                    self._found[key],
                )
            yield {
                "inspection_id": name,
                **about,
                **row,
                "only_if_known": number > 1 and key in empty,
                "address": self.read.address(where),
            }

    def _finding(self, key: str, title: str) -> dict[str, Any]:
        label = {
            name: f"{title}, {words.title_of(name, 'inspection').lower()}"
            for name in FINDING_COLUMNS
        }
        return {
            name: self.grid.value(key, column, _TABLE[name], label[name])
            for name, column in FINDING_COLUMNS.items()
        }

    def _checked(self, name: str, choices: dict[str, str] | None = None) -> Any:
        # an id is parsed as text; intake checks later whether the unit exists
        column = _TABLE["plan"] if _TABLE[name].dtype == "id" else _TABLE[name]
        key = f"check:{name}"
        self.read.cells[key] = (self.grid.rows.get(key, 0), self.grid.columns[MAX])
        return self.grid.value(key, MAX, column, CHECKED[name], choices)

    def _remedy(self, key: str, title: str) -> None:
        when = self.grid.value(key, INSPECTOR, _TABLE["remedied_on"], title)
        if when is not None:
            where = (self.grid.rows[key], self.grid.columns[INSPECTOR])
            row = {
                "inspection_id": key.removeprefix(REMEDY),
                "remedied_on": when,
                "address": self.read.address(where),
            }
            self.read.rows.setdefault("inspection", []).append(row)
            self.read.cells[key] = where
