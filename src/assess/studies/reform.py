"""Comparison of two rule sets over the same meetings: whose class differs, and by which clause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from assess.records.tables import from_rows
from assess.rule_tools.diff import ClauseChange, changes, with_change
from assess.scoring import score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.records import Slice
    from assess.rules import Criterion, RuleSet
    from assess.scoring import Scores

BASIS = {"score_basis": "recomputed"}
"""The recorded facts show a change of rules; entered points were given under the old ones."""

_NAMED = 3


@dataclass(frozen=True)
class Reform:
    """Two rule sets compared over a slice.

    ``meetings``: one row per held meeting of the period that both could score: ``meeting_id``,
    ``chi_bo_id``, ``month``; ``old`` and ``new``, the names of the classes (``Khá`` or, where lines
    are missing from the sheet, a range such as ``Kém – Tốt``); ``verdict`` *same*, *changed* or
    *unknown*; ``through``, the clauses that made the change. ``missing``: the lines of the ``old``
    and the ``new`` rule set that the sheets do not hold and the facts do not imply.
    """

    changes: tuple[ClauseChange, ...]
    meetings: pd.DataFrame
    missing: Mapping[str, tuple[str, ...]]


def compare(
    made: Slice, old: RuleSet, new: RuleSet, readings: Mapping[str, str] | None = None
) -> Reform:
    """Apply two rule sets to the same sheets and facts.

    A line that a sheet does not hold is taken from the facts where they imply it; otherwise the
    meeting is scored with the line at its worst and at its best, so that a class is stated only
    when no unknown can change it.
    """
    readings = {**BASIS, **(readings or {})}
    before, after = _ranges(made, old, readings), _ranges(made, new, readings)
    meetings = before.meetings.merge(
        after.meetings, on=["meeting_id", "chi_bo_id", "month"], suffixes=("_old", "_new")
    )
    known = meetings["certain_old"] & meetings["certain_new"]
    same = meetings["class_old"] == meetings["class_new"]
    verdict = (
        pd.Series("unknown", index=meetings.index)
        .mask(known & same, "same")
        .mask(known & ~same, "changed")
    )
    found = changes(old, new)
    through = pd.Series("", index=meetings.index)
    changed = meetings["meeting_id"].where(verdict == "changed")
    alone = {change.key: _alone(made, old, new, change, readings) for change in found}
    for i, meeting_id in changed.dropna().items():
        target = meetings.loc[i, "class_new"]
        keys = [key for key, classes in alone.items() if classes.get(meeting_id) == target]
        through[i] = (
            "; ".join(_name(found, key) for key in keys)
            if keys
            else _behind(meetings.loc[i], before, after)
        )
    table = pd.DataFrame(
        {
            **{name: meetings[name] for name in ("meeting_id", "chi_bo_id", "month")},
            "old": meetings["class_old"],
            "new": meetings["class_new"],
            "verdict": verdict,
            "through": through,
        }
    )
    return Reform(
        found,
        table.sort_values(["chi_bo_id", "month", "meeting_id"], ignore_index=True),
        {"old": before.missing, "new": after.missing},
    )


def _behind(meeting: pd.Series, before: _Ranges, after: _Ranges) -> str:
    """Return what explains a change that no clause makes alone: losses on the stricter rule set."""
    if meeting["place_new"] == meeting["place_old"]:
        return "chỉ khác tên gọi của mức"
    lower = after if meeting["place_new"] > meeting["place_old"] else before
    return lower.short.get(meeting["meeting_id"], "") or "nhiều điều khoản cùng lúc"


@dataclass(frozen=True)
class _Ranges:
    meetings: pd.DataFrame
    short: Mapping[str, str]
    missing: tuple[str, ...]


def _ranges(made: Slice, rules: RuleSet, readings: Mapping[str, str]) -> _Ranges:
    """Classify every meeting on a rule set, with missing lines at their worst and at their best."""
    low, high = (
        score(slice_on_rule_set(made, rules, best=best), dict(readings)) for best in (False, True)
    )
    found = low.meetings[["meeting_id", "chi_bo_id", "month", "class_id"]].rename(
        columns={"class_id": "low"}
    )
    found = found.assign(high=high.meetings["class_id"])
    found = found[found["low"].notna() & found["high"].notna()].reset_index(drop=True)
    certain = found["low"] == found["high"]
    names = found["low"].map(rules.class_title), found["high"].map(rules.class_title)
    found["class"] = names[0].where(certain, names[0] + " – " + names[1])
    found["certain"] = certain
    place = {c.id: k / (len(rules.classes) - 1) for k, c in enumerate(rules.classes)}
    found["place"] = found["high"].map(place)
    unknown = _unknown(low, high)
    return _Ranges(found.drop(columns=["low", "high"]), _short(low, high, rules), unknown)


def _unknown(low: Scores, high: Scores) -> tuple[str, ...]:
    """Return the lines whose best and worst scores differ: those the sheets do not hold."""
    differs = low.lines["share"].to_numpy() != high.lines["share"].to_numpy()
    both = low.lines["share"].notna().to_numpy() | high.lines["share"].notna().to_numpy()
    return tuple(dict.fromkeys(low.lines.loc[differs & both, "criterion_id"]))


def _short(low: Scores, high: Scores, rules: RuleSet) -> dict[str, str]:
    """Return by meeting the lines that fall short even at their best, the largest loss first."""
    titles = {c.id: c.title for c in rules.criteria}
    lines = high.lines[
        (high.lines["share"] < 1)
        & (low.lines["share"].to_numpy() == high.lines["share"].to_numpy())
    ]
    lines = lines.assign(lost=lines["weight"] - lines["points"]).sort_values(
        "lost", ascending=False, kind="stable"
    )
    found: dict[str, str] = {}
    for meeting_id, theirs in lines.groupby("meeting_id", sort=False):
        ids = list(dict.fromkeys(theirs["criterion_id"]))[:_NAMED]
        found[str(meeting_id)] = "; ".join(f"{titles[c]} ({c})" for c in ids)
    return found


def _alone(
    made: Slice, old: RuleSet, new: RuleSet, change: ClauseChange, readings: Mapping[str, str]
) -> dict[str, str]:
    """Return each meeting's class when only this clause changes; empty if that is impossible."""
    mixed = with_change(old, new, change)
    if mixed is None:
        return {}
    found = _ranges(made, mixed, readings).meetings
    sure = found[found["certain"]]
    return dict(zip(sure["meeting_id"], sure["class"], strict=True))


