"""The tables of the records: keys, columns, types, allowed values (see ``data/README.md``)."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assess.base.periods import MONTH
from assess.records.columns import RECORDED, ColumnSpec, TableSpec, count
from assess.records.year_tables import YEAR_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LEVELS = ("tinh", "tren_co_so", "co_so", "bo_phan", "chi_bo")
KINDS = (
    "cap_uy",
    "thon_to_dan_pho",
    "co_quan_hanh_chinh",
    "don_vi_su_nghiep",
    "doanh_nghiep_nha_nuoc",
    "doanh_nghiep_tu_nhan",
    "hoc_sinh_sinh_vien",
    "luc_luong_vu_trang",
)
STATUSES = ("held", "cancelled", "postponed", "merged")
MEETING_KINDS = ("thuong_ky", "chuyen_de", "ket_hop")
ADOPTED = (
    "rule_set",
    "thematic_rule_set",
    "annual_rules",
    "meeting_window",
    "quarter_report",
    "half_report",
    "year_report",
    "first_report",
    "first_briefing",
    "thematic_quarterly",
    "inspection_gate",
    "cap_percent",
)
"""What a unit can adopt.

The rule set for regular and combined meetings; the rule set for thematic meetings held apart; the
rules of the annual class; the window for meetings; the days after a period by which the units below
report; the day of the first report; whether the year's first meeting briefs the members; whether
every quarter has a thematic meeting; whether every chi bộ is inspected before the annual class (the
inspection prerequisite); a higher cap by decision.
"""
RATERS = ("self", "superior", "inspector")
STATES = ("entered", "not_applicable", "blank")


TABLES: dict[str, TableSpec] = {
    table.name: table
    for table in (
        TableSpec(
            "unit",
            "The organisation tree, dated: one row for each span in which nothing about the unit changed.",
            ("unit_id", "valid_from"),
            (
                ColumnSpec("unit_id", "id", "stable name of the unit", required=True),
                ColumnSpec("name", "text", "full name, as printed", required=True),
                ColumnSpec("level", "choice", "place in the tree", required=True, choices=LEVELS),
                ColumnSpec(
                    "kind",
                    "choice",
                    "kind of organisation (HD 42, section 4)",
                    required=True,
                    choices=KINDS,
                ),
                ColumnSpec(
                    "parent_id",
                    "id",
                    "the unit directly above; empty for the root",
                    refers_to="unit",
                ),
                ColumnSpec("valid_from", "date", "first day of the span", required=True),
                ColumnSpec("valid_to", "date", "last day of the span; empty while it lasts"),
                ColumnSpec(
                    "successor_id",
                    "id",
                    "the unit that took this one over when it ended",
                    refers_to="unit",
                ),
                ColumnSpec(
                    "place",
                    "text",
                    "place name for the date line of documents; inherited when empty",
                ),
                count("official_members", "chi bộ only: official members"),
                ColumnSpec("has_chi_uy", "flag", "chi bộ only: it has a chi ủy"),
                ColumnSpec("has_deputy", "flag", "chi bộ only: it has a deputy secretary"),
                ColumnSpec(
                    "leads_mass_organisations", "flag", "chi bộ only: it leads mass organisations"
                ),
            ),
        ),
        TableSpec(
            "adoption",
            "From when to when a unit applies a rule set or another duty; units below inherit it.",
            ("unit_id", "what", "valid_from"),
            (
                ColumnSpec(
                    "unit_id", "id", "the unit that adopted it", required=True, refers_to="unit"
                ),
                ColumnSpec("what", "choice", "what was adopted", required=True, choices=ADOPTED),
                ColumnSpec(
                    "value",
                    "text",
                    "a rule set's id; the window as FIRST-LAST day (25-5); days after the period; a day; a percentage; co or khong",
                    required=True,
                ),
                ColumnSpec("valid_from", "date", "first day", required=True),
                ColumnSpec("valid_to", "date", "last day; empty while it lasts"),
            ),
        ),
        TableSpec(
            "answer",
            "An authority's answer to an unclear clause of one rule set; units below inherit it.",
            ("unit_id", "rule_set_id", "question", "valid_from"),
            (
                ColumnSpec(
                    "unit_id",
                    "id",
                    "the unit that it holds for, with those below it",
                    required=True,
                    refers_to="unit",
                ),
                ColumnSpec(
                    "rule_set_id",
                    "text",
                    "the rule set (or annual rules) it is about",
                    required=True,
                ),
                ColumnSpec(
                    "question", "text", "the question, as in docs/readings.md", required=True
                ),
                ColumnSpec("option", "text", "the reading that was answered", required=True),
                ColumnSpec("valid_from", "date", "first day", required=True),
                ColumnSpec("valid_to", "date", "last day; empty while it lasts"),
                ColumnSpec(
                    "citation",
                    "text",
                    "the document that answers: number, date, who",
                    required=True,
                ),
                RECORDED,
            ),
            optional=True,
        ),
        TableSpec(
            "meeting",
            "One sitting of a chi bộ, or the month's meeting that was cancelled, postponed or merged.",
            ("meeting_id",),
            (
                ColumnSpec("meeting_id", "id", "stable name of the meeting", required=True),
                ColumnSpec("chi_bo_id", "id", "the chi bộ", required=True, refers_to="unit"),
                ColumnSpec(
                    "for_month",
                    "month",
                    "the month whose work it reviews, as the chi bộ declares",
                    required=True,
                ),
                ColumnSpec("held_on", "date", "the day; empty when it was not held"),
                ColumnSpec(
                    "status", "choice", "what became of it", required=True, choices=STATUSES
                ),
                ColumnSpec(
                    "reason", "text", "why it was cancelled, postponed or merged", free=True
                ),
                ColumnSpec(
                    "kind",
                    "choice",
                    "regular, thematic, or both in one sitting",
                    required=True,
                    choices=MEETING_KINDS,
                ),
                ColumnSpec("mode", "choice", "how it met", choices=("truc_tiep", "truc_tuyen")),
                ColumnSpec("minutes", "integer", "length", low=0, unit="phút"),
                count("roll", "members on the books that day"),
                count("exempt", "of the roll: exempt from work and meetings"),
                count("special_duty", "of the roll: armed-forces members on special duty"),
                count("present", "of the rest: present"),
                count("exempt_present", "of the exempt: present all the same"),
                count("absent_excused", "of the rest: absent with a reason"),
                count("absent_unexcused", "of the rest: absent without a reason"),
                ColumnSpec(
                    "longest_excused_streak",
                    "integer",
                    "longest run of excused absences of any member this year",
                    low=0,
                    unit="lần",
                ),
                count("speakers", "members present who spoke"),
                ColumnSpec(
                    "chi_uy_met",
                    "flag",
                    "the chi ủy met (or secretary and deputy conferred) before, with minutes",
                ),
                ColumnSpec(
                    "own_required_minutes",
                    "integer",
                    "length that the competent committee set for this chi bộ",
                    low=1,
                    unit="phút",
                ),
                ColumnSpec("papers_at", "date", "day the papers went onto the e-handbook"),
                ColumnSpec("result_at", "date", "day the results went onto the e-handbook"),
                ColumnSpec("topic", "text", "thematic topic", free=True),
                ColumnSpec(
                    "targets_set",
                    "integer",
                    "targets in last month's conclusion or resolution",
                    low=0,
                ),
                ColumnSpec("targets_met", "integer", "of these, met", low=0),
                RECORDED,
            ),
        ),
        TableSpec(
            "sheet",
            "One rater's scoring of one meeting.",
            ("sheet_id",),
            (
                ColumnSpec("sheet_id", "id", "stable name of the sheet", required=True),
                ColumnSpec("meeting_id", "id", "the meeting", required=True, refers_to="meeting"),
                ColumnSpec("rater", "choice", "who scored", required=True, choices=RATERS),
                ColumnSpec("rule_set_id", "id", "the form it was scored on", required=True),
                ColumnSpec("signed_on", "date", "day of signature"),
                ColumnSpec(
                    "stated_total",
                    "number",
                    "total as stated without its lines, in a monthly summary",
                    low=0,
                    unit="điểm",
                ),
                ColumnSpec("stated_class", "text", "class marked beside it"),
                ColumnSpec("remark", "text", "remark beside it", free=True),
                RECORDED,
            ),
            unique=(("meeting_id", "rater"),),
        ),
        TableSpec(
            "line",
            "One criterion's entry on a sheet. Blank is not zero.",
            ("sheet_id", "criterion_id"),
            (
                ColumnSpec("sheet_id", "id", "the sheet", required=True, refers_to="sheet"),
                ColumnSpec("criterion_id", "id", "the criterion of the form", required=True),
                ColumnSpec(
                    "state",
                    "choice",
                    "entered, marked not applicable, or left blank",
                    required=True,
                    choices=STATES,
                ),
                ColumnSpec(
                    "points",
                    "number",
                    "the points entered; empty unless entered",
                    low=0,
                    unit="điểm",
                ),
                ColumnSpec("note", "text", "what the rater wrote beside it", free=True),
            ),
        ),
        *YEAR_TABLES,
    )
}

YEARLY = tuple(table.name for table in YEAR_TABLES)
"""The names of the tables of the year's work, other than meetings and score sheets."""

