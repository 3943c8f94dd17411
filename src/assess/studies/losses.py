"""Points lost, by group and by line, on the sheets that decided the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from assess.scoring import Scores


def losses_by_group(scores: Scores) -> pd.DataFrame:
    """Return one row per group with points of each rule set, in the order of the rule set.

    Columns: ``rule_set_id``, ``group_id``, ``title``, ``max`` (in the rule set), ``weight`` (mean
    maximum that applied) and ``lost`` (mean points not reached), both over the ``sheets`` that have
    lines; ``share`` (of all points lost on that rule set; missing where none was lost).
    """
    lines = scores.counting_lines
    per_sheet = lines.assign(lost=lines["weight"] - lines["points"])
    sheets = per_sheet.groupby("rule_set_id")["sheet_id"].nunique()
    sums = per_sheet.groupby(["rule_set_id", "group_id"])[["weight", "lost"]].sum()
    rows = []
    for rules in scores.rule_sets.values():
        if rules.id not in sheets.index:
            continue
        count, theirs = sheets[rules.id], sums.loc[rules.id]
        weights, losses = theirs["weight"].to_dict(), theirs["lost"].to_dict()
        everything = theirs["lost"].sum()
        for group in rules.groups:
            if not group.max or group.id not in losses:
                continue
            weight, lost = weights[group.id], losses[group.id]
            share = lost / everything if everything else float("nan")
            rows.append(
                (
                    rules.id,
                    group.id,
                    group.title,
                    group.max,
                    weight / count,
                    lost / count,
                    count,
                    share,
                )
            )
    return pd.DataFrame(
        rows,
        columns=["rule_set_id", "group_id", "title", "max", "weight", "lost", "sheets", "share"],
    )


def counted_sheets(scores: Scores) -> pd.DataFrame:
    """Return how many sheets decided a class, by rule set.

    Columns: ``rule_set_id``, ``sheets``, ``with_lines`` and ``by_total`` (only the total is known,
    such as from a monthly summary, so the lines are unknown).
    """
    grouped = scores.counting_sheets.groupby("rule_set_id")["by_total"]
    found = pd.DataFrame({"sheets": grouped.size(), "by_total": grouped.sum().astype(int)})
    found["with_lines"] = found["sheets"] - found["by_total"]
    return found.reset_index()[["rule_set_id", "sheets", "with_lines", "by_total"]]


def losses_by_criterion(scores: Scores) -> pd.DataFrame:
    """Return one row per line of each rule set, the largest loss first.

    Marks, which cost no points, are ordered by how often they were not met. Columns:
    ``rule_set_id``, ``criterion_id``, ``title``, ``max`` (0 for a mark), ``lost`` (mean points not
    reached where the line applied), ``sheets`` (on which it applied) and ``short`` (of these, not
    met in full).
    """
    titles = {(r.id, c.id): c.title for r in scores.rule_sets.values() for c in r.criteria}
    lines = scores.counting_lines
    lines = lines[lines["share"].notna()]
    lost = lines["weight"] - lines["points"]
    short = (lost > 0) | (lines["share"] < 1) & (lines["max"] == 0)
    grouped = lines.assign(lost=lost, short=short).groupby(
        ["rule_set_id", "criterion_id"], sort=False
    )
    columns = {
        "max": grouped["max"].first(),
        "lost": grouped["lost"].mean(),
        "sheets": grouped.size(),
        "short": grouped["short"].sum(),
    }
    table = pd.DataFrame(columns).reset_index()
    table.insert(
        2,
        "title",
        [titles[key] for key in zip(table["rule_set_id"], table["criterion_id"], strict=True)],
    )
    order = table.assign(often=table["short"].where(table["max"] == 0, 0))
    order = order.sort_values(
        ["lost", "often", "criterion_id"], ascending=[False, False, True], kind="stable"
    )
    return table.loc[order.index].reset_index(drop=True)
