"""The class list of a period: a row for each chi bộ, as offices pin it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.reports.frame_table import MARK, with_kinds
from assess.reports.named_figures import NamedList
from assess.reports.results.meetings import meeting_list
from assess.reports.results.period import FormResults, period_results
from assess.reports.results.year_class import year_classes

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report


@dataclass(frozen=True)
class FormList:
    """The list of one form; the names of the form are those of ``results`` (``kind``, ``on``).

    ``frame`` has ``number`` (from 1), ``chi_bo_id``, ``name``, a column for each class by id, and
    ``note`` (None without). Of one month: ``roll``, ``held_on``, ``present``, ``attendance``,
    ``self`` and ``superior`` points, *x* in the column of the class (thematic meetings held apart
    have rows of their own). Of a longer period: ``due`` and ``held`` months, ``attendance``, the
    number of meetings of each class, their ``mean`` points; ``note`` is the class for the whole
    period.
    """

    results: FormResults
    frame: pd.DataFrame

    @property
    def kind(self) -> str:
        """The kind of its meetings in words."""
        return self.results.kind

    @property
    def on(self) -> str:
        """The form, where there are several."""
        return self.results.on

    @property
    def class_titles(self) -> dict[str, str]:
        """The titles of the class columns."""
        return self.results.class_titles

    def key(self, name: str) -> str:
        """Return the id of a table of this form."""
        return self.results.key(name)


@dataclass(frozen=True)
class ClassList:
    """The class list of a period, ``one_month`` or longer.

    ``missing`` names the chi bộ without any meeting that has a class.
    """

    one_month: bool
    forms: tuple[FormList, ...]
    missing: NamedList


def class_list(report: Report) -> ClassList:
    """Return the class list of a report's period."""
    one_month = len(report.slice.period.months) == 1
    found = period_results(report)
    make = _of_month if one_month else _of_period
    forms = tuple(FormList(form, make(report, form)) for form in found.forms)
    classed = {c for form in forms for c in form.frame["chi_bo_id"]}
    missing = [name for chi_bo, name in report.names.items() if chi_bo not in classed]
    return ClassList(one_month, forms, NamedList("class_list.missing", missing))


def _of_month(report: Report, form: FormResults) -> pd.DataFrame:
    listed = meeting_list(report)
    meetings = report.scores.meetings.set_index("meeting_id")
    mine = listed[
        (listed["meeting_id"].map(meetings["rule_set_id"]) == form.rules.id)
        & listed["meeting_id"].map(meetings["assessed"])
    ].reset_index(drop=True)
    ids, raw = mine["meeting_id"], report.slice.tables["meeting"].set_index("meeting_id")
    frame = mine[["name", "held_on", "attendance", "self", "superior", "note"]].assign(
        number=range(1, len(mine) + 1),
        chi_bo_id=ids.map(meetings["chi_bo_id"]),
        roll=ids.map(raw["roll"]),
        present=ids.map(raw["present"]),
    )
    class_ids = ids.map(meetings["class_id"])
    for class_id in form.class_titles:
        frame[class_id] = [MARK if found == class_id else "" for found in class_ids]
    kinds = dict.fromkeys(("roll", "present"), "integer")
    return with_kinds(
        frame, {**listed.attrs["kinds"], **kinds, **dict.fromkeys(form.class_titles, "letter")}
    )


def _of_period(report: Report, form: FormResults) -> pd.DataFrame:
    months = report.by_chi_bo.set_index("chi_bo_id")
    classes = year_classes(report).by_chi_bo.set_index("chi_bo_id")["class"]
    frame = form.by_chi_bo[form.by_chi_bo["assessed"] > 0]
    ids = frame["chi_bo_id"]
    made = frame.assign(
        number=range(1, len(frame) + 1),
        due=ids.map(months["due"]),
        held=ids.map(months["held"]),
        attendance=ids.map(months["attendance"]),
        note=[classes.get(chi_bo) for chi_bo in ids],
    )
    return with_kinds(made, {**form.by_chi_bo.attrs["kinds"], "attendance": "percent"})
