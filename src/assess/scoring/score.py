"""The scoring function: a slice, its rule sets and readings in; lines, sheets and meetings out. Pure and vectorized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.rules import Chosen, catalogue, check_readings, options_of, resolve
from assess.scoring import lines as line_codes
from assess.scoring.lines import STATE_NAMES, TREATMENTS, Entries, judge, without_lines
from assess.scoring.meeting_facts import meeting_facts, months_of
from assess.scoring.totals import classify, from_stated, rank, total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.rules import Readings, RuleSet
    from assess.scoring.lines import Lines

CLAUSES = ("", "gap", "overlap", "override")

LINE_COLUMNS = (
    "sheet_id", "meeting_id", "rater", "rule_set_id", "group_id", "criterion_id", "max", "state", "entered",
    "recomputed", "level", "clause", "contradicts", "off_form", "treatment", "points", "weight", "left_out", "share", "reason",
)  # fmt: skip
SHEET_COLUMNS = (
    "sheet_id", "meeting_id", "rater", "rule_set_id", "signed_on", "status", "reason", "raw", "total", "out_of",
    "cuts", "rank", "class_id", "gate", "by_total",
)  # fmt: skip


@dataclass(frozen=True)
class Scores:
    """The outcome of scoring one slice.

    ``lines``: one row per sheet and criterion: what was ``entered`` and what the facts imply (``recomputed``), how it
    was treated, and the ``points`` out of ``weight`` that count (``left_out``: the part of the maximum that does not
    apply; ``share``: the part of its maximum that the line reached, for a mark 1 or 0); ``off_form`` marks entries that
    the form does not offer. ``sheets``: one row per sheet, with ``status`` *assessed* or *waiting* and the ``reason``;
    ``class_id`` is missing while it waits, ``total`` too, and always on a form without points; ``by_total`` marks sheets of
    which only the total is known, from a monthly summary. ``meetings``:
    one row per meeting of the slice with its ``month``, its facts, the total and class, and whose sheet gave them
    (``counting``: self, superior or both). ``chosen``: the readings in use, by rule set.
    """

    lines: pd.DataFrame
    sheets: pd.DataFrame
    meetings: pd.DataFrame
    chosen: Mapping[str, Mapping[str, Chosen]]
    rule_sets: Mapping[str, RuleSet]

    @property
    def in_period(self) -> pd.DataFrame:
        """The meetings that count for the period."""
        return self.meetings[self.meetings["in_period"]]


def score(made: Slice, readings: Readings | None = None) -> Scores:
    """Score every sheet of a slice under the given readings; questions that are not given keep their defaults.

    Entered points make the class unless ``score_basis`` says ``recomputed``; both are always kept. Raises
    :class:`~assess.base.errors.InputError` for unknown questions or options.

    >>> scores = score(sample_slice, {"not_applicable": "zero"})
    >>> set(scores.sheets["status"]) <= {"assessed", "waiting"}
    True
    """
    readings = dict(readings or {})
    check_readings(readings)
    chosen = {rule_id: resolve(rules, readings) for rule_id, rules in made.rule_sets.items()}
    common = {q.id: q.default for q in catalogue().values()} | readings
    meetings = _months(made, common["window_month"])
    wanted = made.tables["sheet"].merge(meetings[["meeting_id", "rule_set_id"]], on="meeting_id", how="left", suffixes=("", "_applying"))
    row_of = {m: i for i, m in enumerate(meetings["meeting_id"])}
    # meetings on no form have facts all the same, under the readings that need none
    facts = meeting_facts(made.tables["meeting"], meetings["month"], made.tables["unit"], None, common)
    sheets, lines = [], []
    for rule_id, rules in made.rule_sets.items():
        options = options_of(chosen[rule_id])
        theirs = (meetings["rule_set_id"] == rule_id).to_numpy(dtype=bool)
        found = meeting_facts(made.tables["meeting"], meetings["month"], made.tables["unit"], rules, options)
        facts = {name: np.where(theirs, found[name], values) for name, values in facts.items()}
        on_form = wanted[(wanted["rule_set_id_applying"] == rule_id) & (wanted["rule_set_id"] == rule_id)]
        rows = np.array([row_of[m] for m in on_form["meeting_id"]], dtype=int)
        on_sheet = {name: values[rows] for name, values in found.items()}
        entries = entries_of(rules, on_form, made.tables["line"])
        scored, tidy_lines = score_form(rules, on_form, entries, on_sheet, options)
        sheets.append(scored)
        lines.append(tidy_lines)
    sheets.append(_on_other_forms(wanted))
    all_sheets = pd.concat([s for s in sheets if len(s)] or [_on_other_forms(wanted)], ignore_index=True)
    meetings = meetings.assign(**facts)
    options_by_form = {rule_id: options_of(chosen[rule_id]) for rule_id in made.rule_sets}
    meetings = decide(meetings, all_sheets, made.rule_sets, options_by_form)
    all_lines = pd.concat(lines, ignore_index=True) if lines else _no_lines()
    return Scores(all_lines, all_sheets, meetings, chosen, made.rule_sets)


def _months(made: Slice, window_month: str) -> pd.DataFrame:
    """The meetings with the month each counts for, and whether that month is one its chi bộ was due in."""
    meetings = made.tables["meeting"]
    month = months_of(meetings, window_month)
    due = set(zip(made.tables["due"]["chi_bo_id"], made.tables["due"]["month"], strict=True))
    in_period = [key in due for key in zip(meetings["chi_bo_id"], month, strict=True)]
    columns = ["meeting_id", "chi_bo_id", "for_month", "held_on", "status", "reason", "kind", "rule_set_id"]
    return meetings[columns].assign(month=month, in_period=np.array(in_period, dtype=bool))


def score_form(
    rules: RuleSet, sheets: pd.DataFrame, entries: Entries, facts: Mapping[str, NDArray[np.float64]], options: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score the sheets of one form: ``entries`` and ``facts`` row by row as ``sheets``. Return sheets and lines."""
    judged = judge(rules, entries, facts, options)
    totals = total(rules, judged, options)
    stated = sheets["stated_total"].to_numpy(dtype=float)
    bare = (entries.state == line_codes.BLANK).all(axis=1) & ~np.isnan(stated) & rules.has_points & (not rules.gates)
    if bare.any():
        totals = from_stated(rules, totals, bare, stated, options)
        judged = without_lines(judged, bare)
    classed = classify(rules, judged, totals, facts["absent_unexcused"], options)
    waits = totals.waits | classed.unknown
    reason = np.where(classed.unknown & ~totals.waits, line_codes.REASONS.index("line_without_points"), totals.reason)
    classes = np.array([*(c.id for c in rules.classes), None], dtype=object)
    gates = np.array([*(g.id for g in rules.gates), "unexcused", ""], dtype=object)
    scored = pd.DataFrame(
        {
            "sheet_id": sheets["sheet_id"].to_numpy(),
            "meeting_id": sheets["meeting_id"].to_numpy(),
            "rater": sheets["rater"].to_numpy(),
            "rule_set_id": rules.id,
            "signed_on": sheets["signed_on"].to_numpy(),
            "status": np.where(waits, "waiting", "assessed"),
            "reason": np.array(line_codes.REASONS, dtype=object)[reason],
            "raw": totals.raw,
            "total": np.where(waits, np.nan, totals.total),
            "out_of": totals.out_of,
            "cuts": totals.cuts,
            "rank": classed.rank,
            "class_id": classes[classed.rank],
            "gate": gates[classed.struck],
            "by_total": bare,
        }
    )
    return scored, _tidy(rules, scored, judged)


