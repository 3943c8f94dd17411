"""A slice: the immutable inputs of one report, cut from the records and stored as a folder.

A slice holds only the subtree of its đảng bộ, its period with the surrounding rows that rules need
(``in_period`` is false there), and the rule sets in force. A notebook reads only its slice, so no
report can show another đảng bộ's data, and the report can be reproduced anywhere.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from assess.base import digests, numbers
from assess.base.arguments import as_day, as_moment, as_path, as_period, as_text, wrong_type
from assess.base.errors import InputError, input_error
from assess.base.machine_faults import is_no_memory, reason
from assess.base.periods import Period, last_day, month_end, month_start, shift_month
from assess.base.short_repr import Shown
from assess.base.table_digest import of_table
from assess.base.text import nearest
from assess.records.adoption import Adoptions, adopted_forms
from assess.records.slice_checks import check_adoption, check_annual, check_criteria
from assess.records.tables import PANDAS, TABLES, ReadOnlyTables
from assess.records.tree import Tree
from assess.records.year_rows import units_below, year_rows
from assess.rules import (
    RuleBook,
    RuleSet,
    checked_readings,
    parse_annual_rules,
    parse_rule_set,
    pick,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from assess.records.source import Records
    from assess.rules import AnnualRules, Readings

AUTO = "auto"
_FORMAT = 4
_EDGE = dt.timedelta(days=6)
"""Days around a period: a meeting by the 5th (the usual window) may review the month before."""


@dataclass(frozen=True, repr=False)
class Slice(Shown):
    """The inputs of one report.

    ``tables`` has the tables of the records (:data:`~assess.records.tables.TABLES`) and two more.
    ``due`` has one row for each month begun by ``as_of`` in which a chi bộ of the đảng bộ has to
    meet. Nothing is required yet in the month under way (:attr:`under_way`);
    :func:`assess.scoring.period.summary.asked` finds the chi bộ that have met in it. ``change`` has
    one row for each corrected value of its meetings and sheets
    (:data:`~assess.records.source.CHANGE_COLUMNS`).

    ``meeting`` has three more columns: ``in_period``; ``adopted_id``, the rule set that the chi bộ
    has adopted; and ``rule_set_id``, the rule set that is applied (both missing where there is
    none). ``rule_sets`` are the rule sets in use; ``annual`` has the rules of the annual class that
    the đảng bộ applies at the period's end.
    """

    dang_bo: str
    period: Period
    as_of: dt.datetime
    document_date: dt.date
    rule_set: str
    tables: Mapping[str, pd.DataFrame]
    rule_texts: Mapping[str, str]
    rule_sets: Mapping[str, RuleSet]
    digest: str
    annual: AnnualRules | None = None

    def __post_init__(self) -> None:
        """Let no reader change the tables of another."""
        object.__setattr__(self, "tables", ReadOnlyTables(self.tables))

    def _facts(self) -> dict[str, object]:
        return {
            "dang_bo": self.dang_bo,
            "period": self.period.text,
            "as_of": self.as_of.isoformat(sep=" ", timespec="minutes"),
            "rule_sets": ", ".join(self.rule_sets) or "none",
            "chi_bo": len(self.chi_bo),
            "meetings": len(self.tables["meeting"]),
            "sheets": len(self.tables["sheet"]),
        }

    @cached_property
    def tree(self) -> Tree:
        """The part of the organisation tree in the slice: the subtree and the units above it."""
        return Tree(self.tables["unit"])

    @property
    def over(self) -> bool:
        """Whether the period was over by ``as_of``."""
        return self.as_of.date() >= self.period.end

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the period begun by ``as_of``; a future month is absent, not zero."""
        return tuple(
            month for month in self.period.months if month_start(month) <= self.as_of.date()
        )

    @property
    def under_way(self) -> str:
        """The month of the period that is under way at ``as_of``; empty if there is none."""
        last = self.months[-1] if self.months else ""
        return last if last and self.as_of.date() < month_end(last) else ""

    def last_day(self, month: str) -> dt.date:
        """Return the day on which a month is looked up: its end, or ``as_of`` while it lasts."""
        return last_day(month, self.as_of.date())

    @property
    def name(self) -> str:
        """The name of the đảng bộ at the end of the period."""
        return self.tree.name_on(self.dang_bo, self.period.end)

    @property
    def assumed(self) -> bool:
        """Whether the report applies a rule set that its chi bộ have not adopted (*giả định*)."""
        meetings = self.tables["meeting"]
        meetings = meetings[meetings["in_period"]]
        return (
            bool((meetings["rule_set_id"].fillna("") != meetings["adopted_id"].fillna("")).any())
            and self.rule_set != AUTO
        )

    @cached_property
    def chi_bo(self) -> tuple[str, ...]:
        """The ids of the chi bộ that had to meet in the period, sorted."""
        return tuple(sorted(set(self.tables["due"]["chi_bo_id"])))


