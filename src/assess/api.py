"""The verbs of the package, as ``from assess import …`` gives them.

Each takes what a caller has (a path as text, ``period=2026``, a day as text, a slice or a report)
and returns a frozen value or a frame with the columns of :mod:`assess.public_frames`. Anything
that cannot be used is an :class:`~assess.base.errors.InputError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base.arguments import as_path, as_period, as_text, wrong_type
from assess.base.errors import InputError
from assess.base.periods import FAR_OFF, Period
from assess.public_frames import ANNUAL, CLASSIFIED, ROLLED_UP
from assess.records.slices import AUTO, slice_of
from assess.records.unit_names import unit_meant
from assess.rules import RuleBook, checked_readings, load_rule_set, load_rule_sets
from assess.scoring import score
from assess.scoring.annual.annual_list import annual_list
from assess.scoring.explain_meeting import Trace, explain_meeting
from assess.scoring.explain_period import PeriodTrace, explain_period, status_in_words
from assess.scoring.period.roll_up import period_results
from assess.studies.readings import raised_questions, study_readings
from assess.studies.readings.space import MEETING
from assess.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from assess.records import Slice
    from assess.records.slices import HasSlice
    from assess.studies.readings import RaisedQuestions, Study


def load_rules(where: str | Path | None = None) -> RuleBook:
    """Return rule sets, proved: of a workspace, of a folder of YAML files, or of one file.

    Without ``where``, of the workspace around the current folder. Raises ``InputError`` with every
    finding: unknown keys, wrong sums, holes between levels, missing citations.

    >>> load_rules("params/rules/an-phu-hd42.yaml")["an-phu-hd42"].total
    100.0
    """
    if where is None:
        return Workspace.find().rules()
    path = as_path(where, "rules")
    if path.suffix == ".yaml":
        rules = load_rule_set(path)
        return RuleBook({rules.id: rules}, {rules.id: path.read_text(encoding="utf-8")})
    if (path / "params" / "rules").is_dir():
        return Workspace(path).rules()
    return load_rule_sets(path)


def classify(what: Slice | HasSlice, readings: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the class of each meeting of the period: :data:`~assess.public_frames.CLASSIFIED`."""
    made, given = slice_of(what, readings)
    meetings = score(made, given).meetings
    titles = [
        ""
        if class_id is None or class_id != class_id
        else made.rule_sets[rule_set].class_title(class_id)
        for rule_set, class_id in zip(meetings["rule_set_id"], meetings["class_id"], strict=True)
    ]
    assessed = meetings["assessed"].astype(bool)
    found = meetings.assign(
        class_title=titles,
        counting=meetings["counting"].where(assessed, ""),
        condition=meetings["gate"].fillna(""),
        why_waiting=meetings["why_waiting"].where(~assessed, "").fillna(""),
    )
    return found[list(CLASSIFIED.columns)].reset_index(drop=True)


def roll_up(what: Slice | HasSlice, readings: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the class of each chi bộ for the period: :data:`~assess.public_frames.ROLLED_UP`."""
    made, given = slice_of(what, readings)
    rows = [
        (
            chi_bo,
            made.tree.name_on(chi_bo, made.last_day(made.months[-1])),
            found.rule_set_id,
            found.status,
            found.class_id if found.status == "classed" else None,
            found.title if found.status == "classed" else "",
            None if found.mean is None else float(found.mean),
            found.held,
            found.required,
            "" if found.status == "classed" else status_in_words(found),
        )
        for chi_bo, found in period_results(made, score(made, given), given).items()
    ]
    return pd.DataFrame(rows, columns=list(ROLLED_UP.columns)).astype({"mean": float})


def annual_class(what: Slice | HasSlice, readings: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the annual class of each unit that has a file: :data:`~assess.public_frames.ANNUAL`.

    The package proposes; the competent level decides. Raises ``InputError`` for a period that is
    not a year.
    """
    made, given = slice_of(what, readings)
    found = annual_list(made, given, period_results(made, score(made, given), given))
    rows = [
        (
            line.unit_id,
            line.name,
            line.level,
            line.group,
            line.self_class,
            line.proposal.class_id,
            line.proposed,
            line.decided,
            line.decider,
        )
        for line in found.lines
    ]
    return pd.DataFrame(rows, columns=list(ANNUAL.columns))


def explain(
    chi_bo: str,
    when: str | int | Period,
    *,
    records: str | Path = "",
    rule_set: str = AUTO,
    readings: Mapping[str, str] | None = None,
    workspace: str | Path | Workspace | None = None,
) -> Trace | PeriodTrace:
    """Return how a result came about: of a meeting, line by line; of a longer period, test by test.

    ``when`` is the id of a meeting, a month (its regular meeting), a quarter, a half-year or a
    year. ``records`` is a folder of CSV files or a store, by default those of the workspace. Raises
    ``InputError`` for an unknown chi bộ, meeting, rule set or reading.

    >>> explain("pvd-01", "2026-03").class_title
    'Tốt'
    """
    home = workspace if isinstance(workspace, Workspace) else Workspace.find(workspace or ".")
    known = home.source(str(as_path(records, "records") if records else ""))
    rules = home.rules_for(known)
    given, chi_bo = checked_readings(readings), as_text(chi_bo, "chi_bo")
    chi_bo = unit_meant(known.tree, chi_bo)
    everything = known.records_of(FAR_OFF, chi_bo)
    period = _longer_period(when)
    if period is not None:
        return explain_period(everything, rules, chi_bo, period, rule_set=rule_set, readings=given)
    meeting = when.text if isinstance(when, Period) else as_text(when, "when")
    return explain_meeting(everything, rules, chi_bo, meeting, rule_set=rule_set, readings=given)


def _longer_period(when: str | int | Period) -> Period | None:
    """Return the period that is meant, unless it is one month or the id of a meeting."""
    if not isinstance(when, str | int | Period):
        raise wrong_type(when, "when", "mã buổi họp, tháng hoặc kỳ, chẳng hạn 2026-03, 2026-Q1")
    try:
        period = as_period(when, "when")
    except InputError:
        if isinstance(when, str):
            return None
        raise
    return period if len(period.months) > 1 else None


def study(
    what: Slice | HasSlice,
    questions: Collection[str] | str | RaisedQuestions | None = None,
    *,
    of: str = MEETING,
    readings: Mapping[str, str] | None = None,
) -> Study:
    """Return what every combination of readings of some questions makes of a slice, exactly.

    Without ``questions``: those that its rule sets raise and that can change something. ``of`` is
    ``meeting``, or ``period`` for the class of each chi bộ for the period. The columns of the
    tables of the result are :data:`~assess.public_frames.of_study.STUDY`.
    """
    made, given = slice_of(what, readings)
    asked = raised_questions(made, given, of=of) if questions is None else questions
    return study_readings(made, asked, given, of=of)
