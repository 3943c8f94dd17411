"""The facts of each meeting, worked out from its records under the readings in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.base.periods import month_end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assess.rules import RuleSet

    Floats = NDArray[np.float64]

_REVIEW_DAYS = 5
"""A meeting on the 1st–5th reviews the month before, where ``window_month`` is read as ``reviewed``."""


def months_of(meetings: pd.DataFrame, option: str) -> pd.Series:
    """Return the month each meeting counts for (``YYYY-MM``); one that was not held keeps the month it was for."""
    declared = meetings["for_month"]
    if option == "declared":
        return declared
    held = meetings["held_on"]
    if option == "reviewed":
        held = held.mask(held.dt.day <= _REVIEW_DAYS, held - pd.to_timedelta(held.dt.day, unit="D"))
    return held.dt.strftime("%Y-%m").astype("str").where(held.notna(), declared)


def chi_bo_on_the_day(meetings: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return, row by row, what the tree says of each meeting's chi bộ on its day (month end if it was not held)."""
    columns = ["official_members", "has_chi_uy", "has_deputy", "leads_mass_organisations"]
    day = meetings["held_on"].copy()
    missing = day.isna()
    if missing.any():
        day[missing] = [pd.Timestamp(month_end(m)) for m in meetings.loc[missing, "for_month"]]
    asked = pd.DataFrame({"unit_id": meetings["chi_bo_id"].to_numpy(), "day": day.to_numpy(), "row": np.arange(len(meetings))})
    spans = asked.merge(units[["unit_id", "valid_from", "valid_to", *columns]], on="unit_id", how="left")
    standing = (spans["valid_from"] <= spans["day"]) & (spans["valid_to"].isna() | (spans["valid_to"] >= spans["day"]))
    found = spans[standing].drop_duplicates("row").set_index("row")
    return found.reindex(np.arange(len(meetings)))[columns]


def meeting_facts(
    meetings: pd.DataFrame, months: pd.Series, units: pd.DataFrame, rules: RuleSet | None, options: Mapping[str, str]
) -> dict[str, Floats]:
    """Return one array per fact of the catalogue, in the order of ``meetings``; unknown is NaN, flags are 0 or 1.

    Without a form the required minutes are unknown.
    """
    column = {name: meetings[name].to_numpy(dtype=float) for name in _COUNTS}
    unit = chi_bo_on_the_day(meetings, units)
    kind = meetings["kind"].to_numpy()
    held_on = meetings["held_on"]
    counted, attending, capped = _attendance(column, unit["official_members"].to_numpy(dtype=float), options)
    rounding = options["rate_rounding"]
    rate = _ratio(attending, counted, rounding)
    with np.errstate(invalid="ignore"):
        rate = np.minimum(rate, 1.0) if capped else rate
        speakers_over = {
            "present": column["present"] + np.nan_to_num(column["exempt_present"]),
            "counted": column["roll"] - np.nan_to_num(column["exempt"]) - np.nan_to_num(column["special_duty"]),
            "roll": column["roll"],
        }[options["speakers_base"]]
        speaker_rate = np.minimum(_ratio(column["speakers"], speakers_over, rounding), 1.0)
        target_rate = np.minimum(_ratio(column["targets_met"], column["targets_set"], rounding), 1.0)
    return {
        "minutes": column["minutes"],
        "required_minutes": _required_minutes(rules, column, kind, options),
        "roll": column["roll"],
        "attendance_rate": rate,
        "absent_unexcused": column["absent_unexcused"],
        "longest_excused_streak": column["longest_excused_streak"],
        "speaker_rate": speaker_rate,
        "target_rate": target_rate,
        "papers_lead_days": _days(held_on - meetings["papers_at"]),
        "result_lag_days": _days(meetings["result_at"] - held_on),
        "chi_uy_met": _flag(meetings["chi_uy_met"]),
        "thematic_in_month": _thematic(meetings, months),
        "combined": (kind == "ket_hop").astype(float),
        "has_chi_uy": _flag(unit["has_chi_uy"]),
        "has_deputy": _flag(unit["has_deputy"]),
        "leads_mass_organisations": _flag(unit["leads_mass_organisations"]),
        "has_targets": np.where(np.isnan(column["targets_set"]), np.nan, (column["targets_set"] > 0).astype(float)),
    }


_COUNTS = (
    "minutes",
    "roll",
    "exempt",
    "special_duty",
    "present",
    "exempt_present",
    "absent_excused",
    "absent_unexcused",
    "longest_excused_streak",
    "speakers",
    "own_required_minutes",
    "targets_set",
    "targets_met",
)


def _attendance(column: Mapping[str, Floats], official: Floats, options: Mapping[str, str]) -> tuple[Floats, Floats, bool]:
    """Return the members counted, the members attending, and whether the rate is capped at 100 %."""
    exempt = np.nan_to_num(column["exempt"])
    special = np.nan_to_num(column["special_duty"])
    guests = np.nan_to_num(column["exempt_present"])
    denominator = options["attendance_denominator"]
    counted = {
        "minus_exempt_and_special": column["roll"] - exempt - special,
        "roll": column["roll"],
        "minus_exempt": column["roll"] - exempt,
        "minus_excused_too": column["roll"] - exempt - special - np.nan_to_num(column["absent_excused"]),
        "official_members": official,
    }[denominator]
    attending = column["present"]
    reading = options["exempt_present"]
    if reading != "neither":
        attending = attending + guests
    if reading == "both" and denominator not in ("roll", "official_members"):
        counted = counted + guests
    return counted, attending, reading == "top_only" or denominator == "official_members"


def _ratio(top: Floats, bottom: Floats, rounding: str) -> Floats:
    """Divide, rounding half up by whole-number arithmetic; a rate over nobody is unknown."""
    bottom = np.where(bottom > 0, bottom, np.nan)
    if rounding == "exact":
        return top / bottom
    scale = 1000.0 if rounding == "one_decimal" else 100.0
    return np.floor((2 * scale * top + bottom) / (2 * bottom)) / scale


def _required_minutes(rules: RuleSet | None, column: Mapping[str, Floats], kind: NDArray[np.object_], options: Mapping[str, str]) -> Floats:
    minutes = None if rules is None else rules.required_minutes
    if minutes is None:
        return np.full(len(kind), np.nan)
    required = np.full(len(kind), minutes.base)
    if minutes.large is not None:
        limit = minutes.large.members
        large = column["roll"] > limit if options[minutes.large.question] == "over_30" else column["roll"] >= limit
        required = np.where(large, minutes.large.minutes, required)
        required = np.where(np.isnan(column["roll"]), np.nan, required)
    if minutes.combined is not None:
        required = np.where(kind == "ket_hop", np.maximum(required, minutes.combined), required)
    if minutes.own:
        own = column["own_required_minutes"]
        required = np.where(np.isnan(own), required, own)
    return required


def _thematic(meetings: pd.DataFrame, months: pd.Series) -> Floats:
    """Whether the chi bộ held a thematic or combined meeting in the month."""
    held = (meetings["status"] == "held") & meetings["kind"].isin(["chuyen_de", "ket_hop"])
    keys = pd.MultiIndex.from_arrays([meetings["chi_bo_id"], months])
    found: Floats = keys.isin(keys[held.to_numpy()]).astype(float)
    return found


def _days(span: pd.Series) -> Floats:
    days: Floats = (span / pd.Timedelta(days=1)).to_numpy(dtype=float)
    return days


def _flag(values: pd.Series) -> Floats:
    flags: Floats = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return flags