def _name(found: tuple[ClauseChange, ...], key: str) -> str:
    change = next(c for c in found if c.key == key)
    return f"{change.title} ({key})" if change.is_line else change.title


def slice_on_rule_set(made: Slice, rules: RuleSet, *, best: bool | None = None) -> Slice:
    """Return the slice with every sheet carried over to another rule set, by the ids of lines.

    Points are carried by their share of the maximum. A line that the sheet's own rule set does not
    have gets its best or its worst entry, or none (``best`` is None); a line that it has but the
    sheet does not stays blank.
    """
    meetings, sheets, lines = (made.tables[name] for name in ("meeting", "sheet", "line"))
    thematic = rules.meeting == "chuyen_de"
    fits = ((meetings["kind"] == "chuyen_de") == thematic) & (meetings["status"] == "held")
    # a sheet on a rule set outside the slice cannot be scored, and waits as it does in a report
    sheets = sheets[
        sheets["meeting_id"].isin(meetings.loc[fits, "meeting_id"])
        & sheets["rule_set_id"].isin(made.rule_sets)
    ]
    wanted = {c.id: c for c in rules.criteria}
    own_id = lines["sheet_id"].map(sheets.set_index("sheet_id")["rule_set_id"])
    kept = lines[own_id.notna() & lines["criterion_id"].isin(wanted)]
    own = {r.id: {c.id: c for c in r.criteria} for r in made.rule_sets.values()}
    pairs = zip(own_id[kept.index], kept["criterion_id"], kept["points"], strict=True)
    kept = kept.assign(
        points=[_carried(own.get(f, {}).get(c), wanted[c], points) for f, c, points in pairs]
    )
    filled = [
        {
            "sheet_id": sheet_id,
            "criterion_id": c.id,
            "state": "entered",
            "points": c.top if best else _worst(c),
        }
        for sheet_id, rule_set_id in zip(sheets["sheet_id"], sheets["rule_set_id"], strict=True)
        for c in rules.criteria
        if best is not None and c.id not in own.get(rule_set_id, {})
    ]
    tables = {
        **made.tables,
        "meeting": meetings.assign(
            rule_set_id=pd.Series(rules.id, index=meetings.index, dtype="str").where(fits)
        ),
        "sheet": sheets.assign(rule_set_id=rules.id),
        "line": pd.concat([kept, from_rows("line", filled)], ignore_index=True) if filled else kept,
    }
    return replace(made, tables=tables, rule_sets={rules.id: rules}, rule_texts={})


def _carried(own: Criterion | None, line: Criterion, points: float) -> float:
    if own is None or own.top == line.top or points != points:
        return points
    return points / own.top * line.top


def _worst(line: Criterion) -> float:
    return min((level.points for level in line.levels), default=0.0)
