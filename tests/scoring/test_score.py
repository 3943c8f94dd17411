import csv
import itertools
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.rules import catalogue
from assess.scoring import score
from kit.examples import examples
from kit.reached import Reached
from kit.small_slices import small_slice, with_tables

THEMATIC = {"kind": "ket_hop"}


def many(rules, sheets, kinds=(), readings=None, chi_bo=None):
    """Score sheets together, each of a meeting of its own month; return their rows in order."""
    meetings = {
        f"m{i:02d}": {
            **THEMATIC,
            "for_month": f"{2020 + i // 12}-{i % 12 + 1:02d}",
            **({"kind": kinds[i]} if kinds else {}),
        }
        for i in range(len(sheets))
    }
    entries = {(name, "self"): sheet for name, sheet in zip(meetings, sheets, strict=True)}
    found = score(small_slice(rules, meetings, entries, chi_bo=chi_bo), readings or {}).sheets
    return found.set_index("meeting_id").loc[list(meetings)].to_dict("records")


def one(rules, entries=None, meeting=None, readings=None, chi_bo=None):
    made = small_slice(
        rules, {"m": {**THEMATIC, **(meeting or {})}}, {("m", "self"): entries or {}}, chi_bo=chi_bo
    )
    return score(made, readings or {})


def test_totals_of_the_whole_sample_equal_a_plain_sum_over_the_csv_files(root, cut):
    """The default readings, computed again from the CSV files without pandas or our code."""
    folder = root / "data/sample"

    def read(name):
        with (folder / f"{name}.csv").open(encoding="utf-8") as handle:
            return list(csv.DictReader(handle))

    meetings = {m["meeting_id"]: m for m in read("meeting")}
    units = {u["unit_id"]: u for u in read("unit")}
    thematic = {
        (m["chi_bo_id"], m["for_month"])
        for m in meetings.values()
        if m["status"] == "held" and m["kind"] != "thuong_ky"
    }
    lines = defaultdict(list)
    for line in read("line"):
        lines[line["sheet_id"]].append(line)
    maxima = {
        "c1_time": 5,
        "c2_rate": 4,
        "c3_content": 3,
        "c4_process": 5,
        "c4_regular": 10,
        "c4_thematic": 5,
        "c4_discuss": 5,
        "c5_direction": 4,
        "c5_democratic": 3,
        "c7_result": 30,
    }
    two = {
        "c3_direction",
        "c3_meeting",
        "c3_upload",
        "c4_praise",
        "c5_flexible",
        "c6_criticism",
        "c8_conclude",
        "c8_approve",
    }
    expected = {}
    for sheet in read("sheet"):
        meeting = meetings[sheet["meeting_id"]]
        unit = units[meeting["chi_bo_id"]]
        points, weight, blank = 0.0, 0.0, False
        for line in lines[sheet["sheet_id"]]:
            criterion = line["criterion_id"]
            most = maxima.get(criterion, 2 if criterion in two else 1)
            if (
                criterion == "c4_thematic"
                and (meeting["chi_bo_id"], meeting["for_month"]) not in thematic
            ):
                continue
            if criterion == "c7_result" and meeting["targets_set"] == "0":
                continue
            if (
                criterion == "c3_meeting"
                and unit["has_chi_uy"] == "false"
                and unit["has_deputy"] == "false"
            ):
                points, weight = points + most, weight + most
                continue
            if line["state"] == "not_applicable":
                continue
            blank |= line["state"] == "blank"
            points, weight = points + float(line["points"] or 0), weight + most
        expected[sheet["sheet_id"]] = None if blank else points * 100 / weight
    checked = 0
    for dang_bo in (
        "phuong-vi-du",
        "xa-mau-thu",
        "cq-dang-tinh",
        "dh-gia-lap",
        "ct-mo-phong",
        "qs-tinh",
    ):
        sheets = score(cut(dang_bo)).sheets
        for sheet_id, total in zip(sheets["sheet_id"], sheets["total"], strict=True):
            wanted = expected[sheet_id]
            assert np.isnan(total) if wanted is None else total == pytest.approx(wanted, abs=1e-8)
            checked += 1
    assert checked > 700


