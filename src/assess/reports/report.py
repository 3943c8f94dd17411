"""What a template asks of the package: open the report's slice, score it, keep the frames that the sections show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.periods import Period
from assess.records import AUTO, Slice, make_slice, open_slice
from assess.rules import check_readings, choose
from assess.scoring import Scores, score
from assess.scoring.annual.annual_list import AnnualList, annual_list
from assess.scoring.period import summary
from assess.scoring.period.roll_up import roll_up
from assess.studies import (
    contradictions,
    losses_by_criterion,
    losses_by_group,
    moves,
    rater_pairs,
    upward,
    visits,
)
from assess.studies.compliance import compliance
from assess.studies.conflicts import conflicts
from assess.studies.contradictions import compared
from assess.studies.corrections import with_fills
from assess.studies.inspection.coverage import (
    InspectionPrerequisite,
    inspected,
    inspection_prerequisite,
)
from assess.studies.losses import counted_sheets
from assess.studies.signals import signals
from assess.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from assess.rules import Chosen, RuleSet
    from assess.scoring.period.period_class import PeriodResult


@dataclass(frozen=True)
class Report:
    """One report's inputs and results. Every frame is worked out once, when a section first asks for it."""

    slice: Slice
    readings: Mapping[str, str]

    @cached_property
    def scores(self) -> Scores:
        """All lines, sheets and meetings, scored."""
        return score(self.slice, dict(self.readings))

    @cached_property
    def forms(self) -> tuple[RuleSet, ...]:
        """The forms that score meetings of the period, the earliest first."""
        return tuple(self.slice.rule_sets[rule_id] for rule_id in summary.forms(self.scores))

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """See :func:`assess.scoring.period.summary.coverage`."""
        return summary.coverage(self.slice, self.scores)

    @cached_property
    def classes_by_month(self) -> dict[str, pd.DataFrame]:
        """By form, see :func:`assess.scoring.period.summary.classes_by_month`."""
        return {
            rules.id: summary.classes_by_month(self.slice, self.scores, rules.id)
            for rules in self.forms
        }

    @cached_property
    def by_chi_bo(self) -> pd.DataFrame:
        """See :func:`assess.scoring.period.summary.by_chi_bo`."""
        return summary.by_chi_bo(self.slice, self.scores)

    @cached_property
    def results_by_chi_bo(self) -> dict[str, pd.DataFrame]:
        """By form, see :func:`assess.scoring.period.summary.results_by_chi_bo`."""
        return {
            rules.id: summary.results_by_chi_bo(self.slice, self.scores, rules.id)
            for rules in self.forms
        }

    @cached_property
    def losses(self) -> pd.DataFrame:
        """See :func:`assess.studies.losses_by_group`."""
        return losses_by_group(self.scores)

    @cached_property
    def costly_lines(self) -> pd.DataFrame:
        """See :func:`assess.studies.losses_by_criterion`."""
        return losses_by_criterion(self.scores)

    @cached_property
    def counted_sheets(self) -> pd.DataFrame:
        """See :func:`assess.studies.losses.counted_sheets`, by form."""
        return counted_sheets(self.scores).set_index("rule_set_id")

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """See :func:`assess.studies.rater_pairs`."""
        return rater_pairs(self.scores)

    @cached_property
    def contradictions(self) -> pd.DataFrame:
        """See :func:`assess.studies.contradictions`."""
        return contradictions(self.scores)

    @cached_property
    def compared(self) -> tuple[int, int]:
        """See :func:`assess.studies.contradictions.compared`."""
        return compared(self.scores)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """See :func:`assess.studies.moves`."""
        return moves(self.slice)

    @cached_property
    def corrections(self) -> pd.DataFrame:
        """The values of meetings that count for the period which were recorded later than first, with their ``chi_bo_id``.

        ``fills`` tells blanks that were filled in apart from corrections, see :func:`assess.studies.corrections.with_fills`.
        """
        changes = with_fills(self.slice.tables["change"])
        meetings = self.scores.meetings.set_index("meeting_id")["chi_bo_id"]
        found = changes[changes["meeting_id"].isin(meetings.index)]
        return found.assign(chi_bo_id=found["meeting_id"].map(meetings))

    @cached_property
    def conflicts(self) -> pd.DataFrame:
        """See :func:`assess.studies.conflicts.conflicts`."""
        return conflicts(self.slice, self.scores, lambda: self.figures)

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each chi bộ at the end of the period; with its id where two share a name."""
        tree = self.slice.tree
        plain = {
            chi_bo: tree.name_on(chi_bo, self.slice.period.end) for chi_bo in self.slice.chi_bo
        }
        double = Counter(plain.values())
        return {
            chi_bo: name if double[name] == 1 else f"{name} ({chi_bo})"
            for chi_bo, name in plain.items()
        }

    @cached_property
    def years(self) -> dict[str, PeriodResult]:
        """See :func:`assess.scoring.period.roll_up.roll_up`."""
        return roll_up(self.slice, self.scores, dict(self.readings))

    @cached_property
    def annual_list(self) -> AnnualList:
        """See :func:`assess.scoring.annual.annual_list.annual_list`."""
        return annual_list(self.slice, dict(self.readings), self.years)

    @cached_property
    def compliance(self) -> pd.DataFrame:
        """See :func:`assess.studies.compliance.compliance`."""
        return compliance(self.slice, self.scores)

    @cached_property
    def inspected(self) -> pd.DataFrame:
        """See :func:`assess.studies.inspection.coverage.inspected`."""
        return inspected(self.slice, self.option("coverage_counts"))

    @cached_property
    def signals(self) -> pd.DataFrame:
        """See :func:`assess.studies.signals.signals`."""
        return signals(self.slice, self.scores)

    @cached_property
    def inspection_prerequisite(self) -> InspectionPrerequisite:
        """See :func:`assess.studies.inspection.coverage.inspection_prerequisite`."""
        return inspection_prerequisite(self.slice, self.option("coverage_counts"))

    @cached_property
    def visits(self) -> pd.DataFrame:
        """See :func:`assess.studies.visits.of_period`."""
        tables = self.slice.tables
        return visits.of_period(
            tables["visit"],
            tables["meeting"],
            self.slice.period,
            self.option("moved_visit"),
            self.slice.as_of,
        )

    @cached_property
    def figures(self) -> pd.DataFrame:
        """See :func:`assess.studies.upward.by_chi_bo`."""
        return upward.by_chi_bo(self.slice, self.scores)

    def chosen(self, question_id: str) -> Chosen:
        """Return the reading of a question that no form of the report raises."""
        return choose(question_id, dict(self.readings), self.slice.annual)

    def option(self, question_id: str) -> str:
        """Return the option of such a question."""
        return self.chosen(question_id).option.id

    def unit_name(self, unit_id: str) -> str:
        """Return the name of any unit of the report at the end of the period."""
        return self.names.get(unit_id) or self.slice.tree.name_on(unit_id, self.slice.period.end)

    def class_title(self, rule_set_id: str, class_id: str) -> str:
        """Return the name of a class of one form."""
        return self.slice.rule_sets[rule_set_id].class_title(class_id)

    @cached_property
    def shares_reading(self) -> str:
        """How shares are made to add up."""
        return self.readings.get("shares_to_100", "largest_remainder")


def open_report(
    *,
    dang_bo: str,
    period: str,
    rule_set: str = AUTO,
    readings: Mapping[str, str] | None = None,
    slice: str = "",
) -> Report:
    """Open a report on its slice; without one, cut it from the workspace's sample data, as in JupyterLab.

    The slice must be the one that the other parameters name. Raises :class:`~assess.base.errors.InputError` otherwise,
    and for unknown readings.
    """
    readings = dict(readings or {})
    check_readings(readings)
    if slice:
        made = open_slice(Path(slice))
        wanted = (dang_bo, period, rule_set)
        found = (made.dang_bo, made.period.text, made.rule_set)
        if wanted != found:
            raise input_error(
                "slice-of-another", slice, found=" · ".join(found), wanted=" · ".join(wanted)
            )
        return Report(made, readings)
    workspace = Workspace.find(Path.cwd())
    span = Period.parse(period)
    as_of = workspace.end_of_data()
    records = workspace.source().records(as_of)
    made = make_slice(
        records,
        workspace.rules(),
        dang_bo=dang_bo,
        period=span,
        as_of=as_of,
        document_date=as_of.date(),
        rule_set=rule_set,
    )
    return Report(made, readings)
