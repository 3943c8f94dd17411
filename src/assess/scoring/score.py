"""Score a slice under readings into lines, sheets and meetings; pure and vectorized."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.base.short_repr import Shown
from assess.records.slices import slice_of
from assess.records.tables import RATERS
from assess.rules import Chosen, catalogue, options_of, resolve
from assess.scoring.sheets.column_codes import pairs_among, positions
from assess.scoring.sheets.decide import OptionLookup, SheetResults, by_rater, decide, results_of
from assess.scoring.sheets.levels import LazyFacts
from assess.scoring.sheets.meeting_facts import attendance_base_known, facts_of, months_of, recorded
from assess.scoring.sheets.scored import LineTable, ScoredForm, score_form
from assess.scoring.sheets.sheet_frames import lines_frame, sheets_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.records.slices import HasSlice
    from assess.rules import Readings, RuleSet

_WHAT_WAS_LOST = (
    "sheet_id",
    "rater",
    "rule_set_id",
    "group_id",
    "criterion_id",
    "max",
    "weight",
    "points",
    "share",
)


@dataclass(frozen=True, repr=False)
class Scores(Shown):
    """The result of scoring one slice.

    ``meetings`` has one row per meeting that counts for the period, with its ``month``, its facts,
    its total and class, and the rater whose sheet gave them (``counting``: self, superior or both).
    ``attendance_over_all`` marks meetings whose record does not say who was exempt, so that their
    attendance is over the whole roll. Rules also need meetings around the period, such as that of
    the month before: these are ``neighbours``; ``every_meeting`` has both. ``chosen`` has the
    readings in use where no authority has answered, by rule set; :meth:`chosen_for` those of one
    meeting and ``in_use`` all that were used. The frames of sheets and lines cover every meeting
    and are built on first access.
    """

    every_meeting: pd.DataFrame
    chosen: Mapping[str, Mapping[str, Chosen]]
    rule_sets: Mapping[str, RuleSet]
    _scored: _ScoredForms = field(repr=False)
    _as_read: tuple[tuple[str, Mapping[str, Chosen]], ...] = field(repr=False)
    _which: NDArray[np.int64] = field(repr=False)

    def _facts(self) -> dict[str, object]:
        return {
            "rule_sets": ", ".join(self.rule_sets) or "none",
            "meetings": len(self.meetings),
            "classified": int(self.meetings["assessed"].sum()),
        }

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row per sheet and criterion: its entry, what the facts imply, and what counts.

        ``entered`` is what was entered, ``recomputed`` what the facts imply. ``treatment`` says how
        the line was treated; ``points`` out of ``weight`` count. ``left_out`` is the part of the
        maximum that does not apply; ``share`` is the part of its maximum that the line reached (1
        or 0 for a mark). ``off_form`` marks entries that the rule set does not offer.
        """
        return lines_frame(self._scored.sheets, self._scored.forms)

    @cached_property
    def sheets(self) -> pd.DataFrame:
        """One row per sheet, with ``status`` *assessed* or *waiting* and the ``reason``.

        ``class_id`` and ``total`` are missing while the sheet waits; ``total`` also on a rule set
        without points. ``by_total`` marks sheets of which only the total is known, from a monthly
        summary.
        """
        return sheets_frame(
            self._scored.sheets, self._scored.forms, self._scored.others, self._scored.why
        )

    @cached_property
    def meetings(self) -> pd.DataFrame:
        """The meetings that count for the period."""
        return self.every_meeting[self.every_meeting["in_period"]]

    @cached_property
    def neighbours(self) -> pd.DataFrame:
        """The meetings of the slice that do not count for the period."""
        return self.every_meeting[~self.every_meeting["in_period"]]

    @cached_property
    def counting_sheets(self) -> pd.DataFrame:
        """The sheets that decided the class of a meeting of the period; both if their mean did."""
        return self.sheets[self._counts(self.sheets)]

    @cached_property
    def counting_lines(self) -> pd.DataFrame:
        """The lines of the sheets that decided a class, with the columns that show lost points.

        A sheet of which only the total is known has no lines.
        """
        with_lines = set(
            self.counting_sheets.loc[~self.counting_sheets["by_total"].astype(bool), "sheet_id"]
        )
        return self.lines.loc[self.lines["sheet_id"].isin(with_lines), list(_WHAT_WAS_LOST)]

    @cached_property
    def in_use(self) -> tuple[tuple[str, Mapping[str, Chosen]], ...]:
        """Every rule set id with readings that a meeting of the period was scored under.

        A rule set is there again for each set of answers in force; without meetings, as it is.
        """
        used = set(self._which[self.every_meeting["in_period"].to_numpy(dtype=bool)])
        there = {self._as_read[number][0] for number in used if number >= 0}
        return tuple(
            found
            for number, found in enumerate(self._as_read)
            if number in used or (number < len(self.rule_sets) and found[0] not in there)
        )

    def chosen_for(self, meeting_id: str) -> Mapping[str, Chosen]:
        """Return the readings under which one meeting was scored; none without a rule set."""
        row = int(np.flatnonzero((self.every_meeting["meeting_id"] == meeting_id).to_numpy())[0])
        number = int(self._which[row])
        return {} if number < 0 else self._as_read[number][1]

    def _counts(self, rows: pd.DataFrame) -> pd.Series:
        """Return which rows belong to a sheet that decided a class."""
        meetings = self.meetings[self.meetings["assessed"]]
        counting = rows["meeting_id"].map(meetings.set_index("meeting_id")["counting"])
        raters = rows["rater"]
        return (raters == counting) | ((counting == "both") & raters.isin(["self", "superior"]))