def entries_of(rules: RuleSet, sheets: pd.DataFrame, lines: pd.DataFrame) -> Entries:
    """Arrange the lines of the sheets of one form as arrays; a line that is not there is blank."""
    row_of = pd.Index(sheets["sheet_id"])
    column_of = pd.Index([c.id for c in rules.criteria])
    rows = row_of.get_indexer(pd.Index(lines["sheet_id"]))
    lines, rows = lines[rows >= 0], rows[rows >= 0]
    columns = column_of.get_indexer(pd.Index(lines["criterion_id"]))
    shape = (len(sheets), len(rules.criteria))
    points = np.full(shape, np.nan)
    state = np.full(shape, line_codes.BLANK)
    points[rows, columns] = lines["points"].to_numpy(dtype=float)
    state[rows, columns] = pd.Index(STATE_NAMES).get_indexer(pd.Index(lines["state"]))
    state[(state == line_codes.ENTERED) & np.isnan(points)] = line_codes.BLANK
    return Entries(points, state)


def _tidy(rules: RuleSet, sheets: pd.DataFrame, judged: Lines) -> pd.DataFrame:
    n, k = judged.points.shape
    criteria = rules.criteria
    group_of = {c.id: g.id for g in rules.groups for c in g.criteria}
    offsets = np.cumsum([0, *(len(c.levels) for c in criteria)])[:-1]
    names = [level.id for c in criteria for level in c.levels]
    codes = np.where(judged.level >= 0, judged.level + offsets, -1)

    def each_sheet(name: str) -> NDArray[np.object_]:
        return np.repeat(sheets[name].to_numpy(), k)

    def each_line(values: list[object]) -> NDArray[np.object_]:
        return np.tile(np.array(values), n)

    def coded(values: NDArray[np.int64], words: tuple[str, ...]) -> pd.Categorical:
        return pd.Categorical.from_codes(values.ravel(), categories=list(words))

    return pd.DataFrame(
        {
            "sheet_id": each_sheet("sheet_id"),
            "meeting_id": each_sheet("meeting_id"),
            "rater": each_sheet("rater"),
            "rule_set_id": rules.id,
            "group_id": each_line([group_of[c.id] for c in criteria]),
            "criterion_id": each_line([c.id for c in criteria]),
            "max": each_line([c.max for c in criteria]),
            "state": coded(judged.state, STATE_NAMES),
            "entered": judged.entered.ravel(),
            "recomputed": judged.recomputed.ravel(),
            "level": np.array([*names, ""], dtype=object)[codes.ravel()],
            "clause": coded(judged.clause, CLAUSES),
            "contradicts": judged.contradicts.ravel(),
            "off_form": _off_form(rules, judged).ravel(),
            "treatment": coded(judged.treatment, TREATMENTS),
            "points": judged.points.ravel(),
            "weight": judged.weight.ravel(),
            "left_out": judged.left_out.ravel(),
            "share": judged.share.ravel(),
            "reason": coded(judged.reason, line_codes.REASONS),
        },
        columns=list(LINE_COLUMNS),
    )


