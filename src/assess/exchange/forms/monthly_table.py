"""The monthly summary: one table for all chi bộ of a đảng bộ, instead of a score form for each.

Its thirteen columns follow the working table of an office in An Giang (number, cell, members, day,
points, a cross under the class, remarks), with the cell's code, the members present and the
superior's points added. A total without its lines becomes a score sheet with a stated total, which
can be classified only under a rule set whose class follows from the total alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.errors import Finding, Place, input_error
from assess.base.periods import month_end
from assess.base.text import casefold_vi, tidy
from assess.exchange.forms.cells import CROSSES, percent, read_fact, read_number, shown, unusable
from assess.exchange.forms.ids import FormId, law_digest, meeting_id_for, sheet_id_for
from assess.exchange.forms.parsed import ParsedForm, identify
from assess.exchange.forms.printed import other_heads, short
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.excel.workbook import Cell, Where, Workbook, Worksheet
    from assess.records.tree import Tree
    from assess.rules import RuleSet
    from assess.rules.model import Band

_KEY = 1
TOTAL = "@total"
"""What stands in the hidden column of the total and the signatures."""
FACTS = {"roll": "Số đảng viên", "held_on": "Ngày họp", "present": "Số dự họp"}
RATERS = {"self": "Điểm chi bộ tự chấm", "superior": "Điểm cấp trên chấm"}


@dataclass(frozen=True, slots=True)
class MonthlyTable:
    """A đảng bộ's monthly table, not filled in; ``chi_bo`` are pairs of id and name."""

    form_id: FormId
    rules: RuleSet
    dang_bo: str
    chi_bo: tuple[tuple[str, str], ...]
    superior: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: thirteen if the rule set has four classes."""
        return column_names(self.rules)


def column_names(rules: RuleSet) -> tuple[str, ...]:
    """Return the column names of a summary, which its hidden first row holds for parsing."""
    classes = (f"class:{band.id}" for band in rules.classes)
    return ("number", "code", "name", *FACTS, *RATERS, *classes, "note")


def titles_of(rules: RuleSet) -> dict[str, str]:
    """Return the title of each column."""
    classes = {f"class:{band.id}": band.title for band in rules.classes}
    return {
        "number": "STT",
        "code": "Mã",
        "name": "Chi bộ",
        **FACTS,
        **RATERS,
        **classes,
        "note": "Ghi chú, lý do trừ điểm",
    }


def monthly_table_of(rules: RuleSet, tree: Tree, dang_bo: str, month: str) -> MonthlyTable:
    """Return the monthly table of a đảng bộ for its chi bộ at the month's end.

    Raise :class:`~assess.base.errors.InputError` for a rule set that does not classify by the
    total alone, and for a đảng bộ without chi bộ in that month.
    """
    if not rules.has_points or rules.gates:
        raise input_error("form-no-total", "rule_set", found=rules.id)
    day = month_end(month)
    standing = tree.on(day)
    chi_bo = tuple((unit_id, standing[unit_id].name) for unit_id in tree.chi_bo_under(dang_bo, day))
    if not chi_bo:
        raise input_error("no-chi-bo", "dang_bo", found=dang_bo, period=month)
    form_id = FormId("summary", rules.id, law_digest(rules), dang_bo, month)
    upper = tree.reports_to(dang_bo, day)
    name = tree.name_on(dang_bo, day)
    return MonthlyTable(form_id, rules, name, chi_bo, upper.name if upper else "")


def parse_monthly_table(
    file: str, sheet: Worksheet, book: Workbook, rules: Mapping[str, RuleSet], tree: Tree
) -> ParsedForm:
    """Parse a monthly table into rows of ``meeting`` (its columns only) and ``sheet`` (totals)."""
    read = ParsedForm(file, tidy(sheet.name))
    origin = identify(sheet, read, rules)
    if origin is None or read.rules is None or read.form_id is None:
        return read
    marks = {
        tidy(text).removeprefix("@"): where[1]
        for where, text in sheet.texts()
        if where[0] == origin[0] and text.startswith("@")
    }
    for name in column_names(read.rules):
        if name not in marks:
            read.add(Finding("column-missing", Place(""), {"found": name}), None)
    if not read.ok:
        return read
    seen: dict[str, int] = {}
    keyed = {
        where[0]
        for where, text in sheet.texts()
        if where[1] == origin[1] and tidy(text).startswith("unit:")
    }
    last_head = max((row for row, column in sheet.cells if keyed and row < min(keyed)), default=0)
    heads = {where: text for where, text in sheet.texts() if origin[0] < where[0] <= last_head}
    above = {
        name: {text: where for where, text in heads.items() if where[1] == column}
        for name, column in marks.items()
    }
    titles = titles_of(read.rules)
    for name, text in other_heads(above, titles):
        read.add(
            Finding("column-other", Place(""), {"found": short(text), "wanted": titles[name]}),
            above[name][text],
        )
    entries = [
        marks[name]
        for name in marks
        if name in FACTS or name in RATERS or name.startswith("class:")
    ]
    closing = {
        where[0] for where, text in sheet.texts() if where[1] == origin[1] and tidy(text) == TOTAL
    }
    for row in sorted(
        {row for row, column in sheet.cells if column in entries and row > last_head}
        - keyed
        - closing
    ):
        read.add(Finding("row-added", Place("")), (row, min(entries)))
    standing = set(tree.chi_bo_under(read.form_id.unit_id, month_end(read.form_id.month)))
    for where, text in sheet.texts():
        if where[1] != origin[1] or not tidy(text).startswith("unit:"):
            continue
        unit_id = tidy(text).removeprefix("unit:")
        if unit_id in seen:
            read.add(
                Finding("row-twice", Place(""), {"found": unit_id, "line": seen[unit_id]}), where
            )
            continue
        seen[unit_id] = where[0]
        if unit_id not in standing:
            facts = {
                "found": tree.name_on(unit_id, month_end(read.form_id.month)),
                "wanted": read.form_id.unit_id,
            }
            read.add(Finding("form-other-unit", Place(""), facts), (where[0], marks["name"]))
            continue
        _row(_Row(read, sheet, book, marks, where[0], unit_id, read.rules), tree)
    for unit_id in sorted(standing - set(seen)):
        read.add(Finding("row-missing", Place(""), {"found": unit_id}), None)
    return read


@dataclass(frozen=True, slots=True)
class _Row:
    read: ParsedForm
    sheet: Worksheet
    book: Workbook
    marks: Mapping[str, int]
    row: int
    unit_id: str
    rules: RuleSet

    def cell(self, name: str) -> tuple[Where, Cell | None]:
        where = (self.row, self.marks[name])
        return where, self.sheet.cells.get(where)


def _row(line: _Row, tree: Tree) -> None:
    """Parse one chi bộ's row; skip a row without any entry."""
    read, about = line.read, line.read.form_id
    if about is None or all(
        line.cell(name)[1] is None for name in line.marks if name not in ("number", "code", "name")
    ):
        return
    unit = tree.on(month_end(about.month)).get(line.unit_id)
    if unit is None:
        read.add(
            Finding("form-unit-gone", Place(""), {"found": line.unit_id, "month": about.month}),
            (line.row, _KEY),
        )
        return
    where, cell = line.cell("code")
    if cell is not None and shown(cell) != line.unit_id:
        read.add(
            Finding("row-moved", Place(""), {"found": shown(cell), "wanted": line.unit_id}),
            where,
            unit.name,
        )
        return
    where, cell = line.cell("name")
    if cell is not None and casefold_vi(shown(cell)) != casefold_vi(unit.name):
        standing = tree.on(month_end(about.month))
        others = {
            casefold_vi(standing[c].name)
            for c in tree.chi_bo_under(about.unit_id, month_end(about.month))
        }
        code = "row-other" if casefold_vi(shown(cell)) in others else "unit-name"
        read.add(
            Finding(code, Place(""), {"found": shown(cell), "wanted": unit.name}), where, unit.name
        )
    kind = "chuyen_de" if line.rules.meeting == "chuyen_de" else "thuong_ky"
    meeting_id = meeting_id_for(line.unit_id, about.month, line.rules.meeting)
    meeting: dict[str, Any] = {
        "meeting_id": meeting_id,
        "chi_bo_id": line.unit_id,
        "for_month": about.month,
        "status": "held",
        "kind": kind,
    }
    meeting["assumed"] = ("status", "kind")
    for name, label in FACTS.items():
        where, cell = line.cell(name)
        read.cells[f"{line.unit_id}:{name}"] = where
        if cell is not None:
            value, problem = read_fact(TABLES["meeting"][name], cell, line.book, {})
            if problem is not None:
                read.add(problem, where, f"{unit.name}, {label}")
            meeting[name] = value
    if meeting.get("held_on") is None and not any(f.place.line == line.row for f in read.findings):
        read.add(Finding("held-without-day", Place("")), line.cell("held_on")[0], unit.name)
    if (
        meeting.get("roll") is not None
        and meeting.get("present") is not None
        and meeting["present"] > meeting["roll"]
    ):
        facts = {"part": FACTS["present"], "whole": FACTS["roll"]}
        read.add(Finding("part-over-whole", Place(""), facts), line.cell("present")[0], unit.name)
    read.rows["meeting"].append({**meeting, "address": read.address(line.cell("held_on")[0])})
    _totals(line, unit.name, meeting_id)


