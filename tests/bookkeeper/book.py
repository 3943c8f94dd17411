"""The bookkeeper's ledger of one report: units by day, the meetings that count, their results."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from bookkeeper import records
from bookkeeper.page import spelled_day, spelled_month
from bookkeeper.scoring import (
    Rules,
    Sheet,
    catalogue,
    day,
    facts_of,
    number,
    options_for,
    read_yaml,
    score_sheet,
)

REGULAR = ("thuong_ky", "ket_hop")
NOT_HELD = ("cancelled", "postponed", "merged")
SPANS = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12), "H1": (1, 6), "H2": (7, 12)}


def months_of(period):
    """Return the months of ``2026``, ``2026-Q1``, ``2026-H1`` or ``2026-03``."""
    year, _, rest = period.partition("-")
    first, last = SPANS.get(rest) or ((int(rest), int(rest)) if rest else (1, 12))
    return [f"{year}-{month:02d}" for month in range(first, last + 1)]


def month_end(month):
    year, number_ = map(int, month.split("-"))
    return dt.date(year, number_, calendar.monthrange(year, number_)[1])


def label(period):
    """Return the name that a report gives a period."""
    year, _, rest = period.partition("-")
    if rest in {"H1", "H2"}:
        return f"6 tháng {'đầu' if rest == 'H1' else 'cuối'} năm {year}"
    if rest.startswith("Q"):
        return f"quý {('I', 'II', 'III', 'IV')[int(rest[1]) - 1]}/{year}"
    return f"tháng {spelled_month(year, rest)}" if rest else f"năm {year}"


@dataclass
class Meeting:
    """One meeting: its row, the rule set that applies, its facts, its sheets by rater."""

    row: dict
    form: Rules | None
    facts: dict
    sheets: dict[str, Sheet] = field(default_factory=dict)
    due: bool = False

    @property
    def id(self):
        return self.row["meeting_id"]

    @property
    def chi_bo(self):
        return self.row["chi_bo_id"]

    @property
    def month(self):
        return self.row["for_month"]

    @property
    def kind(self):
        return self.row["kind"]

    @property
    def regular(self):
        return self.kind in REGULAR

    @property
    def held(self):
        return self.row["status"] == "held"

    @property
    def held_on(self):
        return day(self.row["held_on"])

    @property
    def counting(self):
        """The sheet that decides the class: the superior's if any, else the chi bộ's own."""
        return self.sheets.get("superior") or self.sheets.get("self")

    @property
    def assessed(self):
        return self.held and self.counting is not None and not self.counting.waits

    @property
    def waiting(self):
        return self.held and self.counting is not None and self.counting.waits

    @property
    def total(self):
        return self.counting.total if self.counting else None

    @property
    def class_id(self):
        return self.class_of("superior" if "superior" in self.sheets else "self")

    def class_of(self, rater):
        sheet = self.sheets.get(rater)
        return None if sheet is None or sheet.rank < 0 else self.form.classes[sheet.rank]["id"]


class Book:
    """All records behind one report, as known at ``as_of``."""

    def __init__(
        self, root, folder, *, dang_bo, period, as_of, readings=None, corrected=records.CORRECTED
    ):
        self.root, self.dang_bo, self.period, self.as_of, self.corrected = (
            root,
            dang_bo,
            period,
            as_of,
            corrected,
        )
        self.today, self.readings = dt.date.fromisoformat(as_of[:10]), dict(readings or {})
        self.whole = months_of(period)
        self.start, self.end = (
            dt.date.fromisoformat(f"{self.whole[0]}-01"),
            month_end(self.whole[-1]),
        )
        # a month that has not begun is absent, not zero
        self.months = [month for month in self.whole if f"{month}-01" <= as_of[:10]]
        self.under_way = next((month for month in self.months if month_end(month) > self.today), "")
        self.last = min(self.end, self.today)
        self.questions = catalogue(root / "src/assess/rules/questions.yaml")
        self.changes = []
        self.asked = ()
        self.tables = self._known(folder)
        self.units = sorted(
            self.tables["unit"], key=lambda row: (row["valid_from"], row["unit_id"])
        )
        self._by_day = {}

    # --- what was known ---------------------------------------------------------------------------

    def _known(self, folder):
        """Return the rows recorded by ``as_of``, and note what the second intake corrects."""
        moment = self.as_of if len(self.as_of) > 10 else f"{self.as_of}T23:59:59"
        first = records.read(folder / "dau")
        tables = {
            name: [row for row in first.get(name, []) if (row.get("recorded_at") or "") <= moment]
            for name in records.COLUMNS
        }
        if self.corrected <= moment and (folder / "sua").is_dir():
            for name, rows in records.read(folder / "sua").items():
                keys = records.KEYS[name]
                place = {
                    tuple(row[key] for key in keys): number_
                    for number_, row in enumerate(tables[name])
                }
                for row in rows:
                    at = place.get(tuple(row[key] for key in keys))
                    if at is None:
                        tables[name].append(row)
                        continue
                    self._note(name, tables[name][at], row)
                    tables[name][at] = row
        meetings = {row["meeting_id"] for row in tables["meeting"]}
        tables["sheet"] = [row for row in tables["sheet"] if row["meeting_id"] in meetings]
        sheets = {row["sheet_id"] for row in tables["sheet"]}
        tables["line"] = [row for row in tables["line"] if row["sheet_id"] in sheets]
        return tables

    def _note(self, table, old, new):
        for column, value in new.items():
            if column != "recorded_at" and value != old[column]:
                item = (
                    column
                    if table != "line"
                    else new["criterion_id"] + ("" if column == "points" else f".{column}")
                )
                self.changes.append(
                    {
                        "table": table,
                        "sheet_id": new.get("sheet_id", ""),
                        "meeting_id": new.get("meeting_id", ""),
                        "item": item,
                        "before": old[column],
                        "after": value,
                    }
                )

    # --- the tree ---------------------------------------------------------------------------------

    def on(self, when):
        """Return the rows of the units that exist on a day, by id."""
        if when not in self._by_day:
            text = when.isoformat()
            self._by_day[when] = {
                row["unit_id"]: row
                for row in self.units
                if row["valid_from"] <= text <= (row["valid_to"] or "2999-12-31")
            }
        return self._by_day[when]

    def above(self, unit_id, when):
        """Return a unit and the units above it, from itself up."""
        standing, found = self.on(when), []
        while unit_id in standing:
            found.append(unit_id)
            unit_id = standing[unit_id]["parent_id"]
        return found

    def reports_to(self, unit_id, when):
        """Return the nearest unit above that is not part of a grassroots committee."""
        standing = self.on(when)
        return next(
            (
                name
                for name in self.above(unit_id, when)[1:]
                if standing[name]["level"] != "bo_phan"
            ),
            None,
        )

    def chi_bo_under(self, unit_id, when):
        return sorted(
            name
            for name, row in self.on(when).items()
            if row["level"] == "chi_bo" and unit_id in self.above(name, when)
        )

    def row_of(self, unit_id, when):
        """Return the unit's row of a day, or of the nearest earlier day, else the first."""
        rows = [row for row in self.units if row["unit_id"] == unit_id]
        begun = [row for row in rows if row["valid_from"] <= when.isoformat()]
        return begun[-1] if begun else rows[0]

    def name(self, unit_id):
        return self.row_of(unit_id, self.end)["name"]

    def adopted(self, unit_id, what, when):
        """Return the value adopted for a unit on a day, the adopting unit and since when."""
        text = when.isoformat()
        for name in self.above(unit_id, when):
            for row in self.tables["adoption"]:
                if (row["unit_id"], row["what"]) == (name, what) and row["valid_from"] <= text <= (
                    row["valid_to"] or "2999-12-31"
                ):
                    return row["value"], name, row["valid_from"]
        return None, "", ""

    def own_adopted(self, unit_id, what, when):
        text = when.isoformat()
        rows = (
            row
            for row in self.tables["adoption"]
            if (row["unit_id"], row["what"]) == (unit_id, what)
        )
        return next(
            (
                row["value"]
                for row in rows
                if row["valid_from"] <= text <= (row["valid_to"] or "2999-12-31")
            ),
            None,
        )

    # --- who had to meet --------------------------------------------------------------------------

    def last_day(self, month):
        """Return the day on which a chi bộ's place in a month is looked up.

        This is the month's end, or today while the month lasts.
        """
        return min(month_end(month), self.today)

    @cached_property
    def standing(self):
        """The pairs (chi bộ, month) of the chi bộ that were under this unit at the month's end."""
        return sorted(
            (chi_bo, month)
            for month in self.months
            for chi_bo in self.chi_bo_under(self.dang_bo, self.last_day(month))
        )

    @cached_property
    def due(self):
        """The pairs (chi bộ, month) in which a meeting was due.

        All pairs of months that are over; of the month under way only the chi bộ whose meeting is
        on record, since the others still have time.
        """
        seen = {m.chi_bo for m in self.meetings if m.regular and m.month == self.under_way}
        return [
            (chi_bo, month)
            for chi_bo, month in self.standing
            if month != self.under_way or chi_bo in seen
        ]

    @cached_property
    def chi_bo(self):
        return sorted({chi_bo for chi_bo, _ in self.standing})

    def in_month(self, month):
        """Return the name of a month in a table.

        The month under way is named with its last day counted.
        """
        return spelled_month(month[:4], month[5:]) + (
            f" (đến ngày {spelled_day(self.today)})" if month == self.under_way else ""
        )

    # --- meetings ---------------------------------------------------------------------------------

    @cached_property
    def _rules(self):
        return {
            path.stem: Rules(path)
            for path in sorted((self.root / "params/rules").glob("*.yaml"))
            if not path.stem.endswith(".cases")
        }

    @cached_property
    def rules(self):
        return {
            name: self._rules[name]
            for name in sorted({m.form.id for m in self.all_meetings if m.form is not None})
        }

    @cached_property
    def options(self):
        return {
            name: options_for(rules, self.questions, self.readings)
            for name, rules in self._rules.items()
        } | {None: options_for(None, self.questions, self.readings)}

    @cached_property
    def all_meetings(self):
        """The meetings of these chi bộ in the period, wherever the chi bộ were then."""
        return self.scored(self.options)

    def concerns(self, form, question):
        """Whether a question concerns a rule set: common to all, or raised by it."""
        return bool(self.questions[question].get("common")) or question in self._rules[form].raises

    @cached_property
    def strictly(self):
        """The meetings as they would be if a line that does not apply got no points."""
        return self.scored(
            {name: {**options, "not_applicable": "zero"} for name, options in self.options.items()}
        )

    @cached_property
    def _cases(self):
        """The meetings' rows, each with its rule set, its unit that day and two flags.

        The flags: whether the month has a thematic meeting, and whether the chi bộ was under this
        unit.
        """
        mine = set(self.chi_bo)
        rows = [
            row
            for row in self.tables["meeting"]
            if row["chi_bo_id"] in mine and row["for_month"] in self.whole
        ]
        if self.today < self.end:  # a meeting recorded for a future day has not been held
            rows = [row for row in rows if (row["held_on"] or "") <= self.today.isoformat()]
        held = (
            row
            for row in self.tables["meeting"]
            if row["status"] == "held" and row["kind"] != "thuong_ky"
        )
        thematic = {(row["chi_bo_id"], row["for_month"]) for row in held}
        found = []
        for row in rows:
            when = day(row["held_on"]) or month_end(row["for_month"])
            what = "thematic_rule_set" if row["kind"] == "chuyen_de" else "rule_set"
            form = self._rules.get(self.adopted(row["chi_bo_id"], what, when)[0])
            place = row["chi_bo_id"], row["for_month"]
            found.append(
                (
                    row,
                    form,
                    self.on(when).get(row["chi_bo_id"]),
                    place in thematic,
                    place in set(self.standing),
                )
            )
        return found

    def scored(self, options, raters=("self", "superior", "inspector")):
        """Return the same meetings scored under the given readings."""
        found = []
        for row, form, unit, thematic, due in self._cases:
            mine = options[form.id if form else None]
            facts = facts_of(row, form, unit, mine, thematic=thematic)
            meeting = Meeting(row, form, facts, due=due)
            for sheet in self._sheets[row["meeting_id"]]:
                if sheet["rater"] in raters:
                    meeting.sheets[sheet["rater"]] = self._scored_sheet(
                        form, sheet, self._entries[sheet["sheet_id"]], facts, mine
                    )
            found.append(meeting)
        return found

    @staticmethod
    def _scored_sheet(form, sheet, entries, facts, options):
        if form is None or sheet["rule_set_id"] != form.id:
            return Sheet(sheet, waits=True, reason="no_rule_set" if form is None else "other_form")
        return score_sheet(form, sheet, entries, facts, options)

    @property
    def lines_of(self):
        """The rows of lines, by sheet."""
        return self._entries

    @cached_property
    def _entries(self):
        found = defaultdict(dict)
        for row in self.tables["line"]:
            found[row["sheet_id"]][row["criterion_id"]] = row
        return found

    @cached_property
    def _sheets(self):
        found = defaultdict(list)
        for row in self.tables["sheet"]:
            found[row["meeting_id"]].append(row)
        return found

    @cached_property
    def meetings(self):
        """The meetings that count for the period, by chi bộ and month."""
        return sorted(
            (m for m in self.all_meetings if m.due), key=lambda m: (m.chi_bo, m.month, m.id)
        )

    @cached_property
    def forms(self):
        """The rule sets of the period in the order of their first use."""
        first = {}
        for meeting in self.meetings:
            if meeting.form is not None:
                when = meeting.held_on or dt.date.max
                first[meeting.form.id] = min(first.get(meeting.form.id, dt.date.max), when)
        return [self._rules[name] for name in sorted(first, key=lambda name: (first[name], name))]

    def annual_data(self, name):
        """Return the rules of the annual class as their file has them."""
        return read_yaml(self.root / f"params/annual/{name}.yaml")

    def on_form(self, rules):
        """Return the meetings that a rule set scores, of its own kind (thematic or not)."""
        return [
            m
            for m in self.meetings
            if m.form is not None
            and m.form.id == rules.id
            and (m.kind == "chuyen_de") == rules.thematic
        ]

    def block(self, name, rules):
        return name if len(self.forms) < 2 else f"{name}-{rules.id}"


def mean(values):
    values = [value for value in values if value is not None]
    return sum(values, Fraction(0)) / len(values) if values else None


def shares(counts):
    """Return tenths of a percent that add up to a whole, by largest remainders."""
    whole = sum(counts)
    if not whole:
        return [None] * len(counts)
    wanted = [Fraction(1000 * count, whole) for count in counts]
    given = [
        max(int(part), 1) if part else 0 for part in wanted
    ]  # a count above zero never becomes a share of zero
    while sum(given) < 1000:  # the share furthest below its exact value comes next
        short = [part - have for part, have in zip(wanted, given, strict=True)]
        given[short.index(max(short))] += 1
    while sum(given) > 1000:  # of the largest shares the smallest count gives; of equals, the last
        most = [place for place, have in enumerate(given) if have == max(given)]
        given[min(most, key=lambda place: (counts[place], -place))] -= 1
    return [Fraction(tenths, 1000) for tenths in given]


__all__ = [
    "NOT_HELD",
    "REGULAR",
    "Book",
    "Meeting",
    "label",
    "mean",
    "month_end",
    "months_of",
    "number",
    "shares",
]
