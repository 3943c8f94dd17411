"""Checks of the yearly tables: visits, inspections, annual files, decisions, filed figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import Finding
from assess.base.periods import Period
from assess.records import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.exchange.located_table import Located

_OF_CHI_BO = ("assignment", "visit", "inspection")
_PARTS = (("tasks_beyond", "tasks_on_time"), ("shortcomings_remedied", "shortcomings"))


def check_yearly(tables: Mapping[str, Located], findings: list[Finding]) -> None:
    """Add every contradiction in the yearly tables to ``findings``; all are errors."""
    if "unit" in tables:
        units = tables["unit"].frame
        chi_bo = set(units.loc[units["level"] == "chi_bo", "unit_id"])
        for name in _OF_CHI_BO:
            if name in tables:
                ids = tables[name].frame["chi_bo_id"].tolist()
                strange = (row for row, unit_id in enumerate(ids) if unit_id not in chi_bo)
                findings.extend(
                    Finding(
                        "not-a-chi-bo", tables[name].place(row, "chi_bo_id"), {"found": ids[row]}
                    )
                    for row in strange
                )
    if "visit" in tables:
        _visits(tables["visit"], findings)
    if "annual" in tables:
        _annual(tables["annual"], findings)
    if "decision" in tables:
        _decisions(tables["decision"], findings)
    if "filed" in tables:
        _filed(tables["filed"], findings)
    if "milestone" in tables:
        _overrides(tables["milestone"], findings)
    if "inspection" in tables:
        _remedies(tables["inspection"], findings)


def _overrides(milestones: Located, findings: list[Finding]) -> None:
    """Report overrides of the inspection prerequisite without a day or a reason."""
    table = milestones.frame
    for row in (table["what"] == "gate_override").to_numpy().nonzero()[0]:
        lacking = [name for name in ("done_on", "note") if table[name].isna().iloc[row]]
        findings += [
            Finding("override-without", milestones.place(row, name), {"what": name})
            for name in lacking
        ]


def _remedies(inspections: Located, findings: list[Finding]) -> None:
    """Report remedy deadlines and remedy days earlier than the inspection."""
    for row, found in enumerate(inspections.frame.to_dict("records")):
        for name in ("remedy_by", "remedied_on"):
            if found[name] < found["inspected_on"]:
                facts = {"start": found["inspected_on"].date(), "end": found[name].date()}
                findings.append(Finding("dates-reversed", inspections.place(row, name), facts))


def _visits(visits: Located, findings: list[Finding]) -> None:
    """Report visits whose day or month moved to does not fit the status or the month planned."""
    for row, visit in enumerate(visits.frame.to_dict("records")):
        day, moved = visit["done_on"] == visit["done_on"], isinstance(visit["moved_to"], str)
        wrong = {
            "done": "" if day else "done_on",
            "moved": "" if moved else "moved_to",
            "missed": "done_on" if day else "",
            "planned": "done_on" if day else "",
        }[visit["status"]]
        if wrong:
            facts = {"status": visit["status"], "what": wrong}
            code = "visit-with-day" if day and wrong == "done_on" else "visit-without"
            findings.append(Finding(code, visits.place(row, wrong), facts))
        elif moved and visit["moved_to"] <= visit["planned_for"]:
            findings.append(
                Finding(
                    "visit-moved-back", visits.place(row, "moved_to"), {"found": visit["moved_to"]}
                )
            )


def _annual(annual: Located, findings: list[Finding]) -> None:
    """Report parts that are greater than their wholes."""
    for row, found in enumerate(annual.frame.to_dict("records")):
        for part, whole in _PARTS:
            if found[part] > found[whole]:
                facts = {"part": words.title_of(part), "whole": words.title_of(whole)}
                findings.append(Finding("part-over-whole", annual.place(row, part), facts))
        done = sum(v for v in (found["tasks_on_time"], found["tasks_late"]) if v == v)
        if done > found["tasks_set"]:
            facts = {"part": words.title_of("tasks_on_time"), "whole": words.title_of("tasks_set")}
            findings.append(Finding("part-over-whole", annual.place(row, "tasks_on_time"), facts))


def _decisions(decisions: Located, findings: list[Finding]) -> None:
    """Report faulty versions of a decision.

    Versions run from 1 without a gap and in order of date, none before its year; each version
    after the first needs a reason.
    """
    table = decisions.frame.assign(row=range(len(decisions.frame)))
    for (unit_id, year), theirs in table.groupby(["unit_id", "year"], sort=False):
        ordered = theirs.sort_values("version", kind="stable").to_dict("records")
        for wanted, found in enumerate(ordered, start=1):
            if found["version"] != wanted:
                facts = {
                    "found": f"{unit_id}, năm {year}",
                    "wanted": wanted,
                    "version": f"{found['version']:g}",
                }
                findings.append(
                    Finding("version-gap", decisions.place(found["row"], "version"), facts)
                )
                break
            if found["decided_on"].year < int(year):
                facts = {"start": f"năm {year}", "end": found["decided_on"].date()}
                findings.append(
                    Finding("decided-early", decisions.place(found["row"], "decided_on"), facts)
                )
            if wanted > 1 and not isinstance(found["reason"], str):
                findings.append(
                    Finding("version-without-reason", decisions.place(found["row"], "reason"))
                )
            if wanted > 1 and found["decided_on"] < ordered[wanted - 2]["decided_on"]:
                facts = {
                    "start": ordered[wanted - 2]["decided_on"].date(),
                    "end": found["decided_on"].date(),
                }
                findings.append(
                    Finding("dates-reversed", decisions.place(found["row"], "decided_on"), facts)
                )


def _filed(filed: Located, findings: list[Finding]) -> None:
    """Report filed figures whose month is outside their period."""
    months = {period: set(Period.parse(period).months) for period in set(filed.frame["period"])}
    for row, (month, period) in enumerate(
        zip(filed.frame["month"], filed.frame["period"], strict=True)
    ):
        if month not in months[period]:
            findings.append(
                Finding(
                    "month-outside", filed.place(row, "month"), {"found": month, "period": period}
                )
            )
