"""Writing, filling in and parsing a score form returns what was filled in, for every rule set."""

import datetime as dt
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from assess.base.periods import FAR_OFF
from assess.base.text import tidy
from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.forms.layout import fact_names
from assess.exchange.intake import take_in
from assess.records.tables import TABLES
from kit.examples import examples
from kit.score_forms import chi_bo_of, form, good_facts, little_store, month_of, read

HOSTILE = (
    "=1+1",
    "+84 912",
    "-1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "../../x",
    "\u202engược",
    "Đảng uỷ",
    "x" * 900,
    "_x0041_",
    "'",
    '"',
    "a\tb",
)
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from(HOSTILE).map(lambda s: unicodedata.normalize("NFD", f"Chủ đề {s}")),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60),
)


def as_written(value):
    """Draw a number as people write it: as a number or as text.

    The text has a point or a comma, and may have spaces around it.
    """
    text = f"{value:g}"
    return st.sampled_from([value, text, text.replace(".", ","), f"  {text.replace('.', ',')} "])


def entries_of(criterion):
    """Draw (as written, state, points) of one line."""
    words = st.sampled_from(
        [
            ("Không áp dụng", "not_applicable", None),
            ("không  áp dụng ", "not_applicable", None),
            (None, "blank", None),
        ]
    )
    if criterion.kind == "mark":
        told = st.sampled_from(
            [
                ("Đạt", 1.0),
                ("đạt", 1.0),
                ("x", 1.0),
                (1, 1.0),
                ("Không đạt", 0.0),
                (unicodedata.normalize("NFD", "Không đạt"), 0.0),
                (0, 0.0),
            ]
        )
        return st.one_of(words, told.map(lambda pair: (pair[0], "entered", pair[1])))
    points = st.sampled_from(
        criterion.allowed_points or [0.0, criterion.max, criterion.max / 2, 0.25 * criterion.max]
    )
    return st.one_of(
        words, points.flatmap(lambda p: as_written(p).map(lambda w: (w, "entered", p)))
    )


@st.composite
def filled(draw, rules):
    """Draw a filled score form of one rule set, and what must be parsed from it."""
    facts, wanted = dict(good_facts(rules.id)), {}
    held_on = facts["held_on"]
    facts["held_on"] = draw(
        st.sampled_from(
            [
                held_on,
                f"{held_on:%d/%m/%Y}",
                f"{held_on.day}/{held_on.month}/{held_on.year}",
                held_on.isoformat(),
                f"{held_on:%d.%m.%Y}",
            ]
        )
    )
    facts["topic"], facts["reason"] = (
        draw(st.one_of(st.none(), TEXT)),
        draw(st.one_of(st.none(), TEXT)),
    )
    facts["minutes"] = draw(as_written(draw(st.integers(60, 180))))
    facts["papers_at"] = draw(st.one_of(st.none(), st.just(held_on - dt.timedelta(days=2))))
    facts["chi_uy_met"] = draw(st.sampled_from(["Có", "Không", "có", None, True, False]))
    wanted = {
        "held_on": held_on,
        "topic": tidy(facts["topic"] or "") or None,
        "reason": tidy(facts["reason"] or "") or None,
        "minutes": float(str(facts["minutes"]).replace(",", ".")),
        "papers_at": facts["papers_at"],
        "roll": 12.0,
        "present": 10.0,
        "chi_uy_met": {"Có": True, "có": True, "Không": False}.get(
            facts["chi_uy_met"], facts["chi_uy_met"]
        ),
        "status": "held",
    }
    raters = draw(st.sampled_from([("self",), ("superior",), ("self", "superior")]))
    entries, notes, lines = {}, {}, {}
    for rater in raters:
        first = rules.criteria[0]
        for criterion in rules.criteria:
            written, state, points = draw(entries_of(criterion))
            if criterion is first and written is None:
                written, state, points = "Không áp dụng", "not_applicable", None
            entries[rater, criterion.id] = written
            lines[rater, criterion.id] = (state, points)
    for criterion in draw(st.lists(st.sampled_from(rules.criteria), max_size=3, unique=True)):
        notes[criterion.id] = draw(TEXT)
    return FilledValues(facts, entries, notes, {raters[0]: held_on}), wanted, lines, notes


