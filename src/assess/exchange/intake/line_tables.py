"""Check lines from a CSV table against their rule sets, like the cells of a score form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assess.base.errors import Finding
from assess.base.text import nearest
from assess.exchange.entry_checks import about_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from assess.exchange.text_table import TextTable
    from assess.rules import RuleSet


def judge_lines(
    lines: pd.DataFrame, file: TextTable, form_of: Mapping[str, str], rules: Mapping[str, RuleSet]
) -> Iterator[Finding]:
    """Yield findings on the points of lines, at their rows; ``form_of`` maps sheet to rule set.

    Lines of an unknown rule set are not checked here but when they are scored.
    """
    criteria = {form: {c.id: c for c in rule_set.criteria} for form, rule_set in rules.items()}
    known: dict[tuple[str, str, float], Finding | None] = {}
    columns = (lines[name].tolist() for name in ("sheet_id", "criterion_id", "points"))
    for row, (sheet_id, criterion_id, points) in enumerate(zip(*columns, strict=True)):
        form = form_of.get(sheet_id, "")
        criterion = criteria.get(form, {}).get(criterion_id)
        if criterion is None and form in criteria:
            facts = {"form": form, "found": criterion_id}
            near = nearest(criterion_id, criteria[form])
            place = file.place(row, "criterion_id")
            yield Finding("criterion-not-in-form", place, facts, hint=near)
        if criterion is None or points != points:
            continue
        key = form, criterion_id, points
        if key not in known:
            found = about_points(criterion, points)
            known[key] = (
                None if found is None else replace(found, clause=rules[form].clause(criterion.cite))
            )
        finding = known[key]
        if finding is not None:
            yield replace(
                finding,
                place=replace(
                    file.place(row, "points"), label=f"{sheet_id} · {criterion.title[:70]}"
                ),
            )