PANDAS: dict[str, str] = {
    "text": "str",
    "id": "str",
    "choice": "str",
    "month": "str",
    "year": "str",
    "period": "str",
    "date": "datetime64[s]",
    "moment": "datetime64[s]",
    "integer": "float64",
    "number": "float64",
    "flag": "boolean",
}
"""The pandas dtype of each column type; integers are floats so that a missing count is NaN."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERIOD = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?")
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,6})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")
_SHAPES = {"id": _ID, "month": MONTH, "year": _YEAR, "period": _PERIOD}
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
WANTED = {
    "id": "mã (chữ không dấu, số, dấu . _ -)",
    "month": "tháng dạng NĂM-THÁNG, chẳng hạn 2026-03",
    "year": "năm, chẳng hạn 2026",
    "period": "kỳ dạng 2026, 2026-H1, 2026-Q1 hoặc 2026-03",
    "date": "ngày có thật, ghi dạng NĂM-THÁNG-NGÀY, chẳng hạn 2026-03-05 (không ghi 05/3/2026)",
    "moment": "thời điểm dạng NĂM-THÁNG-NGÀYTGIỜ:PHÚT",
    "integer": "số nguyên",
    "number": "số",
    "flag": "true hoặc false",
}


def read_value(column: ColumnSpec, text: str) -> Any:
    """Parse a written value as its column's type; raise ``ValueError`` when it does not match.

    A decimal comma and a decimal point are both accepted. Ranges and choices are checked elsewhere.
    """
    kind = column.dtype
    if kind in ("text", "choice"):
        return text
    if kind in _SHAPES:
        return _match(_SHAPES[kind], text)
    if kind == "date":
        return dt.date.fromisoformat(_match(_DAY, text))
    if kind == "moment":
        return dt.datetime.fromisoformat(_match(_MOMENT, text))
    if kind == "flag":
        if text.lower() not in _FLAGS:
            raise ValueError(text)
        return _FLAGS[text.lower()]
    value = float(_match(_NUMBER, text).replace(",", "."))
    if kind == "integer" and (value != math.floor(value) or has_thousands(text)):
        raise ValueError(text)
    return value


def is_id(text: str) -> bool:
    """Return whether a text may be an id."""
    return _ID.fullmatch(text) is not None


def has_thousands(text: str) -> bool:
    """Return whether a text may be a count with a thousands separator, such as 1.000.

    Parsed as a decimal, it would be a thousand times too small.

    >>> [has_thousands(text) for text in ("1.000", "12,345", "12.0", "1000")]
    [True, True, False, False]
    """
    return _THOUSANDS.fullmatch(text) is not None


def _match(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


def frame(table: TableSpec, columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a frame of a table with its dtypes; columns not given are missing in every row."""
    length = len(next(iter(columns.values()), ()))
    data: dict[str, Any] = {}
    for column in table.columns:
        values = columns.get(column.name)
        if values is None:
            values = [None] * length
        data[column.name] = _series(column, values)
    return pd.DataFrame(data, columns=list(table.names))