def _totals(line: _Row, name: str, meeting_id: str) -> None:
    read = line.read
    marked = []
    for band in line.rules.bands:
        where, cell = line.cell(f"class:{band.id}")
        if cell is not None and casefold_vi(shown(cell)) in CROSSES:
            marked.append(band)
        elif cell is not None:
            read.add(
                Finding("stated-mark", Place(""), {"found": shown(cell)}, ("x",)),
                where,
                f"{name}, {band.title}",
            )
    if marked and all(line.cell(rater)[1] is None for rater in RATERS):
        read.add(Finding("stated-alone", Place("")), line.cell(f"class:{marked[0].id}")[0], name)
    if len(marked) > 1:
        facts = {"found": ", ".join(band.title for band in marked)}
        read.add(
            Finding("stated-two", Place(""), facts), line.cell(f"class:{marked[1].id}")[0], name
        )
    note = line.cell("note")[1]
    for rater, label in RATERS.items():
        where, cell = line.cell(rater)
        if cell is None:
            continue
        total = _total(line, where, cell, f"{name}, {label}")
        decides = line.cell("superior")[1] is None or rater == "superior"
        stated = marked[0] if decides and len(marked) == 1 else None
        if total is not None and stated is not None:
            implied = class_of(line.rules, total)
            if implied is not None and implied.id != stated.id:
                facts = {
                    "found": numbers.points_beside(total, line.rules.cuts),
                    "wanted": implied.title,
                    "marked": stated.title,
                }
                read.add(
                    Finding("stated-class", Place(""), facts),
                    line.cell(f"class:{stated.id}")[0],
                    name,
                    line.rules.clause(implied.cite),
                )
        read.rows["sheet"].append(
            {
                "sheet_id": sheet_id_for(meeting_id, rater),
                "meeting_id": meeting_id,
                "rater": rater,
                "rule_set_id": line.rules.id,
                "stated_total": total,
                "stated_class": stated.id if stated else None,
                "remark": shown(note) if note is not None else None,
                "address": read.address(where),
            }
        )


