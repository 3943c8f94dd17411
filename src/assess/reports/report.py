"""Open a report on its slice, score it, and keep the frames that sections show."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base.arguments import as_count, as_moment, as_period, as_text, wrong_type
from assess.base.errors import InputError, input_error
from assess.base.periods import FAR_OFF
from assess.base.short_repr import Shown
from assess.records import AUTO, OWN_FILES, Records, Slice, make_slice, open_slice
from assess.reports.blocks import Annex
from assess.reports.frame_table import frame_table
from assess.reports.own_words import WORDS_FILE, parse_words, words_block, words_part
from assess.reports.sentences import fill_in
from assess.reports.shell import register_in_shell
from assess.rules import checked_readings, choose
from assess.scoring import Scores, score
from assess.scoring.annual.annual_list import AnnualList, annual_list
from assess.scoring.period import summary
from assess.scoring.period.roll_up import period_results
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
from assess.studies.signals import SignalThresholds, signals
from assess.workspace import Workspace
from assess.workspace.office import OFFICE_FILE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from assess.base.periods import Period
    from assess.records import RecordSource
    from assess.reports.blocks import Group
    from assess.rules import Chosen, RuleBook, RuleSet
    from assess.scoring.period.period_class import PeriodResult


@dataclass(frozen=True, repr=False)
class Report(Shown):
    """The inputs and results of one report; each frame is computed once, when first used."""

    slice: Slice
    readings: Mapping[str, str]
    opened: str = ""
    """The records or the slice that it was opened on, as a path."""
    at_most: int = 5
    """How many units or meetings a sentence names before it only counts the others."""

    def _facts(self) -> dict[str, object]:
        return {
            "dang_bo": self.slice.dang_bo,
            "name": self.slice.name,
            "period": self.slice.period.text,
            "as_of": self.slice.as_of.isoformat(sep=" ", timespec="minutes"),
            "readings": ", ".join(f"{q}={o}" for q, o in self.readings.items()) or "default",
            "opened": self.opened or "slice",
        }

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
        """The values of counted meetings that were recorded later, with their ``chi_bo_id``.

        ``fills`` tells filled blanks from corrections; see
        :func:`assess.studies.corrections.with_fills`.
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
        return period_results(self.slice, self.scores, dict(self.readings))

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
        return self.signals_from(SignalThresholds())

    def signals_from(self, thresholds: SignalThresholds) -> pd.DataFrame:
        """Return :attr:`signals` with an office's own thresholds."""
        if thresholds not in self._signals:
            self._signals[thresholds] = signals(self.slice, self.scores, thresholds)
        return self._signals[thresholds]

    @cached_property
    def _signals(self) -> dict[SignalThresholds, pd.DataFrame]:
        return {}

    @cached_property
    def inspection_prerequisite(self) -> InspectionPrerequisite:
        """See :func:`assess.studies.inspection.coverage.inspection_prerequisite`."""
        return inspection_prerequisite(self.slice, self.inspected)

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

    def text(self, source: str, **values: object) -> Group:
        """Return a text with values filled in, see :func:`assess.reports.sentences.fill_in`.

        A cell that begins with ``%%md`` is the same, with the names of the notebook as values.
        """
        return fill_in(source, {"report": self, **values})

    table = staticmethod(frame_table)
    """Return a table of a frame, see :func:`assess.reports.frame_table.frame_table`."""

    @cached_property
    def office(self) -> Mapping[str, Any]:
        """What the office prints on its documents, see :mod:`assess.workspace.office`."""
        path = Path(self.opened) / OFFICE_FILE
        if path.is_file():
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
        return {"number": "", "units": {}}

    @cached_property
    def criteria_groups(self) -> list[str]:
        """The titles of the groups of criteria of the forms in use, each once."""
        titles = (group.title for rules in self.forms for group in rules.groups)
        return list(dict.fromkeys(titles))

    def file(self, name: str) -> Path:
        """Return a file of the report's own that the matrix names under ``files``.

        In JupyterLab, without a slice, it is looked for below ``data/`` of the workspace.
        """
        slice_ = Path(self.opened)
        if (slice_ / "slice.json").is_file():
            found = [slice_ / OWN_FILES / name]
        else:
            data = Workspace.find(Path.cwd()).root / "data"
            found = sorted(path for path in data.rglob("*") if path.name == name)
        for path in found:
            if path.is_file():
                return path
        raise input_error("no-own-file", "report.file", found=name)

    def words(self, heading: str, *parts: str) -> Group:
        """Return what the office wrote under a heading, part by part, or room for it.

        See :mod:`assess.reports.own_words`.
        """
        return words_block(self._words, heading, parts)

    def words_part(self, part: str, *, required: bool = True) -> Group:
        """Return what the office wrote for one part; its heading is a cell's.

        Where it wrote nothing there is room for it, or nothing if it is not ``required``.
        """
        return words_part(self._words, part, required=required)

    @cached_property
    def _words(self) -> dict[str, str]:
        path = Path(self.opened) / WORDS_FILE
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        return parse_words(text, WORDS_FILE)

    def annex(self, title: str) -> Annex:
        """Return the beginning of an annex, on a new page."""
        return Annex(title)

    def chosen(self, question_id: str) -> Chosen:
        """Return the reading of a question that no form of the report raises."""
        made = self.slice
        return choose(question_id, dict(self.readings), made.annual, made.annual_answers)

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
    period: Period | str | int,
    rule_set: str | None = AUTO,
    readings: Mapping[str, str] | None = None,
    slice: str | Path = "",
    records: str | Path | RecordSource | Records | None = None,
    as_of: dt.datetime | dt.date | str | None = None,
    workspace: str | Path | Workspace | None = None,
    at_most: int = 5,
) -> Report:
    """Open a report on its slice; without one, cut it from records, as in JupyterLab.

    ``records`` is a folder of CSV files, a store, or what was opened of one. By default they are
    those of the workspace: its store, or the sample where it has none; ``Report.opened`` names
    them. ``as_of`` is the moment up to which they count, by default the latest recorded one.
    ``at_most`` is how many units or meetings a sentence names before it only counts the others.

    Raises :class:`~assess.base.errors.InputError` for unknown names and readings, for values of
    the wrong type, and for a slice that is not the one that the other parameters name.
    """
    register_in_shell()
    given = checked_readings(readings)
    span, dang_bo = as_period(period), as_text(dang_bo, "dang_bo")
    at_most = as_count(at_most, "at_most", least=1)
    rule_set = AUTO if rule_set is None else as_text(rule_set, "rule_set")
    if slice:
        if not (records is None and as_of is None):
            raise input_error("slice-and-records", str(slice))
        made = open_slice(slice)
        wanted = (dang_bo, span.text, rule_set)
        found = (made.dang_bo, made.period.text, made.rule_set)
        if wanted != found:
            raise input_error(
                "slice-of-another", str(slice), found=" · ".join(found), wanted=" · ".join(wanted)
            )
        return Report(made, given, str(slice), at_most)
    home = (
        workspace if isinstance(workspace, Workspace) else Workspace.find(workspace or Path.cwd())
    )
    opened, known, moment, rules = _records(home, records, as_of)
    try:
        made = make_slice(
            known,
            rules,
            dang_bo=dang_bo,
            period=span,
            as_of=moment,
            document_date=min(moment, FAR_OFF).date(),
            rule_set=rule_set,
        )
    except InputError as error:
        raise InputError(
            replace(f, place=replace(f.place, file=f"{opened}, {f.place.file}"))
            for f in error.findings
        ) from error
    return Report(made, given, opened, at_most)


def _records(
    home: Workspace,
    records: str | Path | RecordSource | Records | None,
    as_of: dt.datetime | dt.date | str | None,
) -> tuple[str, Records, dt.datetime, RuleBook]:
    """Return what records are called, the records, the moment up to which they count, and rules."""
    moment = None if as_of is None else as_moment(as_of)
    if isinstance(records, Records):
        return "records", records, moment or FAR_OFF, home.rules()
    if records is None or isinstance(records, str | Path):
        opened = str(home.records_path(str(records or "")))
        source: RecordSource = home.source(str(records or ""))
    elif hasattr(records, "records") and hasattr(records, "latest"):
        opened = str(getattr(records, "folder", getattr(records, "path", "records")))
        source = records
    else:
        raise wrong_type(records, "records", "thư mục CSV, kho .duckdb, CsvFolder hoặc Store")
    moment = moment or source.latest() or FAR_OFF
    return opened, source.records(moment), moment, home.rules_for(source, moment)
