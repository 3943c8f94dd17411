"""Scoring against DuckDB: the same totals, classes and class counts from the same tables.

``python benchmarks/scoring.py [LINES …]`` (1.2 and 4.8 million lines by default). Nothing here is a
test. Both sides start from tables in memory, use at most two threads and end with the total and
class of every meeting and the number of meetings per class; both results are compared meeting by
meeting before anything is timed. The SQL holds the rule set of An Phú under its default readings,
written by hand; it leaves out what else scoring gives (facts, each rater's own result, why a sheet
waits).
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from common import Row

from assess.base.periods import Period, moment
from assess.exchange.csv import CsvFolder
from assess.exchange.csv.folder import write_folder
from assess.records import Slice, make_slice
from assess.sample import make_sample
from assess.scoring import score
from assess.workspace import Workspace

ROOT = Path(__file__).parents[1]
FORM = "an-phu-hd42"
LINES = 1_200_000
GROWN = 4_800_000
_CHI_BO = 170
"""Size of the province that is made once and then repeated under new names: about 60 000 lines."""
_IDS = ("unit_id", "parent_id", "successor_id", "meeting_id", "chi_bo_id", "sheet_id")

PEER = """
with span as (
    select m.*, u.has_chi_uy, u.has_deputy
    from meeting m left join unit u
      on u.unit_id = m.chi_bo_id and u.valid_from <= coalesce(m.held_on, last_day((m.for_month || '-01')::date))
     and (u.valid_to is null or u.valid_to >= coalesce(m.held_on, last_day((m.for_month || '-01')::date)))
),
thematic as (select distinct chi_bo_id, for_month from meeting where status = 'held' and kind in ('chuyen_de', 'ket_hop')),
fact as (
    select s.meeting_id, s.chi_bo_id, s.for_month, s.status,
           t.chi_bo_id is not null as thematic,
           not s.has_chi_uy and not s.has_deputy as lone,
           s.targets_set is not null and s.targets_set <= 0 as no_targets
    from span s left join thematic t on t.chi_bo_id = s.chi_bo_id and t.for_month = s.for_month
),
signed as (
    select s.sheet_id, s.meeting_id, s.rater, f.thematic, f.lone, f.no_targets
    from sheet s join fact f on f.meeting_id = s.meeting_id
    where s.rule_set_id = 'an-phu-hd42' and s.rater in ('self', 'superior')
),
treated as (
    select s.sheet_id, c.max,
           case when c.criterion_id = 'c4_thematic' and not s.thematic then 'out'
                when c.criterion_id = 'c7_result' and s.no_targets then 'out'
                when c.criterion_id = 'c3_meeting' and s.lone then 'full'
                when l.state = 'not_applicable' then 'out'
                when l.state = 'blank' or l.points is null or l.points > c.max then 'waits'
                else 'judged' end as treatment,
           l.points
    from line l join criterion c on c.criterion_id = l.criterion_id join signed s on s.sheet_id = l.sheet_id
),
summed as (
    select sheet_id, count(*) as n, bool_or(treatment = 'waits') as waits,
           sum(case treatment when 'judged' then points when 'full' then max else 0 end) as points,
           sum(case treatment when 'out' then 0 else max end) as weight
    from treated group by sheet_id
),
totalled as (
    select s.meeting_id, s.rater,
           case when t.n is null or t.n < (select count(*) from criterion) or t.waits or t.weight <= 0 then null
                else round(t.points * 100 / t.weight, 9) end as total
    from signed s left join summed t on t.sheet_id = s.sheet_id
),
chosen as (
    select f.meeting_id, f.chi_bo_id, f.for_month, f.status, f.status = 'held' and coalesce(u.meeting_id, o.meeting_id) is not null as scored,
           case when u.meeting_id is not null then u.total else o.total end as total
    from fact f
    left join (select * from totalled where rater = 'superior') u on u.meeting_id = f.meeting_id
    left join (select * from totalled where rater = 'self') o on o.meeting_id = f.meeting_id
)
select c.meeting_id, c.total,
       case when c.total >= 90 then 'tot' when c.total >= 70 then 'kha' when c.total >= 50 then 'trung_binh' when c.total is not null then 'kem' end as class_id,
       c.scored and c.total is not null and d.chi_bo_id is not null as counts