def _off_form(rules: RuleSet, judged: Lines) -> NDArray[np.bool_]:
    """Where a rater entered points that the form does not offer, such as half of a yes/no line."""
    found = np.zeros(judged.entered.shape, dtype=bool)
    for j, criterion in enumerate(rules.criteria):
        if criterion.allowed_points:
            column = judged.entered[:, j]
            found[:, j] = ~np.isnan(column) & ~np.isin(column, criterion.allowed_points)
    return found


def _no_lines() -> pd.DataFrame:
    numbers = ("max", "entered", "recomputed", "points", "weight", "left_out", "share")
    kinds = {name: float if name in numbers else bool if name in ("contradicts", "off_form") else object for name in LINE_COLUMNS}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _on_other_forms(wanted: pd.DataFrame) -> pd.DataFrame:
    """Sheets scored on another form than the one that applies: they wait, and say so."""
    other = wanted[wanted["rule_set_id_applying"].isna() | (wanted["rule_set_id"] != wanted["rule_set_id_applying"])]
    reason = np.where(other["rule_set_id_applying"].isna(), "no_rule_set", "other_form")
    columns = {name: other[name].to_numpy() for name in ("sheet_id", "meeting_id", "rater", "rule_set_id", "signed_on")}
    numbers = {name: np.full(len(other), np.nan) for name in ("raw", "total", "out_of", "cuts")}
    frame = pd.DataFrame({**columns, **numbers})
    frame = frame.assign(status="waiting", reason=reason, rank=-1, class_id=None, gate="", by_total=False)
    return frame[list(SHEET_COLUMNS)].astype({"class_id": object, "reason": object, "gate": object})