CLASSES = ("tot", "kha", "trung_binh", "kem")


@st.composite
def sheets_near_the_top(draw, form, values):
    """Draw a sheet with the maximum on every line but some, which are lowered.

    A few lines are lowered, so that the total is near the edge of the best class, or many.
    """
    entries = {c.id: c.max for c in form.criteria}
    lowered = draw(st.sampled_from([1, 2, 4, 8, 16, len(form.criteria)]))
    for criterion in draw(st.permutations(form.criteria))[:lowered]:
        entries[criterion.id] = draw(values(criterion))
    return entries


@pytest.mark.parametrize("reading", [o.id for o in catalogue()["not_applicable"].options])
def test_no_total_is_over_the_form_when_nearly_all_is_earned_and_the_bonus_comes_on_top(
    an_phu, reading
):
    lines = ["c6_criticism", "c6_quality", "c8_upload", "c4_minutes", "c5_conclude", "c3_notify"]
    rest = [{}, {"c3_content": "n/a"}, {"c4_praise": "n/a"}, {"c8_conclude": 1.5}]
    sheets = {
        (f"m{i}", "self"): {line: 0.5, **more}
        for i, (line, more) in enumerate(itertools.product(lines, rest))
    }
    kinds = {name: "thuong_ky" if i % 3 else "ket_hop" for i, (name, _) in enumerate(sheets)}
    meetings = {
        name: {"kind": kind, "for_month": f"{2020 + i // 12}-{i % 12 + 1:02d}"}
        for i, (name, kind) in enumerate(kinds.items())
    }
    found = score(
        small_slice(an_phu, meetings, sheets), {"bonus_line": "on_top", "not_applicable": reading}
    ).sheets
    assert (found["status"] == "assessed").all()
    assert (found["total"] <= found["out_of"] + 1e-9).all()
    assert (found["out_of"] <= 100 + 1e-9).all()
    assert np.isclose(found["total"], found["out_of"]).any()


TOGETHER = 10
"""Sheets drawn for one example: they are scored together, which costs as much as one."""


def test_a_higher_entry_never_lowers_the_total_or_the_class(an_phu):
    reached = Reached()
    readings = st.fixed_dictionaries(
        {
            q: st.sampled_from([o.id for o in catalogue()[q].options])
            for q in ("not_applicable", "combined_maximum")
        }
    )

    @st.composite
    def lifted_sheets(draw):
        """Draw a sheet, and the same with the maximum on one line that has less."""
        values = lambda c: st.sampled_from([*c.allowed_points, "n/a"])  # noqa: E731
        entries = draw(sheets_near_the_top(an_phu, values))
        below = [c for c in an_phu.criteria if entries[c.id] not in ("n/a", c.max)]
        if not below:
            return entries, entries
        lifted = draw(st.sampled_from(below))
        return entries, {**entries, lifted.id: lifted.max}

    @examples(25, derandomize=True)
    @given(st.lists(lifted_sheets(), min_size=1, max_size=TOGETHER), readings)
    def check(pairs, readings):
        lows, highs = (many(an_phu, [pair[i] for pair in pairs], readings=readings) for i in (0, 1))
        for low, high in zip(lows, highs, strict=True):
            if low["status"] == "waiting":
                continue
            reached.note(low["class_id"])
            if high["class_id"] != low["class_id"]:
                reached.note("a better class")
            assert high["total"] >= low["total"] - 1e-9
            assert high["rank"] <= low["rank"]

    check()
    reached.must_have_seen(*CLASSES[:3], "a better class")


