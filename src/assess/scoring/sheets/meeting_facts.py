"""The facts of each meeting, computed from its records under the readings in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.scoring.sheets.column_codes import pairs_among, positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assess.rules import RuleSet

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_SECONDS = "datetime64[s]"

REVIEW_DAYS = 5
"""A meeting on days 1 to 5 reviews the month before, if ``window_month`` is ``reviewed``."""


def months_of(meetings: pd.DataFrame, option: str) -> pd.Series:
    """Return each meeting's month (``YYYY-MM``); a meeting not held keeps its ``for_month``."""
    declared = meetings["for_month"]
    if option == "declared":
        return declared
    held = meetings["held_on"]
    if option == "reviewed":
        held = held.mask(held.dt.day <= REVIEW_DAYS, held - pd.to_timedelta(held.dt.day, unit="D"))
    return held.dt.strftime("%Y-%m").astype("str").where(held.notna(), declared)


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """The records of each meeting as numbers, from which all its facts are computed.

    ``counts``: the numeric columns, where missing is NaN; ``combined``: whether the meeting is
    regular and thematic in one sitting; ``official``: the official members of its chi bộ on its
    day; ``settled``: the facts that no reading affects.
    """

    counts: Mapping[str, Floats]
    combined: Flags
    official: Floats
    settled: Mapping[str, Floats]

    def take(self, rows: NDArray[np.integer]) -> RecordedFacts:
        """Return the records of some of the meetings."""
        counts, settled = (
            {name: values[rows] for name, values in found.items()}
            for found in (self.counts, self.settled)
        )
        return RecordedFacts(counts, self.combined[rows], self.official[rows], settled)


def recorded(meetings: pd.DataFrame, months: pd.Series, units: pd.DataFrame) -> RecordedFacts:
    """Convert the meetings' records once; ``months`` are the months that they count for."""
    counts = {name: meetings[name].to_numpy(dtype=float) for name in _COUNTS}
    held_on, papers_at, result_at = (
        _seconds(meetings[name]) for name in ("held_on", "papers_at", "result_at")
    )
    row = chi_bo_on_the_day(meetings, units)
    unit = {
        name: np.append(_numbers(units[name]), np.nan)[row]
        for name in ("official_members", *_OF_UNIT)
    }
    combined = (meetings["kind"] == "ket_hop").to_numpy(dtype=bool)
    settled = {
        "minutes": counts["minutes"],
        "roll": counts["roll"],
        "absent_unexcused": counts["absent_unexcused"],
        "longest_excused_streak": counts["longest_excused_streak"],
        "papers_lead_days": (held_on - papers_at) / 86_400,
        "result_lag_days": (result_at - held_on) / 86_400,
        "chi_uy_met": _numbers(meetings["chi_uy_met"]),
        "thematic_in_month": _thematic(meetings, months),
        "combined": combined.astype(float),
        **{name: unit[name] for name in _OF_UNIT},
        "has_targets": np.where(
            np.isnan(counts["targets_set"]), np.nan, (counts["targets_set"] > 0).astype(float)
        ),
    }
    return RecordedFacts(counts, combined, unit["official_members"], settled)


_OF_UNIT = ("has_chi_uy", "has_deputy", "leads_mass_organisations")


def chi_bo_on_the_day(meetings: pd.DataFrame, units: pd.DataFrame) -> Ints:
    """Return the row of ``units`` valid on each meeting's day, or month end; −1 for none."""
    day = meetings["held_on"].to_numpy(dtype=_SECONDS)
    missing = np.isnat(day)
    if missing.any():
        month = meetings["for_month"].to_numpy()[missing].astype("datetime64[M]")
        day = day.copy()
        day[missing] = (month + 1).astype("datetime64[D]") - 1
    ids = units["unit_id"].drop_duplicates()
    spans_of = positions(units["unit_id"], ids)
    in_order = np.argsort(spans_of, kind="stable")
    count = np.append(
        np.bincount(spans_of, minlength=len(ids)), 0
    )  # the last entry (−1) is for chi bộ that are not in the tree
    start = np.cumsum(count) - count
    whose = positions(meetings["chi_bo_id"], ids)
    times = count[whose]
    # Pair each meeting with every span of its chi bộ.
    row = np.repeat(np.arange(len(whose)), times)
    span = in_order[np.repeat(start[whose] - np.cumsum(times) + times, times) + np.arange(len(row))]
    first, last = (
        units[name].to_numpy(dtype=_SECONDS)[span] for name in ("valid_from", "valid_to")
    )
    stands = (first <= day[row]) & (np.isnat(last) | (last >= day[row]))
    found = np.full(len(whose), -1)
    found[row[stands][::-1]] = span[stands][::-1]  # the first of several valid spans wins
    return found


def facts_of(
    found: RecordedFacts, rules: RuleSet | None, options: Mapping[str, str]
) -> dict[str, Floats]:
    """Return one array per fact, in the order of the meetings; unknown is NaN, flags are 0 or 1.

    Without a rule set the required minutes are unknown.
    """
    return {name: fact(name, found, rules, options) for name in FACTS}


def fact(
    name: str, found: RecordedFacts, rules: RuleSet | None, options: Mapping[str, str]
) -> Floats:
    """Return one fact; only the questions that it depends on are looked up."""
    if name == "required_minutes":
        return _required_minutes(rules, found.counts, found.combined, options)
    rate = _RATES.get(name)
    return found.settled[name] if rate is None else rate(found, options)


