"""A form that came back: every value with its cell, and everything that is wrong with it, at its cell.

Rows and columns are found by the hidden names beside them, never by position, so that inserted or moved rows and columns
do no harm. Nothing is guessed: what cannot be read is a finding, and a form with an error is set aside whole.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place, letters
from assess.base.text import nearest, tidy
from assess.records import words
from assess.records.checks import count_findings
from assess.records.forms.cells import read_entry, read_fact
from assess.records.forms.ids import VERSION, FormId, is_id, parse_id, rules_digest, sheet_id_for
from assess.records.forms.layout import COLUMN_MARKS, KEY, NOTE, RATERS, SELF, fact_names
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.base.workbook import Book, Cell, Sheet, Where
    from assess.rules import Criterion, RuleSet

RATER_NAMES = {"self": "chi bộ tự chấm", "superior": "cấp trên chấm"}


@dataclass
class FormRead:
    """One sheet as read: its id, the rows it states by table with the cell of each, and the findings.

    ``cells`` says where each fact stands and ``heading`` what stands above the form, for checks that come later; ``blank``
    that nobody has written on it yet.
    """

    file: str
    sheet: str
    form_id: FormId | None = None
    rules: RuleSet | None = None
    findings: list[Finding] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"meeting": [], "sheet": [], "line": []})
    cells: dict[str, Where] = field(default_factory=dict)
    heading: tuple[tuple[Where, str], ...] = ()
    blank: bool = False

    @property
    def ok(self) -> bool:
        """Whether it can be taken: no finding is an error."""
        return not any(f.severity == "error" for f in self.findings)

    def place(self, where: Where | None, label: str = "") -> Place:
        """Return the place of a cell, or of the sheet."""
        row, column = where or (0, 0)
        return Place(self.file, row, column, label, self.sheet)

    def add(self, finding: Finding, where: Where | None, label: str = "", clause: str = "") -> None:
        """Keep a finding at a cell."""
        self.findings.append(replace(finding, place=self.place(where, label), clause=clause or finding.clause))

    def address(self, where: Where | None) -> str:
        """Return a cell as ``sheet!B7``, for the records."""
        return f"{self.sheet}!{letters(where[1])}{where[0]}" if where else self.sheet


def find_id(sheet: Sheet) -> tuple[Where, str] | None:
    """Return the cell that holds a form's id, and its text."""
    return next(((where, text) for where, text in sheet.texts() if is_id(text)), None)


def identify(sheet: Sheet, read: FormRead, rules: Mapping[str, RuleSet]) -> Where | None:
    """Read a sheet's id and find its rule set; return the id's cell, or nothing when the form cannot be read on."""
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
    if about.version != VERSION:
        read.add(Finding("form-version", read.place(None), {"found": about.version, "wanted": VERSION}), where)
    elif about.rule_set_id not in rules:
        facts = {"found": about.rule_set_id}
        read.add(Finding("form-no-rules", read.place(None), facts, tuple(rules), nearest(about.rule_set_id, rules)), where)
    elif rules_digest(rules[about.rule_set_id]) != about.rules_digest:
        read.add(Finding("form-other-rules", read.place(None), {"found": about.rule_set_id}), where)
    else:
        read.rules = rules[about.rule_set_id]
        return where
    return None


def read_form(file: str, sheet: Sheet, book: Book, rules: Mapping[str, RuleSet]) -> FormRead:
    """Read one sheet as a form; its findings say what is wrong, its rows are complete when there is no error."""
    read = FormRead(file, tidy(sheet.name))
    origin = identify(sheet, read, rules)
    if origin is None or read.rules is None or read.form_id is None:
        return read
    _Reading(read, sheet, book, read.rules, read.form_id, origin).all()
    return read