EVERY = (
    "an-phu-hd42",
    "hd12-2018",
    "binh-thuan-khoi",
    "phu-tho-khoi",
    "lai-chau-qd14",
    "nghe-an-qd08-bieu1",
    "nghe-an-qd08-bieu2",
    "nghe-an-qd27-bieu1",
    "nghe-an-qd27-bieu2",
)


@pytest.mark.parametrize("rule_set_id", EVERY)
@examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_filled_in_is_what_is_read(rules, rule_set_id, data):
    values, wanted, lines, notes = data.draw(filled(rules[rule_set_id]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.xlsx"
        write_forms(path, [(form(rules, rule_set_id), values)])
        found = read(path, rules)
    assert [f.code for f in found.findings if f.severity == "error"] == []
    meeting = found.rows["meeting"][0]
    assert {name: meeting[name] for name in wanted} == wanted
    rater_of = {row["sheet_id"]: row["rater"] for row in found.rows["sheet"]}
    assert {
        (rater_of[r["sheet_id"]], r["criterion_id"]): (r["state"], r["points"])
        for r in found.rows["line"]
    } == lines
    read_notes = {r["criterion_id"]: r["note"] for r in found.rows["line"] if r["note"] is not None}
    # one column of notes for two raters: a note goes with the chi bộ's own entry, else with the
    # superior's
    kept = {c: tidy(n) for c, n in notes.items() if tidy(n)}
    assert read_notes == kept


def test_the_tests_know_every_rule_set(rules):
    assert set(rules) == set(EVERY)


@examples(3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_from_form_through_intake_and_store_and_back(rules, data):
    """The store holds what was written on score forms, one of every rule set, taken in together."""
    drawn = {rule_set_id: data.draw(filled(rules[rule_set_id])) for rule_set_id in EVERY}
    with tempfile.TemporaryDirectory() as folder:
        store = little_store(rules, Path(folder) / "s.duckdb")
        sent = [Path(folder) / f"{rule_set_id}.xlsx" for rule_set_id in EVERY]
        for path in sent:
            write_forms(path, [(form(rules, path.stem), drawn[path.stem][0])])
        intake = take_in(store, rules, sent, recorded_at=dt.datetime(2026, 4, 1))
        assert [
            (r.name, [f.code for f in r.findings if f.severity == "error"])
            for r in intake.files
            if r.outcome != "taken"
        ] == []
        records = store.records(FAR_OFF)
    meetings = records["meeting"].set_index("chi_bo_id")
    sheets = records["sheet"].set_index("sheet_id")
    assert len(meetings) == len(EVERY)
    found = {rule_set_id: {} for rule_set_id in EVERY}
    for row in records["line"].itertuples():
        sheet = sheets.loc[row.sheet_id]
        points = None if row.points != row.points else row.points
        found[sheet["rule_set_id"]][sheet["rater"], row.criterion_id] = (row.state, points)
    for rule_set_id, (_, wanted, lines, _) in drawn.items():
        meeting = meetings.loc[chi_bo_of(rule_set_id)]
        assert (meeting["held_on"].date(), meeting["for_month"]) == (
            wanted["held_on"],
            month_of(rule_set_id)[0],
        )
        assert meeting["minutes"] == wanted["minutes"]
        topic = meeting["topic"]
        assert (None if topic != topic else topic) == wanted["topic"]
        assert found[rule_set_id] == lines


def test_every_fact_of_a_meeting_is_on_a_form_or_follows_from_its_id(rules):
    elsewhere = {"meeting_id", "chi_bo_id", "for_month", "recorded_at"}
    for rule_set in rules.values():
        own = (
            set()
            if rule_set.required_minutes and rule_set.required_minutes.own
            else {"own_required_minutes"}
        )
        assert set(fact_names(rule_set)) == set(TABLES["meeting"].names) - elsewhere - own