from chosen c left join due d on d.chi_bo_id = c.chi_bo_id and d.month = c.for_month
"""
COUNTS = "select class_id, count(*) as n from found where counts group by class_id"


def build(lines: int = LINES) -> Slice:
    """Make a slice with about ``lines`` lines: a small province, repeated under new names."""
    rules = Workspace(ROOT).rules()
    months = tuple(f"2026-{month:02d}" for month in range(1, 13))
    at = moment("2027-01-10")
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), make_sample(rules, chi_bo=_CHI_BO, form=FORM, months=months))
        records = CsvFolder(Path(folder)).records(at)
        small = make_slice(
            records,
            rules,
            dang_bo="tinh",
            period=Period.parse("2026"),
            as_of=at,
            document_date=dt.date(2027, 1, 12),
        )
    times = max(1, round(lines / len(small.tables["line"])))
    tables = {
        name: _repeat(table, times)
        for name, table in small.tables.items()
        if name in ("unit", "meeting", "sheet", "line", "due")
    }
    tables |= {name: table for name, table in small.tables.items() if name not in tables}
    head = (small.dang_bo, small.period, small.as_of, small.document_date, small.rule_set)
    return Slice(*head, tables, small.rule_texts, small.rule_sets, "")


def _repeat(table: pd.DataFrame, times: int) -> pd.DataFrame:
    """Repeat the rows ``times`` times under ids that begin with the number of the copy.

    The result is in the order of ids, as slices are.
    """
    copies = [
        table.assign(**{name: f"n{i:04d}." + table[name] for name in _IDS if name in table})
        for i in range(times)
    ]
    whole = pd.concat(copies, ignore_index=True)
    # a slice that was read from its file holds each column in one chunk
    for name in whole.columns:
        if isinstance(whole[name].dtype, pd.StringDtype):
            whole[name] = pd.Series(pa.array(whole[name], type=pa.large_string()), dtype="str")
    return whole


def ours(made: Slice) -> tuple[pd.DataFrame, pd.Series]:
    """Return the meetings with their totals and classes, and the class counts."""
    scores = score(made)
    counted = scores.meetings
    return scores.every_meeting, counted.loc[counted["assessed"], "class_id"].value_counts()


class Peer:
    """The same in SQL; the tables are Arrow's already, so that no conversion is timed."""

    def __init__(self, made: Slice) -> None:
        self.connection = duckdb.connect(config={"threads": 2})
        for name in ("unit", "meeting", "sheet", "line", "due"):
            self.connection.register(
                name, pa.Table.from_pandas(made.tables[name], preserve_index=False)
            )
        form = made.rule_sets[FORM]
        criteria = {
            "criterion_id": [c.id for c in form.criteria],
            "max": [float(c.max) for c in form.criteria],
        }
        self.connection.register("criterion", pa.table(criteria))

    def __call__(self) -> tuple[pa.Table, pa.Table]:
        """Return one row per meeting, and the class counts."""
        found = self.connection.sql(PEER).to_arrow_table()
        self.connection.register("found", found)
        return found, self.connection.sql(COUNTS).to_arrow_table()


def check_equal(made: Slice, peer: Peer) -> int:
    """Compare totals, classes and counts of both; return the number of meetings."""
    meetings, counts = ours(made)
    found, theirs = peer()
    other = found.to_pandas().set_index("meeting_id").loc[meetings["meeting_id"]]
    np.testing.assert_allclose(
        meetings["total"].to_numpy(), other["total"].to_numpy(), rtol=0, atol=1e-9
    )
    np.testing.assert_array_equal(
        meetings["class_id"].fillna("").to_numpy(), other["class_id"].fillna("").to_numpy()
    )
    np.testing.assert_equal(counts.to_dict(), dict(zip(*theirs.to_pydict().values(), strict=True)))
    return len(meetings)


def _spread(values: list[float]) -> tuple[float, float, float]:
    return min(values), statistics.median(values), max(values)


def run(lines: int = LINES, repetitions: int = 7) -> dict[str, object]:
    """Time scoring and the SQL alternately.

    Seconds and their ratio are given as (min, median, max).
    """
    made = build(lines)
    peer = Peer(made)
    meetings = check_equal(made, peer)
    spent: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(repetitions):
        for name, call in (("ours", lambda: ours(made)), ("peer", peer)):
            began = time.perf_counter()
            call()
            spent[name].append(time.perf_counter() - began)
    ratios = [a / b for a, b in zip(spent["ours"], spent["peer"], strict=True)]
    n = len(made.tables["line"])
    what = f"scoring {n} lines of {meetings} meetings to classes, against DuckDB SQL (2 threads)"
    return {
        "what": what,
        "lines": n,
        "meetings": meetings,
        "ours": _spread(spent["ours"]),
        "peer": _spread(spent["peer"]),
        "ratio": _spread(ratios),
    }


def grow(small: int = LINES, large: int = GROWN, repetitions: int = 5) -> dict[str, object]:
    """Measure how the time grows with the lines: 1 means linear."""
    first, second = run(small, repetitions), run(large, repetitions)
    more = second["lines"] / first["lines"]
    growth = second["ours"][1] / first["ours"][1] / more
    return {
        "what": f"time per line at {more:.0f} x the lines, against the smaller size",
        "small": first,
        "large": second,
        "ours": second["ours"],
        "peer": second["peer"],
        "ratio": growth,
    }


def rows() -> list[Row]:
    """Return the rows of the table of results."""
    found, grown = run(), run(10 * LINES, 3)
    result = []
    for about in (found, grown):
        ratio = about["ratio"]
        result.append(
            Row(
                str(about["what"]), "≤ 2 ×", "s", about["ours"], about["peer"], ratio, ratio[1] <= 2
            )
        )
    growth = grown["ours"][1] / found["ours"][1]
    result[1] = replace(
        result[1],
        note=f"{grown['lines'] / found['lines']:.1f} times the lines take {growth:.1f} times the time",
    )
    return result


def _print(found: dict[str, object]) -> None:
    print(found["what"])
    for name, unit in (("ours", " s"), ("peer", " s"), ("ratio", " x")):
        low, middle, high = found[name]
        print(f"  {name:5} {low:.3f}–{middle:.3f}–{high:.3f}{unit}")


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]] or [LINES, GROWN]
    results = [run(size) for size in sizes]
    for result in results:
        _print(result)
    for result in results[1:]:
        more = result["lines"] / results[0]["lines"]
        print(f"{more:.1f} x the lines: {result['ours'][1] / results[0]['ours'][1]:.1f} x the time")