class HasSlice(Protocol):
    """A report, as far as scoring needs it."""

    @property
    def slice(self) -> Slice:
        """The inputs."""
        ...

    @property
    def readings(self) -> Mapping[str, str]:
        """The readings in use."""
        ...


def make_slice(
    records: Records,
    rules: RuleBook,
    *,
    dang_bo: str,
    period: Period | str | int,
    as_of: dt.datetime | dt.date | str,
    document_date: dt.date | str,
    rule_set: str | None = AUTO,
) -> Slice:
    """Cut the inputs of one report from the records.

    A period may be text or the number of a year; a moment or a day may be text; a day given as
    ``as_of`` is its end. Of the month under way, the meetings held by ``as_of`` count. Raise
    :class:`~assess.base.errors.InputError` for an unknown đảng bộ, a period that has not begun by
    ``as_of``, a đảng bộ without chi bộ in the period, a period with held meetings in which no rule
    set applies, an invalid adoption or annual file, and lines that are not in their sheet's rule
    set.
    """
    period, as_of = as_period(period), as_moment(as_of)
    document_date = as_day(document_date, "document_date")
    rule_set = AUTO if rule_set is None else as_text(rule_set, "rule_set")
    _check_dang_bo(records.tree, as_text(dang_bo, "dang_bo"))
    if as_of.date() < period.start:
        raise input_error(
            "period-not-begun",
            "period",
            found=period.label,
            start=numbers.day(period.start),
            as_of=numbers.day(as_of.date()),
        )
    due = _due(records.tree, dang_bo, period, as_of.date())
    if due.empty:
        raise input_error(
            "no-chi-bo",
            dang_bo,
            found=records.tree.name_on(dang_bo, period.end),
            period=period.text,
        )
    chi_bo = set(due["chi_bo_id"])
    below = units_below(records, dang_bo, period, as_of)
    before = set().union(*(records.tree.merged_into(unit_id) for unit_id in chi_bo))
    yearly = year_rows(records, dang_bo, period, chi_bo, before, below, as_of)
    units = _units(records, dang_bo, chi_bo | before, below, period, as_of.date(), yearly)
    meetings = _meetings(records.lookup.rows("meeting", "chi_bo_id", chi_bo), due, period, as_of)
    tree = Tree(units)
    adoption = records.lookup.rows("adoption", "unit_id", set(units["unit_id"]))
    check_adoption(adoption, rules)
    adopted = adopted_forms(meetings, tree, adoption)
    applying = adopted
    if rule_set != AUTO:
        thematic = pick(rules, rule_set).meeting == "chuyen_de"
        applying = adopted.mask((meetings["kind"] == "chuyen_de") == thematic, rule_set)
    meetings = meetings.assign(rule_set_id=applying, adopted_id=adopted)
    used = sorted(set(meetings["rule_set_id"].dropna()))
    if not used and (meetings["in_period"] & (meetings["status"] == "held")).any():
        candidates = [
            r.id for r in rules.values() if r.in_force(period.end) and r.meeting == "thuong_ky"
        ]
        facts = {"found": tree.name_on(dang_bo, period.end), "period": period.text}
        raise input_error("no-adoption", dang_bo, allowed=candidates, **facts)
    meeting_ids = meetings["meeting_id"].tolist()
    sheets = records.lookup.rows("sheet", "meeting_id", meeting_ids)
    lines = records.lookup.rows("line", "sheet_id", sheets["sheet_id"].tolist())
    check_criteria(sheets, lines, rules)
    tables = {
        "unit": units,
        "adoption": adoption,
        "meeting": meetings,
        "sheet": sheets,
        "line": lines,
    }
    tables |= yearly | {
        "due": due,
        "change": records.lookup.rows("change", "meeting_id", meeting_ids),
    }
    used += _annual_rules(tree, adoption, dang_bo, period)
    texts = {r: rules.texts[r] for r in used}
    head = _head(dang_bo, period, as_of, document_date, rule_set)
    picked = {r: rules[r] for r in used if r in rules}
    check_annual(tables, rules, used)
    annual = next((rules.annual[r] for r in used if r in rules.annual), None)
    return Slice(
        dang_bo,
        period,
        as_of,
        document_date,
        rule_set,
        tables,
        texts,
        picked,
        _digest(head, tables, texts),
        annual,
    )