@dataclass(frozen=True, slots=True)
class _ScoredForms:
    """The data from which the frames of sheets and lines are built.

    ``others`` are the rows of ``sheets`` whose rule set does not apply to their meeting, and
    ``why`` says why they wait.
    """

    sheets: pd.DataFrame
    forms: tuple[ScoredForm, ...]
    others: NDArray[np.int64]
    why: NDArray[np.object_]


def score(what: Slice | HasSlice, readings: Readings | None = None) -> Scores:
    """Score every sheet of a slice; questions missing from ``readings`` keep their defaults.

    Entered points decide the class unless ``score_basis`` is ``recomputed``; both are always kept.
    Raise :class:`~assess.base.errors.InputError` for unknown questions or options.

    >>> scores = score(sample_slice, {"not_applicable": "zero"})
    >>> set(scores.sheets["status"]) <= {"assessed", "waiting"}
    True
    """
    made, readings = slice_of(what, readings)
    rule_sets_as_read, applying = made.as_read
    chosen = [
        (each.rule_set_id, resolve(made.rule_sets[each.rule_set_id], readings, each.answers))
        for each in rule_sets_as_read
    ]
    options = [options_of(found) for _, found in chosen]
    common = {q.id: q.default for q in catalogue().values()} | readings
    meetings, sheets = made.tables["meeting"], made.tables["sheet"]
    month = months_of(meetings, common["window_month"])
    records = recorded(meetings, month, made.tables["unit"])
    meeting = positions(sheets["meeting_id"], meetings["meeting_id"])
    numbers = {rule_id: number for number, rule_id in enumerate(made.rule_sets)}
    rule_set_of = np.array([*(numbers[rule_id] for rule_id, _ in chosen), -1])
    wanted = np.append(applying, -1)[meeting]
    own = positions(sheets["rule_set_id"], list(made.rule_sets))
    on_form = np.where(rule_set_of[wanted] == own, wanted, -1)
    written = LineTable.read(made.tables["line"], sheets["sheet_id"])
    stated = sheets["stated_total"].to_numpy(dtype=float)
    facts, forms = {}, []
    if (applying < 0).any() or not made.rule_sets:
        # Meetings without a rule set still have facts, under the readings that need no rule set.
        facts = facts_of(records, None, common)
    over_all = ~attendance_base_known(records, common)
    for number, (rule_id, _) in enumerate(chosen):
        rules = made.rule_sets[rule_id]
        found = facts_of(records, rules, options[number])
        over_all = np.where(
            applying == number, ~attendance_base_known(records, options[number]), over_all
        )
        facts = (
            {
                name: np.where(applying == number, values, facts[name])
                for name, values in found.items()
            }
            if facts
            else found
        )
        rows = np.flatnonzero(on_form == number)
        entries = written.on(rules, rows)
        for start in range(0, len(rows), _BLOCK):
            part = slice(start, start + _BLOCK)
            theirs = rows[part]
            on_sheet = LazyFacts(found, meeting[theirs])
            forms.append(
                score_form(
                    rules, theirs, entries.take(part), on_sheet, stated[theirs], options[number]
                )
            )
    others = np.flatnonzero(on_form < 0)
    why = np.where(wanted[others] < 0, "no_rule_set", "other_form").astype(object)
    raters = by_rater(sheets, meeting, results_of(len(sheets), forms, others, why), len(meetings))
    held = (meetings["status"] == "held").to_numpy(dtype=bool)
    decided = decide(
        held,
        raters,
        [made.rule_sets[rule_id] for rule_id, _ in chosen],
        OptionLookup(applying, options),
    )
    frame = _meetings_frame(
        made, month, {**facts, "attendance_over_all": over_all}, raters, decided
    )
    return Scores(
        frame,
        dict(chosen[: len(made.rule_sets)]),
        made.rule_sets,
        _ScoredForms(sheets, tuple(forms), others, why),
        tuple(chosen),
        applying,
    )


_BLOCK = 1 << 14
"""Sheets scored at a time: few enough for the intermediate arrays to stay in the CPU cache."""


def _meetings_frame(
    made: Slice,
    month: pd.Series,
    facts: Mapping[str, NDArray[np.generic]],
    raters: Mapping[str, SheetResults],
    decided: Mapping[str, NDArray[np.generic]],
) -> pd.DataFrame:
    """Return the frame of meetings: month, facts, each rater's result, and the one that counts."""
    meetings, due = made.tables["meeting"], made.tables["due"]
    columns = [
        "meeting_id",
        "chi_bo_id",
        "for_month",
        "held_on",
        "status",
        "reason",
        "kind",
        "rule_set_id",
    ]
    values: dict[str, object] = {name: meetings[name] for name in columns}
    values["month"] = month
    values["in_period"] = pairs_among(
        meetings["chi_bo_id"], month, (due["chi_bo_id"], due["month"])
    )
    values |= facts
    for rater in RATERS:
        for name in ("total", "out_of", "cuts", "rank", "class_id", "status", "reason", "gate"):
            field = (
                "band_scale" if name == "cuts" else name
            )  # the published column keeps its older name
            values[f"{rater}_{name}"] = _column(getattr(raters[rater], field), meetings.index)
    values["counting"] = decided["counting"]
    values |= {
        name: _column(found, meetings.index)
        for name, found in decided.items()
        if name != "counting"
    }
    return pd.DataFrame(values, index=meetings.index)


def _column(values: NDArray[np.generic], index: pd.Index) -> object:
    """Keep classes and reasons as objects, so that a frame infers no dtype from their values."""
    return pd.Series(values, index=index, dtype=object) if values.dtype == object else values