class _Reading:
    """The rows and columns of one form, and the walk through them."""

    def __init__(self, read: FormRead, sheet: Sheet, book: Book, rules: RuleSet, about: FormId, origin: Where) -> None:
        self.read, self.sheet, self.book, self.rules, self.about = read, sheet, book, rules, about
        self._criteria = {c.id: c for c in rules.criteria}
        self.columns = self._columns(origin)
        self.rows = self._rows(origin[1])
        self.heads = self._heads()
        top = min(self.rows.values(), default=0)
        read.heading = tuple((where, text) for where, text in sheet.texts() if origin[0] < where[0] < top)

    def _columns(self, origin: Where) -> dict[int, int]:
        """The standing column of each column of the form: by its mark in the hidden row, else by its usual distance."""
        marks: dict[str, int] = {}
        for where, text in self.sheet.texts():
            mark = tidy(text)
            if where[0] == origin[0] and mark in marks and mark in COLUMN_MARKS:
                self.read.add(Finding("column-twice", Place(""), {"found": _COLUMN_TITLES[mark]}), (where[0] + 1, where[1]))
            marks.setdefault(mark, where[1]) if where[0] == origin[0] else None
        for mark in COLUMN_MARKS:
            if mark not in marks:
                self.read.add(Finding("column-missing", Place(""), {"found": _COLUMN_TITLES[mark]}), None)
        return {column: marks.get(mark, origin[1] + column - KEY) for mark, column in COLUMN_MARKS.items()}

    def _rows(self, key_column: int) -> dict[str, int]:
        wanted = [*(f"fact:{name}" for name in fact_names(self.rules)), *(f"line:{c.id}" for c in self.rules.criteria), "signed"]
        rows: dict[str, int] = {}
        for where, text in self.sheet.texts():
            key = tidy(text)
            if where[1] != key_column or is_id(key):
                continue
            if key in rows:
                self.read.add(Finding("row-twice", Place(""), {"found": self._title(key), "line": rows[key]}), where)
            elif key not in wanted:
                self.read.add(Finding("row-unknown", Place(""), {"found": key[:60]}), where)
            else:
                rows[key] = where[0]
        for key in wanted:
            if key not in rows:
                self.read.add(Finding("row-missing", Place(""), {"found": self._title(key)}), None)
        return rows

    def _title(self, key: str) -> str:
        kind, _, name = key.partition(":")
        if kind == "fact":
            return words.FACTS.get(name, name)
        return self._criteria[name].title if name in self._criteria else _SIGNED if key == "signed" else name

    def _cell(self, key: str, column: int) -> tuple[Where, Cell | None] | None:
        """The cell of a row and column of the form, and what stands in it; a merged area gives what stands at its head."""
        if key not in self.rows:
            return None
        where = (self.rows[key], self.columns[column])
        where = self.heads.get(where, where)
        return where, self.sheet.cells.get(where)

    def _heads(self) -> dict[Where, Where]:
        """For each cell within a merged area, the cell at its head; only as far as the form reaches."""
        last = (max(self.rows.values(), default=0), max(self.columns.values()))
        found = {}
        for first_row, first_column, last_row, last_column in self.sheet.merged:
            for row in range(first_row, min(last_row, last[0]) + 1):
                found.update({(row, column): (first_row, first_column) for column in range(first_column, min(last_column, last[1]) + 1)})
        return found

    def _merged_entries(self) -> None:
        """A merged area over several entries says nothing of any but one: refused, at its head."""
        entries = {(row, self.columns[SELF]): key for key, row in self.rows.items()}
        for key, row in self.rows.items():
            if not key.startswith("fact:"):
                entries |= {(row, self.columns[column]): key for column in (*RATERS.values(), NOTE) if key != "signed" or column != NOTE}
        inside = Counter(self.heads[where] for where in entries if where in self.heads)
        for first_row, first_column, last_row, last_column in self.sheet.merged:
            if inside[first_row, first_column] > 1:
                area = f"{letters(first_column)}{first_row}:{letters(last_column)}{last_row}"
                self.read.add(Finding("merged-entries", Place(""), {"found": area}), (first_row, first_column))

    def all(self) -> None:
        if self._untouched():
            self.read.blank = True
            return
        self._merged_entries()
        meeting = self._facts()
        held = meeting.get("status") in ("held", None)  # an unreadable word is a finding of its own
        meeting |= {"meeting_id": self.about.meeting_id, "chi_bo_id": self.about.unit_id, "for_month": self.about.month}
        self.read.rows["meeting"].append({**meeting, "address": self.read.address(self.read.cells.get("held_on"))})
        scored = [rater for rater in RATERS if self._sheet(rater, held=held)]
        if held and not scored and any(key.startswith("line:") for key in self.rows):
            first = next(key for key in self.rows if key.startswith("line:"))
            self.read.add(Finding("form-empty", Place("")), (self.rows[first], self.columns[SELF]))
        self._counts(meeting)
        merged = {f.place.cell for f in self.read.findings if f.code == "merged-entries"}
        self.read.findings = [f for f in self.read.findings if f.code == "merged-entries" or f.place.cell not in merged]

    def _untouched(self) -> bool:
        """Whether nobody has written anything on the form yet."""
        entries = [
            (row, self.columns[column])
            for key, row in self.rows.items()
            for column in (*RATERS.values(), NOTE)
            if not key.startswith("fact:")
        ]
        facts = [(row, self.columns[SELF]) for key, row in self.rows.items() if key.startswith("fact:")]
        return not any(where in self.sheet.cells for where in [*entries, *facts] if where not in self._labels())

    def _labels(self) -> set[Where]:
        """Cells within the entries' columns that the form itself fills: the unit beside the day of signing."""
        return {(self.rows["signed"], self.columns[NOTE])} if "signed" in self.rows else set()

    def _facts(self) -> dict[str, Any]:
        meeting: dict[str, Any] = {}
        thematic = self.rules.meeting == "chuyen_de"
        for name in fact_names(self.rules):
            column = TABLES["meeting"][name]
            found = self._cell(f"fact:{name}", SELF)
            meeting[name] = None
            if found is None:
                continue
            where, cell = found
            self.read.cells[name] = where
            if cell is None:
                continue
            choices = words.CHOICES.get(name, {})
            if name == "kind":
                choices = {code: word for code, word in choices.items() if (code == "chuyen_de") == thematic}
            meeting[name], problem = read_fact(column, cell, self.book, choices)
            if problem is not None:
                self.read.add(problem, where, words.FACTS[name])
        broken = {f.place.label for f in self.read.findings}
        meeting["status"] = meeting["status"] or ("held" if words.FACTS["status"] not in broken else None)
        meeting["kind"] = meeting["kind"] or ("chuyen_de" if thematic else "thuong_ky")
        if meeting["status"] == "held":
            for name in _EXPECTED:
                if meeting[name] is None and words.FACTS[name] not in broken and f"fact:{name}" in self.rows:
                    code = "held-without-day" if name == "held_on" else "blank-fact"
                    facts = {} if name == "held_on" else {"found": words.FACTS[name]}
                    self.read.add(Finding(code, Place(""), facts), self.read.cells.get(name), words.FACTS[name])
        elif meeting["status"] is not None and meeting["reason"] is None and "reason" in self.read.cells:
            label = words.FACTS["reason"]
            self.read.add(Finding("blank-fact", Place(""), {"found": label}), self.read.cells["reason"], label)
        return meeting

    def _sheet(self, rater: str, *, held: bool) -> bool:
        """Read one rater's column; whether it is a sheet: one with no entry at all is not."""
        sheet_id = sheet_id_for(self.about.meeting_id, rater)
        lines = [found for c in self.rules.criteria if (found := self._line(c, rater, sheet_id)) is not None]
        first = next((where for where, _, written in lines if written), None)
        if first is None:
            return False
        if not held:
            facts = {"found": words.STATUSES.get(self.read.rows["meeting"][0]["status"] or "", "chưa họp")}
            self.read.add(Finding("scored-not-held", Place(""), facts), first)
        signed, where = None, None
        at_signed = self._cell("signed", RATERS[rater])
        if at_signed is not None and at_signed[1] is not None:
            where, cell = at_signed[0], at_signed[1]
            signed, problem = read_fact(TABLES["sheet"]["signed_on"], cell, self.book, {})
            if problem is not None:
                self.read.add(problem, where, _SIGNED)
        about = {"sheet_id": sheet_id, "meeting_id": self.about.meeting_id, "rater": rater, "rule_set_id": self.rules.id}
        self.read.rows["sheet"].append({**about, "signed_on": signed, "address": self.read.address(where or first)})
        for at, line, written in lines:
            self.read.rows["line"].append(line)
            criterion = self._criteria[line["criterion_id"]]
            if not written and criterion.applies_when is None:
                self.read.add(Finding("blank-line", Place("")), at, _label(criterion.title, rater), self.rules.clause(criterion.cite))
        return True

    def _line(self, criterion: Criterion, rater: str, sheet_id: str) -> tuple[Where, dict[str, Any], bool] | None:
        """Return where a line's entry stands, its row, and whether anything was written there."""
        found = self._cell(f"line:{criterion.id}", RATERS[rater])
        if found is None:
            return None
        where, cell = found
        state, points = "blank", None
        if cell is not None:
            state, points, problem = read_entry(criterion, cell)
            if problem is not None:
                self.read.add(problem, where, _label(criterion.title, rater), self.rules.clause(criterion.cite))
        line = {"sheet_id": sheet_id, "criterion_id": criterion.id, "state": state, "points": points}
        return where, {**line, "note": self._note(criterion.id, rater), "address": self.read.address(where)}, cell is not None

    def _note(self, criterion_id: str, rater: str) -> str | None:
        """The remark beside a line. A form has one column for it: it goes with the chi bộ's own entry, else the superior's."""
        own = self._cell(f"line:{criterion_id}", SELF)
        if rater != "self" and own is not None and own[1] is not None:
            return None
        found = self._cell(f"line:{criterion_id}", NOTE)
        if found is None or found[1] is None:
            return None
        where, cell = found[0], found[1]
        note, problem = read_fact(TABLES["line"]["note"], cell, self.book, {})
        if problem is not None:
            self.read.add(problem, where, "Ghi chú")
        return None if note is None else str(note)

    def _counts(self, meeting: Mapping[str, Any]) -> None:
        for finding, name in count_findings(meeting):
            self.read.add(finding, self.read.cells.get(name), words.FACTS[name])


_EXPECTED = ("held_on", "minutes", "roll", "present")
"""Facts of a meeting that was held without which little can be said of it."""
_SIGNED = "Ngày chấm"
_COLUMN_TITLES = {"@max": "Điểm tối đa", "@self": "Chi bộ tự chấm", "@superior": "Cấp trên chấm", "@note": "Ghi chú"}


def _label(title: str, rater: str) -> str:
    short = title if len(title) <= 70 else f"{title[:69]}…"
    return f"{short}, {RATER_NAMES[rater]}"