def slice_of(
    what: Slice | HasSlice, readings: Mapping[str, str] | None = None
) -> tuple[Slice, Readings]:
    """Return the slice that a caller means, and the readings, checked.

    ``what`` is a slice, or a report: whose own readings count where none are given.
    Raises :class:`~assess.base.errors.InputError` for anything else.
    """
    made = what if isinstance(what, Slice) else getattr(what, "slice", None)
    if not isinstance(made, Slice):
        wanted = "số liệu của một báo cáo (make_slice, open_slice) hoặc báo cáo (open_report)"
        raise wrong_type(what, "slice", wanted)
    own = None if isinstance(what, Slice) else what.readings
    return made, checked_readings(own if readings is None else readings)


def write_slice(made: Slice, folder: Path) -> None:
    """Write a slice as a folder: Parquet tables, rule files in YAML and ``slice.json``."""
    for part in ("rules", "annual"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, table in made.tables.items():
        rows = pa.table(
            {column: pa.array(values, from_pandas=True) for column, values in table.items()}
        )
        pq.write_table(rows, folder / f"{name}.parquet", write_statistics=False)
    for rule_id, text in made.rule_texts.items():
        part = "rules" if rule_id in made.rule_sets else "annual"
        (folder / part / f"{rule_id}.yaml").write_text(text, encoding="utf-8")
    head = _head(made.dang_bo, made.period, made.as_of, made.document_date, made.rule_set)
    about = {"format": _FORMAT, **head, "digest": made.digest}
    text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "slice.json").write_text(text + "\n", encoding="utf-8")


def open_slice(folder: Path | str) -> Slice:
    """Open a slice and check its digest.

    Raise :class:`~assess.base.errors.InputError` for a folder that is not a slice, or that has a
    missing, damaged or changed file. The same error is raised when the memory or the permission to
    read the folder is lacking, which says nothing against the slice.
    """
    folder = as_path(folder, "slice")
    with _explained(folder, "slice.json"):
        about = json.loads((folder / "slice.json").read_text(encoding="utf-8"))
        period = Period.parse(about["period"])
        as_of = dt.datetime.fromisoformat(about["as_of"])
        document_date = dt.date.fromisoformat(about["document_date"])
        head = _head(about["dang_bo"], period, as_of, document_date, about["rule_set"])
        recorded = about["digest"]
    tables, texts = {}, {}
    for name in (*TABLES, "due", "change"):
        with _explained(folder, f"{name}.parquet"):
            tables[name] = _read(folder / f"{name}.parquet")
    for path in (p for part in ("rules", "annual") for p in sorted((folder / part).glob("*.yaml"))):
        with _explained(folder, path.relative_to(folder).as_posix()):
            texts[path.stem] = path.read_text(encoding="utf-8")
    digest = _digest(head, tables, texts)
    if digest != recorded:
        raise input_error("slice-changed", str(folder))
    tables = {name: _whole(name, table) for name, table in tables.items()}
    forms = {
        rule_id: text
        for rule_id, text in texts.items()
        if not (folder / "annual" / f"{rule_id}.yaml").exists()
    }
    rule_sets = {
        rule_id: parse_rule_set(text, folder / "rules" / f"{rule_id}.yaml")
        for rule_id, text in forms.items()
    }
    of_year = [
        parse_annual_rules(text, folder / "annual" / f"{rule_id}.yaml")
        for rule_id, text in texts.items()
        if rule_id not in forms
    ]
    annual = of_year[0] if of_year else None
    return Slice(
        about["dang_bo"],
        period,
        as_of,
        document_date,
        about["rule_set"],
        tables,
        texts,
        rule_sets,
        digest,
        annual,
    )