def test_totals_stay_within_the_form_and_classes_follow_their_bands(an_phu):
    reached = Reached()
    readings = st.fixed_dictionaries(
        {q.id: st.sampled_from([o.id for o in q.options]) for q in catalogue().values()}
    )
    entries = sheets_near_the_top(
        an_phu, lambda c: st.one_of(st.floats(0, c.max), st.sampled_from(["n/a", None]))
    )
    sheets = st.tuples(entries, st.sampled_from(["thuong_ky", "ket_hop"]))

    @examples(40, derandomize=True)
    @given(st.lists(sheets, min_size=1, max_size=TOGETHER), readings, st.booleans(), st.booleans())
    def check(sheets, readings, has_chi_uy, has_deputy):
        chi_bo = {"has_chi_uy": has_chi_uy, "has_deputy": has_deputy}
        drawn, kinds = zip(*sheets, strict=True)
        for sheet in many(an_phu, drawn, kinds, readings, chi_bo):
            if sheet["status"] == "waiting":
                reached.note("waiting")
                assert np.isnan(sheet["total"])
                assert pd.isna(sheet["class_id"])
                continue
            reached.note(sheet["class_id"])
            assert -1e-9 <= sheet["total"] <= 100 + 1e-9
            assert 0 < sheet["out_of"] <= 100
            cuts = sheet["cuts"]
            wanted = next(
                c
                for c, low in (("tot", 90), ("kha", 70), ("trung_binh", 50), ("kem", -1))
                if sheet["total"] >= round(low * cuts, 9)
            )
            assert sheet["class_id"] == wanted or readings["unexcused"] == "gate"

    check()
    reached.must_have_seen("tot", "kha", "waiting")


def test_rescaling_the_total_and_scaling_the_cuts_give_the_same_class(an_phu):
    reached = Reached()
    sheets = sheets_near_the_top(an_phu, lambda c: st.sampled_from(["n/a", *c.allowed_points]))

    @examples(25, derandomize=True)
    @given(st.lists(sheets, min_size=1, max_size=TOGETHER))
    def check(drawn):
        rescaled, scaled = (
            many(an_phu, drawn, readings={"not_applicable": reading})
            for reading in ("rescale_total", "scale_cuts")
        )
        for entries, first, second in zip(drawn, rescaled, scaled, strict=True):
            reached.note(first["class_id"], "n/a" in entries.values())
            assert first["class_id"] == second["class_id"]

    check()
    reached.must_have_seen(*((name, True) for name in CLASSES[:3]))


def test_scoring_many_meetings_together_equals_scoring_each_alone(an_phu):
    rng = np.random.default_rng(7)
    meetings, sheets = {}, {}
    for i in range(12):
        meetings[f"m{i}"] = {
            "kind": rng.choice(["thuong_ky", "ket_hop"]),
            "for_month": f"2026-{i + 1:02d}",
            "minutes": int(rng.integers(30, 130)),
        }
        sheets[f"m{i}", "self"] = {c.id: float(rng.choice([0, c.max])) for c in an_phu.criteria}
    together = score(small_slice(an_phu, meetings, sheets)).sheets.set_index("meeting_id")
    for name, change in meetings.items():
        alone = score(
            small_slice(an_phu, {name: change}, {(name, "self"): sheets[name, "self"]})
        ).sheets.iloc[0]
        assert alone["total"] == together.loc[name, "total"]