def _series(column: ColumnSpec, values: Sequence[Any]) -> pd.Series:
    dtype = PANDAS[column.dtype]
    if dtype == "datetime64[s]" and all(v is None for v in values):
        return pd.Series(np.full(len(values), "NaT", dtype=dtype))
    if dtype == "float64":
        return pd.Series(np.array([math.nan if v is None else v for v in values], dtype=float))
    if dtype == "datetime64[s]":
        return pd.Series(pd.array(pd.to_datetime(pd.Series(values, dtype=object)).astype(dtype)))
    return pd.Series(list(values), dtype=dtype)


def from_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a frame of the table ``name`` from row mappings; omitted keys are missing values."""
    rows = list(rows)
    if not rows:
        return _without_rows(name).copy(deep=False)  # pandas copies on writing
    return frame(TABLES[name], {c: [row.get(c) for row in rows] for c in TABLES[name].names})


@cache
def _without_rows(name: str) -> pd.DataFrame:
    """Return a frame without rows: making one takes 4 ms, and most tables of most stores are so."""
    return frame(TABLES[name], {c: [] for c in TABLES[name].names})


class ReadOnlyTables(Mapping[str, pd.DataFrame]):
    """Tables by name that no reader can change for another.

    Each access returns a shallow copy. pandas copies on writing, so a change stays with its maker.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Keep the tables."""
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return one table."""
        return self._tables[name].copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables."""
        return iter(self._tables)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self._tables)

    def __repr__(self) -> str:
        """Name the tables and their numbers of rows."""
        return f"ReadOnlyTables({', '.join(f'{n} {len(t)}' for n, t in self._tables.items())})"
