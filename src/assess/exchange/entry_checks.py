"""Checks of the points entered on a line, the same for score forms, checklists and CSV tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.errors import Finding, Place
from assess.records import words
from assess.rules import catalogue
from assess.rules.allowed_entries import allowed, step_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.rules import Criterion

_ONCE = ("partial-points", "form-first-edition", "person-name", "invisible-letters")
"""Findings reported once per file, since they concern the file rather than each cell."""
_SHOWN = 12


def about_points(criterion: Criterion, points: float) -> Finding | None:
    """Return the finding on the points of a line, or None if they are plainly allowed.

    The points may be below zero, over the maximum, not offered by the line, or counted only under
    some reading (``partial-points``).
    """
    text = numbers.points_beside(points, (0.0, criterion.top))
    if points < 0:
        return Finding("negative-points", Place(""), {"found": text})
    if criterion.kind == "mark":
        return None if points in (0.0, 1.0) else not_an_entry(criterion, text)
    verdict = allowed_by_any(criterion, points)
    if verdict == "out_of_range":
        return Finding(
            "over-maximum",
            Place(""),
            {"found": text, "wanted": numbers.points(criterion.top)},
            offered(criterion),
        )
    if verdict == "not_offered":
        return Finding("off-form-points", Place(""), {"found": text}, offered(criterion))
    return (
        Finding("partial-points", Place(""), {"found": text, "count": 1}, offered(criterion))
        if verdict == "read"
        else None
    )


def allowed_by_any(criterion: Criterion, points: float) -> str:
    """Return the verdict under the most lenient reading; intake does not know the one in use."""
    verdict = allowed(criterion, points)
    if verdict != "not_offered":
        return verdict
    options = catalogue()["decimal_points"].options
    return (
        "read"
        if any(
            allowed(criterion, points, {"decimal_points": option.id}) == "read"
            for option in options
        )
        else verdict
    )


def not_an_entry(criterion: Criterion, found: str) -> Finding:
    """Return the finding on a value that is not a valid entry of the line."""
    if criterion.kind == "mark":
        return Finding(
            "bad-mark",
            Place(""),
            {"found": found},
            (words.MET, words.NOT_MET, words.NOT_APPLICABLE),
        )
    return Finding(
        "bad-points", Place(""), {"found": found}, (*offered(criterion), words.NOT_APPLICABLE)
    )


def offered(criterion: Criterion) -> tuple[str, ...]:
    """Return the points that a line offers, as text."""
    if criterion.allowed_points:
        return tuple(
            numbers.points(value) for value in sorted(criterion.allowed_points, reverse=True)
        )
    return (step_in_words(criterion),)


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """Return a file's findings, with those reported once per file merged into the first."""
    kept: list[Finding] = []
    gathered: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.code not in _ONCE:
            kept.append(finding)
            continue
        if finding.code not in gathered:
            kept.append(finding)
        gathered.setdefault(finding.code, []).append(finding)
    return [
        _gathered(gathered[f.code]) if f.code in gathered and "count" in f.facts else f
        for f in kept
    ]


def _gathered(findings: list[Finding]) -> Finding:
    sheets = {finding.place.sheet for finding in findings}
    said = []
    for finding in findings[:_SHOWN]:
        place = finding.place
        where = (
            f"{place.sheet}!{place.cell}" if len(sheets) > 1 else place.cell or f"dòng {place.line}"
        )
        said.append(f"{where}: {finding.facts['found']}")
    facts = {
        "count": len(findings),
        "found": "; ".join(said) + ("; …" if len(findings) > _SHOWN else ""),
    }
    if len(findings) == 1:
        return replace(findings[0], facts=facts)
    return replace(
        findings[0], facts=facts, allowed=(), place=replace(findings[0].place, label=""), clause=""
    )