@given(st.data())
@examples(12)
def test_each_chi_bo_scored_alone_comes_out_as_with_all_the_others(cut, data):
    dang_bo, period = data.draw(
        st.sampled_from([("qs-tinh", "2026-Q1"), ("cq-dang-tinh", "2025"), ("xa-mau-thu", "2025")])
    )
    readings = {
        q.id: data.draw(st.sampled_from([o.id for o in q.options])) for q in catalogue().values()
    }
    made = cut(dang_bo, period)
    together = score(made, readings)
    chi_bo = data.draw(st.sampled_from(made.chi_bo))
    meetings = made.tables["meeting"][made.tables["meeting"]["chi_bo_id"] == chi_bo]
    sheets = made.tables["sheet"][made.tables["sheet"]["meeting_id"].isin(meetings["meeting_id"])]
    lines = made.tables["line"][made.tables["line"]["sheet_id"].isin(sheets["sheet_id"])]
    alone = score(
        replace(made, tables={**made.tables, "meeting": meetings, "sheet": sheets, "line": lines}),
        readings,
    )
    for name in ("meetings", "sheets", "lines"):
        mine, theirs = getattr(alone, name), getattr(together, name)
        theirs = theirs[theirs["meeting_id"].isin(meetings["meeting_id"])]
        pd.testing.assert_frame_equal(
            mine.reset_index(drop=True),
            theirs.reset_index(drop=True),
            check_dtype=False,
            check_exact=True,
        )


def test_frames_of_sheets_and_lines_are_made_once_and_belong_to_the_meetings(cut):
    scores = score(cut("xa-mau-thu"))
    before = scores.meetings.copy()
    assert not {"lines", "sheets"} & set(vars(scores))
    assert scores.lines is scores.lines
    assert scores.sheets is scores.sheets
    pd.testing.assert_frame_equal(scores.meetings, before)
    assessed = scores.sheets[scores.sheets["status"] == "assessed"].set_index("sheet_id")
    counted = scores.lines.groupby("sheet_id")["points"].sum()
    assert counted[assessed.index].to_numpy() == pytest.approx(assessed["raw"].to_numpy())


def test_the_order_of_rows_changes_nothing(cut):
    made = cut("qs-tinh", "2026-Q1")
    shuffled = {
        name: table.sample(frac=1, random_state=3).reset_index(drop=True)
        for name, table in made.tables.items()
    }
    other = type(made)(
        made.dang_bo,
        made.period,
        made.as_of,
        made.document_date,
        made.rule_set,
        shuffled,
        made.rule_texts,
        made.rule_sets,
        made.digest,
    )
    mine = score(made).sheets.set_index("sheet_id").sort_index()
    theirs = score(other).sheets.set_index("sheet_id").sort_index()
    pd.testing.assert_frame_equal(mine, theirs)


def test_scoring_leaves_its_input_as_it_was(cut):
    made = cut("qs-tinh", "2026-Q1")
    before = {name: table.copy() for name, table in made.tables.items()}
    score(made, {"window_month": "reviewed", "self_vs_superior": "mean"})
    for name, table in before.items():
        pd.testing.assert_frame_equal(made.tables[name], table)


# --- S0's case: no mass organisations is a matter of other forms; no chi ủy is one of this form ---


@pytest.mark.parametrize(
    ("reading", "has_deputy", "points", "weight"),
    [
        ("secretary_and_deputy", True, 0, 2),
        ("secretary_and_deputy", False, 0, 2),
        ("full", True, 2, 2),
        ("full", False, 2, 2),
        ("as_not_applicable", True, 0, 0),
        ("as_not_applicable", False, 0, 0),
        ("full_if_lone_secretary", True, 0, 2),
        ("full_if_lone_secretary", False, 2, 2),
    ],
)
def test_each_reading_of_no_chi_uy(an_phu, reading, has_deputy, points, weight):
    chi_bo = {"has_chi_uy": False, "has_deputy": has_deputy}
    line = (
        one(an_phu, {"c3_meeting": 0.0}, readings={"no_chi_uy": reading}, chi_bo=chi_bo)
        .lines.set_index("criterion_id")
        .loc["c3_meeting"]
    )
    assert (line["points"], line["weight"]) == (points, weight)


@pytest.mark.parametrize(
    ("reading", "points", "weight", "left_out"),
    [
        ("members_alone", 2, 2, 0),
        ("half_weight", 1, 1, 1),
        ("as_not_applicable", 0, 0, 2),
    ],
)
def test_each_reading_of_the_line_that_names_chi_uy_and_members(
    an_phu, reading, points, weight, left_out
):
    chi_bo = {"has_chi_uy": False, "has_deputy": True}
    line = (
        one(an_phu, readings={"chi_uy_in_criticism": reading}, chi_bo=chi_bo)
        .lines.set_index("criterion_id")
        .loc["c6_criticism"]
    )
    assert (line["points"], line["weight"], line["left_out"]) == (points, weight, left_out)


