"""The frames of sheets and of lines with their traces, built from scored rule sets on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.rules.allowed_entries import offers
from assess.scoring.sheets.lines import REASONS, STATE_NAMES, TREATMENTS, implied_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assess.scoring.sheets.lines import CountedLines
    from assess.scoring.sheets.scored import ScoredForm

CLAUSES = ("", "gap", "overlap", "override")

LINE_COLUMNS = (
    "sheet_id",
    "meeting_id",
    "rater",
    "rule_set_id",
    "group_id",
    "criterion_id",
    "max",
    "state",
    "entered",
    "recomputed",
    "level",
    "clause",
    "contradicts",
    "off_form",
    "treatment",
    "points",
    "weight",
    "left_out",
    "share",
    "reason",
)
SHEET_COLUMNS = (
    "sheet_id",
    "meeting_id",
    "rater",
    "rule_set_id",
    "signed_on",
    "status",
    "reason",
    "raw",
    "total",
    "out_of",
    "cuts",
    "rank",
    "class_id",
    "gate",
    "by_total",
)


def sheets_frame(
    sheets: pd.DataFrame,
    forms: Sequence[ScoredForm],
    others: NDArray[np.int64],
    why: NDArray[np.object_],
) -> pd.DataFrame:
    """Return one row per sheet, by rule set; last the ``others``, which wait for ``why``."""
    frames = [_sheets_of(sheets.iloc[form.rows], form) for form in forms if len(form.rows)]
    if len(others) or not frames:
        frames.append(_on_other_forms(sheets.iloc[others], why))
    return pd.concat(frames, ignore_index=True)


def _sheets_of(sheets: pd.DataFrame, form: ScoredForm) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sheet_id": sheets["sheet_id"].to_numpy(),
            "meeting_id": sheets["meeting_id"].to_numpy(),
            "rater": sheets["rater"].to_numpy(),
            "rule_set_id": form.rules.id,
            "signed_on": sheets["signed_on"].to_numpy(),
            "status": form.status,
            "reason": form.reason_id,
            "raw": form.totals.raw,
            "total": form.total,
            "out_of": form.totals.out_of,
            "cuts": form.totals.band_scale,
            "rank": form.classed.rank,
            "class_id": form.class_id,
            "gate": form.gate_id,
            "by_total": form.bare,
        },
        columns=list(SHEET_COLUMNS),
    )


def _on_other_forms(other: pd.DataFrame, why: NDArray[np.object_]) -> pd.DataFrame:
    """Return the sheets on another rule set than the one that applies; they wait."""
    columns = {
        name: other[name].to_numpy()
        for name in ("sheet_id", "meeting_id", "rater", "rule_set_id", "signed_on")
    }
    numbers = {name: np.full(len(other), np.nan) for name in ("raw", "total", "out_of", "cuts")}
    frame = pd.DataFrame({**columns, **numbers})
    frame = frame.assign(
        status="waiting", reason=why, rank=-1, class_id=None, gate="", by_total=False
    )
    return frame[list(SHEET_COLUMNS)].astype({"class_id": object, "reason": object, "gate": object})


def lines_frame(sheets: pd.DataFrame, forms: Sequence[ScoredForm]) -> pd.DataFrame:
    """Return one row per sheet and criterion, by rule set: entries, and what the facts imply."""
    frames = [_lines_of(sheets.iloc[form.rows], form) for form in forms]
    return pd.concat(frames, ignore_index=True) if frames else _no_lines()


def _lines_of(sheets: pd.DataFrame, form: ScoredForm) -> pd.DataFrame:
    lines, criteria = form.lines, form.rules.criteria
    k, n = lines.points.shape
    group_of = {c.id: g.id for g in form.rules.groups for c in g.criteria}
    implied = implied_points(form.rules, form.facts, form.options, n)
    recomputed = np.stack([found.points for found in implied])
    level = np.stack([found.level for found in implied])
    offsets = np.cumsum([0, *(len(c.levels) for c in criteria)])[:-1, None]
    names = [level.id for c in criteria for level in c.levels]

    def each_sheet(name: str) -> NDArray[np.object_]:
        return np.repeat(sheets[name].to_numpy(), k)

    def each_line(values: list[object]) -> NDArray[np.object_]:
        return np.tile(np.array(values), n)

    def by_sheet(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return values.T.ravel()

    def coded(values: NDArray[np.integer], words: tuple[str, ...]) -> pd.Categorical:
        return pd.Categorical.from_codes(by_sheet(values), categories=list(words))

    return pd.DataFrame(
        {
            "sheet_id": each_sheet("sheet_id"),
            "meeting_id": each_sheet("meeting_id"),
            "rater": each_sheet("rater"),
            "rule_set_id": form.rules.id,
            "group_id": each_line([group_of[c.id] for c in criteria]),
            "criterion_id": each_line([c.id for c in criteria]),
            "max": each_line([c.max for c in criteria]),
            "state": coded(lines.state, STATE_NAMES),
            "entered": by_sheet(lines.entered),
            "recomputed": by_sheet(recomputed),
            "level": np.array([*names, ""], dtype=object)[
                by_sheet(np.where(level >= 0, level + offsets, -1))
            ],
            "clause": coded(np.stack([found.clause for found in implied]), CLAUSES),
            "contradicts": by_sheet(lines.contradicts(recomputed)),
            "off_form": by_sheet(_off_form(form, lines)),
            "treatment": coded(lines.treatment, TREATMENTS),
            "points": by_sheet(lines.points),
            "weight": by_sheet(lines.weight),
            "left_out": by_sheet(lines.left_out),
            "share": by_sheet(lines.share),
            "reason": coded(lines.reason, REASONS),
        },
        columns=list(LINE_COLUMNS),
    )


def _off_form(form: ScoredForm, lines: CountedLines) -> NDArray[np.bool_]:
    """Return where an entry is not on offer: half a yes/no line, between levels, off the step."""
    found = np.zeros(lines.entered.shape, dtype=bool)
    for j, criterion in enumerate(form.rules.criteria):
        values, place = np.unique(lines.entered[j], return_inverse=True)
        found[j] = np.array(
            [not np.isnan(value) and not offers(criterion, float(value)) for value in values],
            dtype=bool,
        )[place]
    return found


def _no_lines() -> pd.DataFrame:
    numbers = ("max", "entered", "recomputed", "points", "weight", "left_out", "share")
    kinds = {
        name: float if name in numbers else bool if name in ("contradicts", "off_form") else object
        for name in LINE_COLUMNS
    }
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
