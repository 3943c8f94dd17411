"""A synthetic province of any size, reproducible by seed, with the flaws of real records.

Offers :func:`make_sample`, four little đảng bộ after the source documents (``source_cases``),
and filled Excel forms with human mistakes (``filled_forms``).
Must not know: scores and reports. Nothing in it is a real person or organisation.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.records.adoption import Adoptions, adopted_forms
from assess.records.tables import from_rows
from assess.records.tree import Tree
from assess.sample.adopted import plan
from assess.sample.meeting_rows import meetings_of
from assess.sample.sheet_rows import has_thematic, sheets_of
from assess.sample.units import make_tree
from assess.sample.year_work import sit_in, year_work

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from assess.rules import RuleSet

MONTHS = tuple(f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13))
LARGEST = 20_000


def make_sample(
    rules: Mapping[str, RuleSet],
    chi_bo: int = 60,
    seed: int = 2026,
    form: str = "",
    months: tuple[str, ...] = MONTHS,
) -> dict[str, pd.DataFrame]:
    """Return the tables of a synthetic province with ``chi_bo`` chi bộ, by default for 2025-2026.

    Before 28/10/2025 the rule sets differ between đảng bộ, as they did between provinces; later
    they are An Phú's. With ``form`` the whole province always uses that rule set. ``months``
    restricts the meetings (``YYYY-MM``). No row describes a real person or organisation. The same
    arguments give the same rows everywhere.

    >>> tables = make_sample({"an-phu-hd42": an_phu}, chi_bo=6, form="an-phu-hd42")
    >>> sorted(tables)[:5]
    ['adoption', 'annual', 'assignment', 'decision', 'inspection']
    >>> sorted(tables)[5:]
    ['line', 'meeting', 'milestone', 'sheet', 'unit', 'visit']
    """
    if not 1 <= chi_bo <= LARGEST:
        raise input_error("too-many-chi-bo", "--chi-bo", low=1, high=LARGEST)
    units, cells = make_tree(chi_bo, seed)
    tables = {
        "unit": from_rows("unit", units),
        "adoption": from_rows("adoption", plan(rules, units, form)),
    }
    randoms = {cell.unit_id: Random(f"{seed}:{cell.unit_id}:meetings") for cell in cells}
    held = {cell.unit_id: meetings_of(cell, months, randoms[cell.unit_id]) for cell in cells}
    tables["meeting"] = from_rows("meeting", [row for rows in held.values() for row in rows])
    forms = iter(
        adopted_forms(
            tables["meeting"], Adoptions(Tree(tables["unit"]), tables["adoption"])
        ).tolist()
    )
    sheets: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for cell in cells:
        theirs = held[cell.unit_id]
        for meeting, form_id in zip(theirs, forms, strict=False):
            if meeting["status"] != "held" or form_id != form_id:
                continue
            # only the current rule set uses the chi bộ's own random numbers, so that adding
            # older years does not change its sheets
            rng = (
                randoms[cell.unit_id]
                if form_id == "an-phu-hd42"
                else Random(f"{seed}:{meeting['meeting_id']}:{form_id}")
            )
            for sheet, entries in sheets_of(
                cell, meeting, rules[form_id], rng, thematic=has_thematic(meeting, theirs)
            ):
                sheets.append(sheet)
                lines.extend(entries)
    years = sorted({int(month[:4]) for month in months})
    work_rows = year_work(units, cells, years, seed)
    work_rows["visit"] = sit_in(
        work_rows["visit"], [row for rows in held.values() for row in rows], seed
    )
    work = {name: from_rows(name, rows) for name, rows in work_rows.items()}
    return {**tables, "sheet": from_rows("sheet", sheets), "line": from_rows("line", lines), **work}