def decide(
    meetings: pd.DataFrame, sheets: pd.DataFrame, rule_sets: Mapping[str, RuleSet], options: Mapping[str, Mapping[str, str]]
) -> pd.DataFrame:
    """Give each meeting the total and class of the sheet or sheets that count, and keep each rater's own beside it."""
    for rater in ("self", "superior", "inspector"):
        theirs = sheets[sheets["rater"] == rater].set_index("meeting_id")
        for name in ("total", "cuts", "rank", "class_id", "status", "reason", "gate"):
            kind = float if name in ("total", "cuts", "rank") else object
            meetings[f"{rater}_{name}"] = meetings["meeting_id"].map(theirs[name]).astype(kind)

    def chosen(question: str) -> pd.Series:
        return meetings["rule_set_id"].map({rule_id: found[question] for rule_id, found in options.items()}).astype(object)

    reading = chosen("self_vs_superior")
    own, upper = meetings["self_total"], meetings["superior_total"]
    has_own, has_upper = meetings["self_status"].notna(), meetings["superior_status"].notna()
    both = has_own & has_upper
    without_points = own.isna() & upper.isna()
    scaled_own, scaled_upper = own / meetings["self_cuts"], upper / meetings["superior_cuts"]
    alike = without_points | (scaled_own == scaled_upper)  # then the class decides: a gate may hold one of them down
    lower = (scaled_upper < scaled_own) | (alike & (meetings["superior_rank"] > meetings["self_rank"]))
    use_upper = has_upper & (~has_own | (reading == "superior_if_present") | ((reading == "lower") & lower))
    result = pd.DataFrame(index=meetings.index)
    for name in ("total", "rank", "class_id", "status", "reason", "gate"):
        result[name] = meetings[f"self_{name}"].where(~use_upper, meetings[f"superior_{name}"])
    waiting = both & ((meetings["self_status"] == "waiting") | (meetings["superior_status"] == "waiting"))
    averaged = both & (reading == "mean")
    _take_mean(result, meetings, averaged & ~waiting & ~without_points, rule_sets)
    differ = averaged & ~waiting & without_points & (meetings["self_rank"] != meetings["superior_rank"])
    _wait(result, waiting & reading.isin(["mean", "lower"]), "other_rater_waits")
    _wait(result, differ, "no_mean")
    silent = (meetings["self_status"] == "assessed") & ~has_upper
    _wait(result, silent & (chosen("superior_silent") == "pending"), "no_superior")
    meetings["counting"] = np.where(averaged, "both", np.where(use_upper, "superior", "self").astype(object))
    meetings["total"] = result["total"].astype(float)
    meetings["rank"] = result["rank"].fillna(-1).astype(int)
    meetings["class_id"] = result["class_id"].astype(object).where(result["class_id"].notna(), None)
    meetings["gate"] = result["gate"].where(result["class_id"].notna(), "").fillna("").astype(object)
    held = meetings["status"] == "held"
    meetings["assessed"] = ((result["status"] == "assessed") & held).to_numpy(dtype=bool)
    meetings["waiting"] = ((result["status"] == "waiting") & held).to_numpy(dtype=bool)
    meetings["why_waiting"] = result["reason"].where(meetings["waiting"], "").fillna("").astype(object)
    return meetings


def _wait(result: pd.DataFrame, rows: pd.Series, reason: str) -> None:
    """Take the class of some meetings back, and say why."""
    result.loc[rows, ["total", "rank"]] = [np.nan, -1.0]
    result.loc[rows, "class_id"] = None
    result.loc[rows, "status"] = "waiting"
    result.loc[rows, "reason"] = reason


def _take_mean(result: pd.DataFrame, meetings: pd.DataFrame, both: pd.Series, rule_sets: Mapping[str, RuleSet]) -> None:
    """Average the two totals and class the average; a gate that held either sheet down holds the meeting down too."""
    mean = (meetings["self_total"] + meetings["superior_total"]) / 2
    cuts = (meetings["self_cuts"] + meetings["superior_cuts"]) / 2
    for rule_id, rules in rule_sets.items():
        rows = both & (meetings["rule_set_id"] == rule_id)
        if not rows.any():
            continue
        by_mean = rank(rules, mean[rows].to_numpy(dtype=float), cuts[rows].to_numpy(dtype=float))
        own = rank(rules, meetings.loc[rows, "self_total"].to_numpy(dtype=float), meetings.loc[rows, "self_cuts"].to_numpy(dtype=float))
        upper = rank(
            rules, meetings.loc[rows, "superior_total"].to_numpy(dtype=float), meetings.loc[rows, "superior_cuts"].to_numpy(dtype=float)
        )
        held = (meetings.loc[rows, "self_rank"].to_numpy() > own) | (meetings.loc[rows, "superior_rank"].to_numpy() > upper)
        lowest = np.maximum(meetings.loc[rows, "self_rank"].to_numpy(), meetings.loc[rows, "superior_rank"].to_numpy()).astype(int)
        ranks = np.where(held, np.maximum(by_mean, np.minimum(lowest, by_mean + 1)), by_mean)
        result.loc[rows, "total"] = mean[rows]
        result.loc[rows, "rank"] = ranks
        result.loc[rows, "class_id"] = [rules.bands[r].id for r in ranks]