def test_a_chi_bo_with_a_chi_uy_is_touched_by_neither_question(an_phu):
    totals = {
        one(an_phu, {"c3_meeting": 0.0}, readings={"no_chi_uy": a, "chi_uy_in_criticism": b})
        .sheets["total"]
        .iloc[0]
        for a, b in itertools.product(
            *([o.id for o in catalogue()[q].options] for q in ("no_chi_uy", "chi_uy_in_criticism"))
        )
    }
    assert totals == {98.0}


# --- attendance -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "rate"),
    [
        ({}, 17 / 19),  # 15 of 17 present, and 2 of 4 exempt members came: 17 of 19
        ({"exempt_present": "neither"}, 15 / 17),
        ({"exempt_present": "top_only"}, 1.0),
        ({"attendance_denominator": "roll"}, 17 / 22),
        ({"attendance_denominator": "roll", "exempt_present": "neither"}, 15 / 22),
        ({"attendance_denominator": "minus_exempt"}, 17 / 20),
        ({"attendance_denominator": "minus_excused_too"}, 1.0),
        ({"attendance_denominator": "official_members"}, 17 / 20),
    ],
)
def test_each_reading_of_who_is_counted(an_phu, readings, rate):
    meeting = {
        "roll": 22,
        "exempt": 4,
        "special_duty": 1,
        "present": 15,
        "exempt_present": 2,
        "absent_excused": 2,
    }
    found = one(an_phu, meeting=meeting, readings=readings).meetings["attendance_rate"].iloc[0]
    assert found == pytest.approx(rate)


@pytest.mark.parametrize(
    ("readings", "rate"),
    [({}, 10 / 17), ({"speakers_base": "counted"}, 10 / 17), ({"speakers_base": "roll"}, 10 / 22)],
)
def test_each_reading_of_who_could_speak(an_phu, readings, rate):
    meeting = {
        "roll": 22,
        "exempt": 4,
        "special_duty": 1,
        "present": 15,
        "exempt_present": 2,
        "absent_excused": 2,
        "speakers": 10,
    }
    assert one(an_phu, meeting=meeting, readings=readings).meetings["speaker_rate"].iloc[
        0
    ] == pytest.approx(rate)


def test_unknown_facts_imply_nothing_and_contradict_nothing(an_phu):
    unknown = dict.fromkeys(
        [
            "minutes",
            "roll",
            "present",
            "speakers",
            "targets_set",
            "targets_met",
            "longest_excused_streak",
            "chi_uy_met",
        ]
    )
    scores = one(an_phu, meeting=unknown, readings={"score_basis": "recomputed"})
    assert scores.sheets["total"].iloc[0] == 100
    assert not scores.lines["contradicts"].any()
    assert scores.lines.set_index("criterion_id")["recomputed"].drop("c2_rate").isna().all()


# --- entries and raters ---------------------------------------------------------------------------


def test_entered_and_recomputed_points_are_both_kept_and_their_difference_is_a_finding(an_phu):
    scores = one(an_phu, {"c1_time": 5.0}, meeting={"minutes": 70})
    line = scores.lines.set_index("criterion_id").loc["c1_time"]
    assert (line["entered"], line["recomputed"], line["points"], line["contradicts"]) == (
        5,
        3,
        5,
        True,
    )
    line = (
        one(an_phu, {"c1_time": 5.0}, {"minutes": 70}, {"score_basis": "recomputed"})
        .lines.set_index("criterion_id")
        .loc["c1_time"]
    )
    assert (line["entered"], line["recomputed"], line["points"]) == (5, 3, 3)