FACTS = (
    "minutes",
    "required_minutes",
    "roll",
    "attendance_rate",
    "absent_unexcused",
    "longest_excused_streak",
    "speaker_rate",
    "target_rate",
    "papers_lead_days",
    "result_lag_days",
    "chi_uy_met",
    "thematic_in_month",
    "combined",
    "has_chi_uy",
    "has_deputy",
    "leads_mass_organisations",
    "has_targets",
)
"""The facts of a meeting, in the order of their columns."""

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


def attendance_base_known(found: RecordedFacts, options: Mapping[str, str]) -> Flags:
    """Return for which meetings the record has the base of the attendance rate.

    The base depends on the reading. A monthly summary has the roll and who came, but not who was
    exempt or on special duty: its rate is over the whole roll, whatever the reading. Where those
    present and absent already make up the roll, nobody was exempt or on special duty.
    """
    if options["attendance_denominator"] in ("roll", "official_members"):
        return np.ones(len(found.combined), dtype=bool)
    column = found.counts
    stated = ~np.isnan(column["exempt"]) & (
        ~np.isnan(column["special_duty"]) | (options["attendance_denominator"] == "minus_exempt")
    )
    parts = np.stack([np.nan_to_num(column[name]) for name in _PARTS_OF_ROLL])
    known: Flags = stated | (parts.sum(axis=0) == column["roll"])
    return known


_PARTS_OF_ROLL = ("present", "absent_excused", "absent_unexcused", "exempt", "special_duty")


def _attendance_rate(found: RecordedFacts, options: Mapping[str, str]) -> Floats:
    """Return members attending over members counted, under the readings of both questions."""
    column = found.counts
    exempt = np.nan_to_num(column["exempt"])
    special = np.nan_to_num(column["special_duty"])
    guests = np.nan_to_num(column["exempt_present"])
    denominator = options["attendance_denominator"]
    counted = {
        "minus_exempt_and_special": column["roll"] - exempt - special,
        "roll": column["roll"],
        "minus_exempt": column["roll"] - exempt,
        "minus_excused_too": column["roll"]
        - exempt
        - special
        - np.nan_to_num(column["absent_excused"]),
        "official_members": found.official,
    }[denominator]
    attending = column["present"]
    reading = options["exempt_present"]
    if reading != "neither":
        attending = attending + guests
    if reading == "both" and denominator not in ("roll", "official_members"):
        counted = counted + guests
    rate = _ratio(attending, counted, options["rate_rounding"])
    capped = reading == "top_only" or denominator == "official_members"
    return np.minimum(rate, 1.0) if capped else rate


def _speaker_rate(found: RecordedFacts, options: Mapping[str, str]) -> Floats:
    column = found.counts
    over = {
        "present": column["present"] + np.nan_to_num(column["exempt_present"]),
        "counted": column["roll"]
        - np.nan_to_num(column["exempt"])
        - np.nan_to_num(column["special_duty"]),
        "roll": column["roll"],
    }[options["speakers_base"]]
    return np.minimum(_ratio(column["speakers"], over, options["rate_rounding"]), 1.0)


def _target_rate(found: RecordedFacts, options: Mapping[str, str]) -> Floats:
    return np.minimum(
        _ratio(found.counts["targets_met"], found.counts["targets_set"], options["rate_rounding"]),
        1.0,
    )


_RATES = {
    "attendance_rate": _attendance_rate,
    "speaker_rate": _speaker_rate,
    "target_rate": _target_rate,
}


def _ratio(top: Floats, bottom: Floats, rounding: str) -> Floats:
    """Divide, rounding half up by whole-number arithmetic; a rate over nobody is unknown (NaN)."""
    with np.errstate(invalid="ignore"):
        bottom = np.where(bottom > 0, bottom, np.nan)
    if rounding == "exact":
        return top / bottom
    scale = 1000.0 if rounding == "one_decimal" else 100.0
    return np.floor((2 * scale * top + bottom) / (2 * bottom)) / scale


def _required_minutes(
    rules: RuleSet | None, column: Mapping[str, Floats], combined: Flags, options: Mapping[str, str]
) -> Floats:
    minutes = None if rules is None else rules.required_minutes
    if minutes is None:
        return np.full(len(combined), np.nan)
    required = np.full(len(combined), minutes.base)
    if minutes.large is not None:
        limit = minutes.large.members
        large = (
            column["roll"] > limit
            if options[minutes.large.question] == "over_30"
            else column["roll"] >= limit
        )
        required = np.where(large, minutes.large.minutes, required)
        required = np.where(np.isnan(column["roll"]), np.nan, required)
    if minutes.combined is not None:
        required = np.where(combined, np.maximum(required, minutes.combined), required)
    if minutes.own:
        own = column["own_required_minutes"]
        required = np.where(np.isnan(own), required, own)
    return required


def _thematic(meetings: pd.DataFrame, months: pd.Series) -> Floats:
    """Return whether the chi bộ held a thematic or combined meeting in each meeting's month."""
    held = (meetings["status"] == "held") & meetings["kind"].isin(["chuyen_de", "ket_hop"])
    theirs = meetings["chi_bo_id"]
    return pairs_among(theirs, months, (theirs[held], months[held])).astype(float)


def _seconds(moments: pd.Series) -> Floats:
    """Return seconds since 1970; unknown is NaN."""
    values = moments.to_numpy(dtype=_SECONDS)
    return np.where(np.isnat(values), np.nan, values.astype(np.float64))


def _numbers(values: pd.Series) -> Floats:
    numbers: Floats = values.to_numpy(dtype=float, na_value=np.nan)
    return numbers
