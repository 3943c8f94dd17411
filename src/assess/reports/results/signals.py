"""Reasons to look closer at a chi bộ before an inspection, with the question that each raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount
from assess.studies.signals import LEVEL, SIGNALS, SignalThresholds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.reports.report import Report

_KNOWN = {signal.id: signal for signal in SIGNALS}


@dataclass(frozen=True)
class SignalResults:
    """What deserves a closer look, of ``looked`` kinds that are looked for.

    ``chi_bo`` of ``of_chi_bo`` chi bộ have one, of ``kinds`` kinds. ``frame``, the chi bộ with most
    kinds first and at most ``most`` rows: ``key``, ``name``, ``signal_id``, ``signal`` (its title),
    ``text``, ``months``; ``left`` rows are not in it. ``compared``: differences between units and
    months that ``tests`` tests found at the ``level``: ``name``, ``signal``, ``text``, ``p``, ``q``
    (adjusted).
    ``definitions`` of all kinds: ``title``, ``definition``, ``limits``, ``source``.
    """

    looked: int
    chi_bo: NamedCount
    of_chi_bo: NamedCount
    kinds: NamedCount
    frame: pd.DataFrame
    left: NamedCount
    tests: int
    level: float
    compared: pd.DataFrame
    definitions: pd.DataFrame


def signal_results(
    report: Report, thresholds: SignalThresholds | None = None, most: int = 400
) -> SignalResults:
    """Return what deserves a closer look in a report's period, from the given thresholds on."""
    thresholds = thresholds or SignalThresholds()
    found = report.signals_from(thresholds)
    plain, compared = found[found["p"].isna()], found[found["p"].notna()]
    counts = plain.groupby("unit_id")["signal_id"].nunique()
    ordered = plain.assign(
        count=plain["unit_id"].map(counts), order=plain["signal_id"].map(list(_KNOWN).index)
    ).sort_values(["count", "unit_id", "order"], ascending=[False, True, True], kind="stable")
    meetings = report.scores.every_meeting
    months = dict(zip(meetings["meeting_id"], meetings["month"], strict=True))
    rows = [
        (
            f"{s.unit_id}.{s.signal_id}",
            report.unit_name(s.unit_id),
            s.signal_id,
            _KNOWN[s.signal_id].title,
            f"{s.text}.",
            _months(months[meeting] for meeting in s.meetings) or None,
        )
        for s in ordered.head(most).itertuples()
    ]
    differences = [
        (
            report.unit_name(s.unit_id),
            _KNOWN[s.signal_id].title,
            f"{s.text}.",
            numbers.decimal(s.p, 4),
            numbers.decimal(s.q, 4),
        )
        for s in compared.itertuples()
    ]
    definitions = [
        (s.title, s.defined(thresholds), s.limits, f"{s.source[:1].upper()}{s.source[1:]}.")
        for s in SIGNALS
    ]
    return SignalResults(
        looked=len(SIGNALS),
        chi_bo=NamedCount("signals.chi_bo", int(plain["unit_id"].nunique())),
        of_chi_bo=NamedCount("signals.of_chi_bo", len(report.slice.chi_bo)),
        kinds=NamedCount("signals.kinds", int(plain["signal_id"].nunique())),
        frame=pd.DataFrame(rows, columns=["key", "name", "signal_id", "signal", "text", "months"]),
        left=NamedCount("signals.left", max(len(ordered) - most, 0)),
        tests=int(found.attrs["tests"]),
        level=LEVEL,
        compared=pd.DataFrame(differences, columns=["name", "signal", "text", "p", "q"]),
        definitions=pd.DataFrame(definitions, columns=["title", "definition", "limits", "source"]),
    )


def with_questions(frame: pd.DataFrame, questions: dict[str, str]) -> pd.DataFrame:
    """Return signals with a column ``question``: what to ask on site about each, by its kind."""
    return with_kinds(
        frame.assign(question=[questions.get(name) for name in frame["signal_id"]]), {}
    )


def _months(found: Iterable[str]) -> str:
    return ", ".join(numbers.month(month) for month in sorted(set(found)))