@pytest.mark.parametrize(
    ("reading", "total", "class_id", "counting"),
    [
        ("superior_if_present", 85.0, "kha", "superior"),
        ("self", 95.0, "tot", "self"),
        ("mean", 90.0, "tot", "both"),
        ("lower", 85.0, "kha", "superior"),
    ],
)
def test_each_reading_of_self_against_superior(an_phu, reading, total, class_id, counting):
    sheets = {
        ("m", "self"): {"c4_process": 0.0},
        ("m", "superior"): {"c4_process": 0.0, "c4_regular": 0.0},
    }
    meeting = score(
        small_slice(an_phu, {"m": THEMATIC}, sheets), {"self_vs_superior": reading}
    ).meetings.iloc[0]
    assert (meeting["total"], meeting["class_id"], meeting["counting"]) == (
        total,
        class_id,
        counting,
    )


def test_a_meeting_with_one_sheet_is_classed_by_it_whatever_the_reading(an_phu):
    for rater, reading in itertools.product(
        ("self", "superior"), ("superior_if_present", "mean", "lower")
    ):
        meeting = score(
            small_slice(an_phu, {"m": THEMATIC}, {("m", rater): {}}), {"self_vs_superior": reading}
        ).meetings.iloc[0]
        assert meeting["assessed"]
        assert meeting["total"] == 100


def test_an_inspectors_sheet_is_scored_but_never_makes_the_class(an_phu):
    sheets = {("m", "self"): {}, ("m", "inspector"): {"c4_regular": 0.0}}
    meeting = score(small_slice(an_phu, {"m": THEMATIC}, sheets)).meetings.iloc[0]
    assert (meeting["total"], meeting["inspector_total"]) == (100, 90)


def test_a_superiors_sheet_that_waits_makes_the_meeting_wait(an_phu):
    sheets = {("m", "self"): {}, ("m", "superior"): {"c4_regular": None}}
    meeting = score(small_slice(an_phu, {"m": THEMATIC}, sheets)).meetings.iloc[0]
    assert (meeting["assessed"], meeting["waiting"], meeting["why_waiting"]) == (
        False,
        True,
        "blank",
    )


def test_a_sheet_on_another_form_waits_and_says_so(an_phu):
    made = small_slice(an_phu, {"m": THEMATIC}, {("m", "self"): {}})
    made = with_tables(made, sheet=made.tables["sheet"].assign(rule_set_id="hd12"))
    sheet = score(made).sheets.iloc[0]
    assert (sheet["status"], sheet["reason"]) == ("waiting", "other_form")


def test_an_unknown_reading_is_refused(cut):
    with pytest.raises(InputError):
        score(cut("qs-tinh", "2026-Q1"), {"not_applicable": "zeros"})


# --- months ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "month"), [("declared", "2026-03"), ("of_date", "2026-04"), ("reviewed", "2026-03")]
)
def test_each_reading_of_the_month_of_a_meeting_held_early_in_the_next(an_phu, reading, month):
    made = small_slice(
        an_phu,
        {"m": {"for_month": "2026-03", "held_on": pd.Timestamp("2026-04-02")}},
        {("m", "self"): {}},
    )
    assert score(made, {"window_month": reading}).every_meeting["month"].iloc[0] == month


def test_a_thematic_meeting_held_apart_feeds_the_months_sheet(an_phu):
    meetings = {"m": {}, "t": {"kind": "chuyen_de"}}
    made = small_slice(an_phu, meetings, {("m", "self"): {"c4_thematic": 0.0}})
    sheet = score(made).sheets.iloc[0]
    assert (sheet["total"], sheet["out_of"]) == (95, 100)
    cancelled = small_slice(
        an_phu,
        {"m": {}, "t": {"kind": "chuyen_de", "status": "cancelled"}},
        {("m", "self"): {"c4_thematic": 0.0}},
    )
    assert score(cancelled).sheets["total"].iloc[0] == 100