@contextlib.contextmanager
def _explained(folder: Path, name: str) -> Iterator[None]:
    """Turn an error while reading a file of a slice into an ``InputError`` that gives the cause."""
    try:
        yield
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        InputError,
        RecursionError,
        MemoryError,
        pa.ArrowException,
    ) as error:
        if is_no_memory(error):
            raise input_error("no-memory", str(folder)) from error
        lacks = isinstance(error, FileNotFoundError)
        if isinstance(error, OSError) and error.errno and not lacks:
            raise input_error("unreadable", str(folder / name), reason=reason(error)) from error
        if name == "slice.json":
            raise input_error("not-a-slice", str(folder)) from error
        raise input_error(
            "slice-lacks" if lacks else "slice-damaged", str(folder), found=name
        ) from error


def _annual_rules(tree: Tree, adoption: pd.DataFrame, dang_bo: str, period: Period) -> list[str]:
    """Return the rules of the annual class that the đảng bộ applies at the period's end, if any."""
    found = Adoptions(tree, adoption).on(dang_bo, "annual_rules", period.end)
    return [found] if found else []


def _head(
    dang_bo: str, period: Period, as_of: dt.datetime, document_date: dt.date, rule_set: str
) -> dict[str, Any]:
    return {
        "dang_bo": dang_bo,
        "period": period.text,
        "as_of": as_of.isoformat(),
        "document_date": document_date.isoformat(),
        "rule_set": rule_set,
    }


def _digest(
    head: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], texts: Mapping[str, str]
) -> str:
    """Return a digest of the head, the canonical tables and the rule texts, not of file bytes."""
    parts: list[Any] = [head, {rule_id: digests.of_text(text) for rule_id, text in texts.items()}]
    parts += [[name, of_table(tables[name])] for name in sorted(tables)]
    return digests.of_text(digests.canonical(parts))


def _read(path: Path) -> pd.DataFrame:
    """Read one table; ``pq.read_table`` costs more, as it plans for data sets of many files."""
    # without pre_buffer Arrow starts no thread: a fork server must have one only
    table = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False)
    seconds = [
        field.with_type(pa.timestamp("s")) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    ]
    frame = table.cast(pa.schema(seconds)).to_pandas(
        ignore_metadata=True, use_threads=False, types_mapper=_FLAG.get
    )
    own = (
        {c.name: PANDAS[c.dtype] for c in TABLES[path.stem].columns} if path.stem in TABLES else {}
    )
    kinds = {name: own.get(name, _KINDS.get(name, "str")) for name in frame.columns}
    other = {
        name: kind
        for (name, kind), found in zip(kinds.items(), frame.dtypes, strict=True)
        if found != kind
    }
    return frame.astype(other) if other else frame


