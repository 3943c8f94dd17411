"""Counts of meetings due, held and assessed, classes by month, and one row per chi bộ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.records import Slice
    from assess.rules import RuleSet
    from assess.scoring.score import Scores

REGULAR = ("thuong_ky", "ket_hop")
NOT_HELD = ("cancelled", "postponed", "merged")


def forms(scores: Scores) -> tuple[str, ...]:
    """Return the rule sets that apply to the period's meetings, in the order of first meetings."""
    meetings = scores.meetings
    first = (
        meetings.groupby("rule_set_id")["held_on"]
        .min()
        .sort_values(kind="stable", na_position="last")
    )
    return tuple(str(name) for name in first.index)


def on_form(scores: Scores, rule_set_id: str) -> pd.DataFrame:
    """Return the period's meetings on a rule set: regular and combined, or thematic held apart."""
    meetings = scores.meetings
    thematic = scores.rule_sets[rule_set_id].meeting == "chuyen_de"
    return meetings[
        (meetings["rule_set_id"] == rule_set_id) & ((meetings["kind"] == "chuyen_de") == thematic)
    ]


def asked(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return the rows of ``due`` for which a meeting is required by ``as_of``.

    The columns are ``chi_bo_id`` and ``month``. All rows of months that are over. The month under
    way requires nothing yet: only its chi bộ whose regular meeting is on record, held or not, are
    included; the others have until its end.
    """
    due = made.tables["due"]
    if not made.under_way:
        return due
    regular = _regular(scores)
    seen = set(regular.loc[regular["month"] == made.under_way, "chi_bo_id"])
    return due[(due["month"] != made.under_way) | due["chi_bo_id"].isin(seen)].reset_index(
        drop=True
    )


def coverage(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per month of the period begun by ``as_of``, with the states of its meetings.

    Columns: ``month``; ``due`` (chi bộ, see :func:`asked`); ``held`` (chi bộ with a regular or
    combined meeting); ``not_held`` (cancelled, postponed or merged, and no other meeting);
    ``no_record``; ``still_open`` (in the month under way: nothing on record, and not due before its
    end); ``assessed``; ``waiting`` (held, its sheet not classified); ``no_sheet`` (held, no sheet);
    ``thematic`` (chi bộ with a thematic part). ``due`` = ``held`` + ``not_held`` + ``no_record``,
    and ``held`` = ``assessed`` + ``waiting`` + ``no_sheet``; ``due`` + ``still_open`` are all chi
    bộ under the đảng bộ.
    """
    standing, due = _pairs(made.tables["due"]), _pairs(asked(made, scores))
    meetings = scores.meetings
    regular, took_place = meetings["kind"].isin(REGULAR), meetings["status"] == "held"
    held = _pairs(meetings[regular & took_place]) & due
    not_held = (_pairs(meetings[regular & meetings["status"].isin(NOT_HELD)]) & due) - held
    assessed = _pairs(meetings[regular & took_place & meetings["assessed"]]) & due
    waiting = (_pairs(meetings[regular & took_place & meetings["waiting"]]) & due) - assessed
    states = {
        "due": due,
        "held": held,
        "not_held": not_held,
        "no_record": due - held - not_held,
        "still_open": standing - due,
        "assessed": assessed,
        "waiting": waiting,
        "no_sheet": held - assessed - waiting,
        "thematic": _pairs(meetings[took_place & (meetings["kind"] != "thuong_ky")]) & standing,
    }
    months = list(made.months)
    by_month = {name: Counter(month for _, month in pairs) for name, pairs in states.items()}
    counts = {name: [counted[month] for month in months] for name, counted in by_month.items()}
    return pd.DataFrame({"month": pd.Series(months, dtype="str"), **counts})


def classes_by_month(made: Slice, scores: Scores, rule_set_id: str) -> pd.DataFrame:
    """Return one row per month of the period that has begun, for one rule set.

    Columns: ``month``, the number of assessed meetings in each class of the rule set, ``assessed``.
    """
    found = on_form(scores, rule_set_id)
    assessed = found[found["assessed"]]
    return _class_counts(scores.rule_sets[rule_set_id], assessed, "month", made.months)


def _class_counts(
    rules: RuleSet, assessed: pd.DataFrame, by: str, keys: Sequence[str]
) -> pd.DataFrame:
    """Return one row per key of column ``by``: its meetings in each class, and ``assessed``."""
    counted = Counter(zip(assessed[by], assessed["class_id"], strict=True))
    counts = {c.id: [counted[key, c.id] for key in keys] for c in rules.classes}
    totals = [sum(row) for row in zip(*counts.values(), strict=True)]
    return pd.DataFrame({by: pd.Series(list(keys), dtype="str"), **counts, "assessed": totals})


def by_chi_bo(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per chi bộ that had to meet in the period, sorted by id.

    Columns: ``chi_bo_id``; ``name`` at the end of the period (or of its existence); months ``due``
    (:func:`asked`), ``held``, ``not_held`` (on record as cancelled, postponed or merged) and
    ``no_record`` (unknown); regular meetings ``assessed``; ``attendance``, the mean rate of the
    ``attendance_of`` held meetings whose rate is over the same members: those who must attend, or
    the whole roll (``attendance_over_all``) where no record says who was exempt;
    ``attendance_apart``, the number of meetings whose rate is over other members and so is not in
    the mean.
    """
    tree = made.tree
    regular, due = _regular(scores), _pairs(asked(made, scores))
    held = regular[regular["status"] == "held"]
    met = _pairs(held)
    missed = (_pairs(regular[regular["status"].isin(NOT_HELD)]) & due) - met
    months = {
        name: Counter(chi_bo for chi_bo, _ in pairs)
        for name, pairs in (("due", due), ("held", met), ("not_held", missed))
    }
    months["assessed"] = Counter(held.loc[held["assessed"], "chi_bo_id"])
    table = pd.DataFrame(
        {
            "name": pd.Series([tree.name_on(c, made.period.end) for c in made.chi_bo], dtype="str"),
            **{
                name: [months[name][chi_bo] for chi_bo in made.chi_bo]
                for name in ("due", "held", "assessed", "not_held")
            },
        }
    )
    table["no_record"] = table["due"] - table["held"] - table["not_held"]
    table = table.set_index(pd.Index(made.chi_bo, name="chi_bo_id", dtype="str"))
    table = table.join(_attendance(held))
    counts = ["attendance_of", "attendance_apart"]
    table[counts] = table[counts].fillna(0).astype(int)
    table["attendance_over_all"] = table["attendance_over_all"].eq(True)
    return table.reset_index()


def _attendance(held: pd.DataFrame) -> pd.DataFrame:
    """Return each chi bộ's mean attendance, over meetings whose rates are over the same members."""
    known = held[held["attendance_rate"].notna()]
    over_all = known["attendance_over_all"].astype(bool)
    like_most = over_all == over_all.groupby(known["chi_bo_id"]).transform("all")
    grouped = known[like_most].groupby("chi_bo_id")
    return pd.DataFrame(
        {
            "attendance": grouped["attendance_rate"].mean(),
            "attendance_of": grouped.size(),
            "attendance_over_all": grouped["attendance_over_all"].all(),
            "attendance_apart": (~like_most).groupby(known["chi_bo_id"]).sum(),
        }
    )


def results_by_chi_bo(made: Slice, scores: Scores, rule_set_id: str) -> pd.DataFrame:
    """Return one row per chi bộ that had to meet, sorted by id, with its results on one rule set.

    Columns: ``chi_bo_id``; the number of meetings of each class; ``assessed``; ``mean`` and
    ``minimum`` of their totals (missing when none was assessed, or on a rule set without points).
    """
    found = on_form(scores, rule_set_id)
    assessed = found[found["assessed"]]
    table = _class_counts(scores.rule_sets[rule_set_id], assessed, "chi_bo_id", made.chi_bo)
    totals = assessed.groupby("chi_bo_id")["total"].agg(["mean", "min"]).reindex(list(made.chi_bo))
    return table.assign(mean=totals["mean"].to_numpy(), minimum=totals["min"].to_numpy())


def shares(counts: Sequence[int], reading: str) -> list[float | None]:
    """Return each count's share of their sum, as ratios; ``None`` for each if the sum is zero.

    ``largest_remainder`` rounds to a tenth of a percent so that the shares add up to exactly 100 %.
    A count above zero gets at least a tenth, before the rest is distributed, and a larger count
    never gets a smaller share. ``unrounded`` leaves the shares as they are, so that printed values
    may add up to 99.9 or 100.1.

    >>> shares([1, 1, 1], "largest_remainder")
    [0.334, 0.333, 0.333]
    >>> shares([2999, 1, 0], "largest_remainder")
    [0.999, 0.001, 0.0]
    >>> shares([1, 1001, 1000], "largest_remainder")
    [0.001, 0.5, 0.499]
    """
    total = sum(counts)
    if not total:
        return [None] * len(counts)
    if reading == "unrounded":
        return [count / total for count in counts]
    exact = [divmod(count * 1000, total) for count in counts]
    tenths = [
        max(whole, 1) if count else 0 for count, (whole, _) in zip(counts, exact, strict=True)
    ]
    # A count raised to a tenth comes last when the rest is distributed.
    order = sorted(range(len(counts)), key=lambda i: (tenths[i] > exact[i][0], -exact[i][1], i))
    rest = 1000 - sum(tenths)
    for i in order[: max(rest, 0)]:
        tenths[i] += 1
    for _ in range(-rest):
        largest = max(tenths)
        tenths[
            min(
                (i for i in range(len(counts)) if tenths[i] == largest),
                key=lambda i: (counts[i], -i),
            )
        ] -= 1
    return [tenth / 1000 for tenth in tenths]


def _regular(scores: Scores) -> pd.DataFrame:
    """Return the regular and combined meetings; a thematic one apart feeds the month's sheet."""
    return scores.meetings[scores.meetings["kind"].isin(REGULAR)]


def _pairs(rows: pd.DataFrame) -> set[tuple[str, str]]:
    """Return the pairs of chi bộ and month of some rows."""
    return set(zip(rows["chi_bo_id"].tolist(), rows["month"].tolist(), strict=True))