def _total(line: _Row, where: Where, cell: Cell, label: str) -> float | None:
    problem = unusable(cell) or percent(cell)
    total = None
    if problem is None:
        try:
            total = read_number(cell)
        except ValueError:
            moved = cell[0] == "date" and isinstance(cell[1], dt.datetime)
            code = "date-in-points" if moved else "bad-points"
            facts = {
                "found": shown(cell),
                **({"day": cell[1].day, "month": cell[1].month} if moved else {}),
            }
            problem = Finding(code, Place(""), facts)
        else:
            if total < 0:
                problem = Finding(
                    "negative-points", Place(""), {"found": numbers.points_beside(total, (0.0,))}
                )
            elif total > line.rules.total:
                facts = {
                    "found": numbers.points_beside(total, (line.rules.total,)),
                    "wanted": numbers.points(line.rules.total),
                }
                problem = Finding("over-maximum", Place(""), facts)
    if problem is not None:
        line.read.add(problem, where, label)
    return total


def class_of(rules: RuleSet, total: float) -> Band | None:
    """Return the class that follows from a total alone, or None."""
    return next((band for band in rules.bands if _inside(band, total)), None)


def _inside(band: Any, total: float) -> bool:
    (low, low_in), (high, high_in) = band.lower, band.upper
    above = low is None or total > low.plus or (low_in and total == low.plus)
    return above and (high is None or total < high.plus or (high_in and total == high.plus))