def _whole(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Add the columns introduced after the slice was written, with all values missing."""
    lacking = [c for c in TABLES[name].columns if c.name not in table] if name in TABLES else []
    return table.assign(
        **{
            c.name: pd.Series([None] * len(table), index=table.index, dtype=PANDAS[c.dtype])
            for c in lacking
        }
    )


_KINDS = {"in_period": "bool", "recorded_at": PANDAS["moment"]}
"""The dtypes of the columns that only slices have and that are not text."""
_FLAG = {pa.bool_(): pd.BooleanDtype()}


def _check_dang_bo(tree: Tree, dang_bo: str) -> None:
    if dang_bo not in tree.ids:
        near = nearest(dang_bo, tree.ids)
        raise input_error("unknown-dang-bo", "dang_bo", hint=near, found=dang_bo)


def _due(tree: Tree, dang_bo: str, period: Period, as_of: dt.date) -> pd.DataFrame:
    """Return the months in which each chi bộ of the đảng bộ has to meet.

    These are the months begun by ``as_of`` at whose end the chi bộ is under the đảng bộ. A month
    that still lasts is looked up at ``as_of``.
    """
    pairs = [
        (c, m)
        for m in period.months
        if month_start(m) <= as_of
        for c in tree.chi_bo_under(dang_bo, last_day(m, as_of))
    ]
    pairs.sort()
    return pd.DataFrame(
        {
            "chi_bo_id": pd.Series([p[0] for p in pairs], dtype="str"),
            "month": pd.Series([p[1] for p in pairs], dtype="str"),
        }
    )


def _units(
    records: Records,
    dang_bo: str,
    chi_bo: set[str],
    below: set[str],
    period: Period,
    as_of: dt.date,
    yearly: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Return the ``unit`` rows that the report needs.

    These are the đảng bộ, its chi bộ (with those that they took over and their successors), the
    units below it, every unit above the đảng bộ or a chi bộ in the period, every unit above a chi
    bộ on the day of an inspection or visit, and the units that inspected or visited.
    """
    needed = set(chi_bo) | below | {dang_bo}
    for month in period.months:
        for unit_id in (dang_bo, *needed & chi_bo):
            # Also the day when the month began, since its meeting may use the rule set of the unit
            # above then, and ``as_of`` while the month lasts.
            for day in {month_start(month), month_end(month), last_day(month, as_of)}:
                needed.update(unit.unit_id for unit in records.tree.above(unit_id, day))
    successors = records.lookup.rows("unit", "unit_id", chi_bo)["successor_id"]
    for name, by, on in (
        ("inspection", "inspected_by", "inspected_on"),
        ("visit", "office_id", "done_on"),
    ):
        rows = yearly[name].dropna(subset=on)
        needed.update(rows[by].dropna())
        for unit_id, day in dict.fromkeys(zip(rows["chi_bo_id"], rows[on].dt.date, strict=True)):
            needed.update(unit.unit_id for unit in records.tree.above(unit_id, day))
    return records.lookup.rows("unit", "unit_id", needed | set(successors.dropna()))


def _meetings(
    meetings: pd.DataFrame, due: pd.DataFrame, period: Period, as_of: dt.datetime
) -> pd.DataFrame:
    """Return the meetings of the period and the months next to it, or held within some days of it.

    While the period lasts, a meeting recorded for a day after ``as_of`` has not been held yet and
    is left out.
    """
    if as_of.date() < period.end:
        meetings = meetings[~(meetings["held_on"] > pd.Timestamp(as_of))]
    around = {shift_month(period.months[0], -1), *period.months, shift_month(period.months[-1], 1)}
    held = meetings["held_on"].between(
        pd.Timestamp(period.start - _EDGE), pd.Timestamp(period.end + _EDGE)
    )
    meetings = meetings[meetings["for_month"].isin(around) | held].reset_index(drop=True)
    pairs = set(zip(due["chi_bo_id"], due["month"], strict=True))
    keys = zip(meetings["chi_bo_id"], meetings["for_month"], strict=True)
    return meetings.assign(
        in_period=pd.Series([key in pairs for key in keys], index=meetings.index, dtype=bool)
    )
