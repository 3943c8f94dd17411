"""The public frames have the columns, types and units that are declared, and the page says so."""

import datetime as dt
import re

import pandas as pd
import pytest

import assess
from assess.exchange.store import FileRecord, StoreBatch
from assess.public_frames import FRAMES
from assess.records import TABLES
from kit.score_forms import chi_bo_of, little_store

MEETING = {
    "meeting_id": "m",
    "chi_bo_id": chi_bo_of("an-phu-hd42"),
    "for_month": "2026-03",
    "held_on": dt.date(2026, 3, 3),
    "status": "held",
    "kind": "thuong_ky",
    "minutes": 90.0,
}
SHEET = {
    "sheet_id": "m.tc",
    "meeting_id": "m",
    "rater": "self",
    "rule_set_id": "an-phu-hd42",
    "stated_total": 95.0,
    "stated_class": "kem",
}


@pytest.fixture(scope="module")
def store(rules, tmp_path_factory):
    """A meeting marked with another class than its total has, and corrected a month later."""
    made = little_store(rules, tmp_path_factory.mktemp("store") / "s.duckdb")
    sent = [FileRecord("d1", "a.xlsx", "taken")]
    for month, minutes in ((4, 90.0), (5, 75.0)):
        rows = {"meeting": [{**MEETING, "minutes": minutes}], "sheet": [SHEET]}
        made.append(StoreBatch(dt.datetime(2026, month, 10), rows, sent))
    return made


@pytest.fixture(scope="module")
def reports(workspace, store):
    """A year, one with a reorganisation, and the corrected meeting."""

    def opened(dang_bo, period, records="data/sample"):
        return assess.open_report(
            dang_bo=dang_bo, period=period, records=records, workspace=workspace
        )

    return [
        opened("qs-tinh", 2026),
        opened("phuong-vi-du", 2025),
        opened("db-an-phu-hd42", "2026-03", store),
    ]


@pytest.fixture(scope="module")
def studies(reports):
    return [
        assess.study(reports[0], ["not_applicable", "level_gap"]),
        assess.study(reports[0], ["not_applicable", "period_class"], of="period"),
    ]


@pytest.fixture(scope="module")
def real(reports, studies, store):
    """Return the frames of a name; each with the ids that a name in capitals stands for."""

    def verbs(name):
        if name == "inspection_plan":
            return [
                (assess.inspection_plan(r.slice, r.scores, assess.PlanOptions()), ())
                for r in reports[:2]
            ]
        of_year = reports[:2] if name == "annual_class" else reports
        return [(getattr(assess, name)(report), ()) for report in of_year]

    def of_report(name):
        found = [getattr(report, name) for report in reports]
        if isinstance(found[0], pd.DataFrame):
            return [(frame, ()) for frame in found]
        return [
            (frame, [c.id for c in report.slice.rule_sets[rule_set_id].classes])
            for report, frames in zip(reports, found, strict=True)
            for rule_set_id, frame in frames.items()
        ]

    def frames_of(full_name):
        owner, _, name = full_name.partition(".")
        if owner == "Scores":
            return [(getattr(report.scores, name), ()) for report in reports]
        if owner == "Study":
            return [(getattr(s, name), [q.id for q in s.space.questions]) for s in studies]
        if owner == "Slice":
            key = name.split('"')[1]
            return [(report.slice.tables[key], ()) for report in reports]
        if owner == "Store":
            return [(getattr(store, name)(), ())]
        return verbs(name) if owner == "assess" else of_report(name)

    return frames_of


def expanded(columns, many):
    """Return the declared columns, those in capitals once for each of ``many``."""
    return {
        one: column
        for name, column in columns.items()
        for one in (many if name.isupper() else [name])
    }


TYPES = {
    "text": lambda s: (
        str(s.dtype) in ("str", "object", "category")
        and all(isinstance(value, str) for value in s.dropna())
    ),
    "number": lambda s: s.dtype == "float64",
    "integer": lambda s: s.dtype in ("int64", "int32"),
    "flag": lambda s: s.dtype == "bool",
    "date": lambda s: (
        s.dtype.kind == "M" or all(isinstance(value, dt.date) for value in s.dropna())
    ),
    "ids": lambda s: all(isinstance(value, tuple) for value in s),
}


@pytest.mark.parametrize("name", FRAMES)
def test_real_frames_have_the_columns_and_the_types_that_are_declared(real, name):
    found = real(name)
    assert any(len(frame) for frame, _ in found)
    for frame, many in found:
        columns = expanded(FRAMES[name].columns, many)
        assert list(frame) == list(columns)
        if len(frame):
            wrong = {c: frame[c].dtype for c, d in columns.items() if not TYPES[d.dtype](frame[c])}
            assert not wrong


RANGES = {"ratio": (0, 1), "points of 100": (-100, 100), "1 or 0": (0, 1)}
SIGNED = {"difference", "short", "spare", "points"}


@pytest.mark.parametrize("name", FRAMES)
def test_values_lie_in_the_range_of_their_unit(real, name):
    for frame, many in real(name):
        for column, declared in expanded(FRAMES[name].columns, many).items():
            if declared.unit:
                low, high = RANGES.get(declared.unit, (-1e9 if column in SIGNED else 0, 1e9))
                values = frame[column].dropna()
                assert values.between(low - 1e-9, high + 1e-9).all(), column


def test_every_type_and_unit_with_a_range_is_met():
    columns = [c for frame in FRAMES.values() for c in frame.columns.values()]
    assert {c.dtype for c in columns} == set(TYPES)
    assert set(RANGES) <= {c.unit for c in columns}


def test_every_frame_of_a_public_class_is_declared(reports, studies):
    for value in (reports[0], reports[0].scores, studies[0]):
        owner = type(value).__name__
        values = {name: getattr(value, name) for name in dir(value) if not name.startswith("_")}
        frames = {
            f"{owner}.{name}"
            for name, found in values.items()
            if isinstance(found, pd.DataFrame)
            or (
                isinstance(found, dict)
                and any(isinstance(one, pd.DataFrame) for one in found.values())
            )
        }
        assert frames == {name for name in FRAMES if name.startswith(f"{owner}.")}
    of_slice = {f'Slice.tables["{key}"]' for key in set(reports[0].slice.tables) - set(TABLES)}
    assert of_slice == {name for name in FRAMES if name.startswith("Slice.")}


def test_the_page_on_the_library_lists_every_column_of_every_frame(root):
    page = (root / "docs/library.md").read_text(encoding="utf-8")
    assert re.findall(r"^### `(.+)`$", page, re.MULTILINE) == list(FRAMES)
    for name, frame in FRAMES.items():
        part = page.partition(f"### `{name}`")[2].partition("\n#")[0]
        rows = [f"| `{n}` | {c.dtype} | {c.unit} | {c.about} |" for n, c in frame.columns.items()]
        assert re.findall(r"^\| `.*$", part, re.MULTILINE) == rows
        assert f"One row: {frame.rows}." in part
