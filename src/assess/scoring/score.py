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
    readings in use, by rule set. The frames of sheets and lines cover every meeting and are built
    on first access.
    """

    every_meeting: pd.DataFrame
    chosen: Mapping[str, Mapping[str, Chosen]]
    rule_sets: Mapping[str, RuleSet]
    _scored: _ScoredForms = field(repr=False)

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
    chosen = {rule_id: resolve(rules, readings) for rule_id, rules in made.rule_sets.items()}
    options = {rule_id: options_of(found) for rule_id, found in chosen.items()}
    common = {q.id: q.default for q in catalogue().values()} | readings
    meetings, sheets = made.tables["meeting"], made.tables["sheet"]
    month = months_of(meetings, common["window_month"])
    records = recorded(meetings, month, made.tables["unit"])
    meeting = positions(sheets["meeting_id"], meetings["meeting_id"])
    applying = positions(meetings["rule_set_id"], list(made.rule_sets))
    wanted = np.append(applying, -1)[meeting]
    on_form = np.where(wanted == positions(sheets["rule_set_id"], list(made.rule_sets)), wanted, -1)
    written = LineTable.read(made.tables["line"], sheets["sheet_id"])
    stated = sheets["stated_total"].to_numpy(dtype=float)
    facts, forms = {}, []
    if (applying < 0).any() or not made.rule_sets:
        # Meetings without a rule set still have facts, under the readings that need no rule set.
        facts = facts_of(records, None, common)
    over_all = ~attendance_base_known(records, common)
    for number, (rule_id, rules) in enumerate(made.rule_sets.items()):
        found = facts_of(records, rules, options[rule_id])
        over_all = np.where(
            applying == number, ~attendance_base_known(records, options[rule_id]), over_all
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
                    rules, theirs, entries.take(part), on_sheet, stated[theirs], options[rule_id]
                )
            )
    others = np.flatnonzero(on_form < 0)
    why = np.where(wanted[others] < 0, "no_rule_set", "other_form").astype(object)
    raters = by_rater(sheets, meeting, results_of(len(sheets), forms, others, why), len(meetings))
    held = (meetings["status"] == "held").to_numpy(dtype=bool)
    decided = decide(
        held, raters, list(made.rule_sets.values()), OptionLookup(applying, list(options.values()))
    )
    frame = _meetings_frame(
        made, month, {**facts, "attendance_over_all": over_all}, raters, decided
    )
    return Scores(frame, chosen, made.rule_sets, _ScoredForms(sheets, tuple(forms), others, why))


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
