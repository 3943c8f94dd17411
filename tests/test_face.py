"""What ``import assess`` offers: one list of names, nothing heavy, friendly at the edge."""

import ast
import datetime as dt
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import assess
from assess import InputError, Period
from assess.exchange.store import Store

PACKAGE = Path(assess.__file__).parent
VERBS = [
    "annual_class",
    "classify",
    "explain",
    "load_rules",
    "open_report",
    "roll_up",
    "run_matrix",
    "score",
    "study",
    "verify",
]


def submodules():
    found = pkgutil.walk_packages([str(PACKAGE)], "assess.")
    return [m.name for m in found if m.name != "assess.__main__"]


def test_the_list_of_public_names_is_the_stub():
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    listed = {a.name for n in tree.body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert set(assess.__all__) == listed
    assert set(VERBS) <= listed
    assert all(getattr(assess, name) is not None for name in listed)


def test_no_import_of_a_submodule_changes_the_face():
    """A sub-package that bears a verb's name would stand in its place once it is imported."""
    code = (
        "import importlib, types, assess\n"
        "before = {name: getattr(assess, name) for name in assess.__all__}\n"
        f"for name in {submodules()!r}: importlib.import_module(name)\n"
        "assert all(getattr(assess, name) is value for name, value in before.items())\n"
        "assert not [n for n in before if n not in ('results', 'sections') and isinstance(before[n], types.ModuleType)]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    for name in VERBS:
        assert importlib.util.find_spec(f"assess.{name}") is None


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, assess; print(*{'numpy', 'pandas', 'duckdb', 'pydantic', 'papermill'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


@pytest.fixture(scope="module")
def report(workspace):
    return assess.open_report(
        dang_bo="qs-tinh", period=2026, records="data/sample", workspace=workspace
    )


def test_what_a_caller_has_is_taken_as_it_comes(workspace, source, report):
    again = assess.open_report(
        dang_bo="qs-tinh",
        period=Period.parse("2026"),
        rule_set=None,
        readings=None,
        records=source,
        as_of=report.slice.as_of,
        workspace=str(workspace.root),
    )
    assert again.slice.digest == report.slice.digest
    by_text = assess.open_report(
        dang_bo="qs-tinh", period="2026-Q1", records=source, as_of="2026-04-10", workspace=workspace
    )
    by_day = assess.open_report(
        dang_bo="qs-tinh",
        period="2026-Q1",
        records=source,
        as_of=dt.date(2026, 4, 10),
        workspace=workspace,
    )
    assert by_text.slice.digest == by_day.slice.digest
    assert by_text.slice.as_of == dt.datetime(2026, 4, 10, 23, 59, 59)


def test_a_report_names_what_it_was_opened_on(workspace, source, report, tmp_path):
    assert report.opened == str(workspace.root / "data/sample")
    assert str(workspace.root / "data/sample") in repr(report)
    with pytest.raises(InputError, match=r"data/sample, qs-tinh"):
        assess.open_report(
            dang_bo="qs-tinh", period=1990, records="data/sample", workspace=workspace
        )
    assess.write_slice(report.slice, tmp_path / "s")
    opened = assess.open_report(dang_bo="qs-tinh", period=2026, slice=tmp_path / "s")
    assert opened.opened == str(tmp_path / "s")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda w, r: assess.open_report(dang_bo=5, period=2026, workspace=w), "wrong-type"),
        (lambda w, r: assess.open_report(dang_bo="x", period=None, workspace=w), "wrong-type"),
        (lambda w, r: assess.open_report(dang_bo="x", period=True, workspace=w), "wrong-type"),
        (lambda w, r: assess.open_report(dang_bo="x", period=20, workspace=w), "bad-period"),
        (
            lambda w, r: assess.open_report(
                dang_bo="qs-tinh", period=2026, readings=["level_gap"], workspace=w
            ),
            "wrong-type",
        ),
        (
            lambda w, r: assess.open_report(
                dang_bo="qs-tinh", period=2026, readings="level_gap", workspace=w
            ),
            "wrong-type",
        ),
        (
            lambda w, r: assess.open_report(
                dang_bo="qs-tinh", period=2026, readings={5: "x"}, workspace=w
            ),
            "unknown-question",
        ),
        (
            lambda w, r: assess.open_report(dang_bo="x", period=2026, records=5, workspace=w),
            "wrong-type",
        ),
        (
            lambda w, r: assess.open_report(
                dang_bo="x", period=2026, records="data/khong-co", workspace=w
            ),
            "no-folder",
        ),
        (
            lambda w, r: assess.open_report(dang_bo="x", period=2026, as_of="mai", workspace=w),
            "bad-moment",
        ),
        (
            lambda w, r: assess.open_report(
                dang_bo="x", period=2026, slice="x", as_of="2026-01-01", workspace=w
            ),
            "slice-and-records",
        ),
        (lambda w, r: assess.score("data/sample"), "wrong-type"),
        (lambda w, r: assess.score(r, {"level_gap": None}), "unknown-option"),
        (lambda w, r: assess.classify(None), "wrong-type"),
        (lambda w, r: assess.roll_up(pd.DataFrame()), "wrong-type"),
        (lambda w, r: assess.study(r, "level"), "unknown-question"),
        (lambda w, r: assess.CsvFolder(3), "wrong-type"),
        (lambda w, r: assess.load_rules(3), "wrong-type"),
        (lambda w, r: assess.load_rules("khong-co.yaml"), "unreadable"),
        (lambda w, r: assess.explain("pvd-01", 3.5, workspace=w), "wrong-type"),
        (lambda w, r: assess.explain("pvd-01", 20, workspace=w), "bad-period"),
        (lambda w, r: assess.explain("pvd-01", "2026-3", workspace=w), "unknown-meeting"),
        (lambda w, r: assess.explain(7, "2026-03", workspace=w), "wrong-type"),
        (lambda w, r: assess.run_matrix(3), "wrong-type"),
        (lambda w, r: assess.verify(None), "wrong-type"),
        (lambda w, r: assess.open_slice(3), "wrong-type"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(workspace, report, call, code):
    with pytest.raises(InputError) as caught:
        call(workspace, report)
    assert [finding.code for finding in caught.value.findings] == [code]
    assert str(caught.value)


def test_the_frames_of_the_verbs_agree_with_the_report(report):
    found = assess.classify(report)
    meetings = report.scores.meetings
    assert len(found) == len(meetings)
    assert (found["class_title"] != "").sum() == meetings["assessed"].sum() > 0
    assert (found["why_waiting"] == "").sum() >= meetings["assessed"].sum()
    assert not found["class_title"].isna().any()
    rolled = assess.roll_up(report)
    assert list(rolled["chi_bo_id"]) == list(report.slice.chi_bo)
    assert ((rolled["class_title"] != "") == (rolled["status"] == "classed")).all()
    annual = assess.annual_class(report)
    assert set(annual["proposed"].dropna()) <= {"htxsnv", "httnv", "htnv", "khtnv"}
    assert len(annual) == len(report.annual_list.lines) > 0


def test_a_slice_and_its_report_are_scored_alike(report):
    by_slice = assess.score(report.slice, report.readings).meetings
    pd.testing.assert_frame_equal(assess.score(report).meetings, by_slice)
    zero = {"not_applicable": "zero"}
    other = assess.open_report(dang_bo="qs-tinh", period=2026, readings=zero, records="data/sample")
    pd.testing.assert_frame_equal(
        assess.score(other).meetings, assess.score(report.slice, zero).meetings
    )


def test_no_reader_can_change_the_tables_of_another(report):
    before = report.slice.tables["meeting"].copy()
    mine = report.slice.tables["meeting"]
    mine.loc[:, "minutes"] = -1.0
    mine["note"] = "mine"
    pd.testing.assert_frame_equal(report.slice.tables["meeting"], before)
    with pytest.raises(TypeError):
        report.slice.tables["meeting"] = mine


def test_large_values_are_shown_in_a_line_and_in_a_small_table(workspace, report):
    rules = workspace.rules()
    study = assess.study(report, "not_applicable")
    for value in (report, report.slice, report.scores, rules, rules["an-phu-hd42"], study):
        assert len(repr(value)) < 400
        assert "\n" not in repr(value)
        html = value._repr_html_()
        assert html.startswith("<table>")
        assert len(html) < 2500
    assert "qs-tinh" in repr(report)


def test_rules_load_from_a_file_a_folder_and_a_workspace(workspace):
    one = assess.load_rules(workspace.rules_folder / "an-phu-hd42.yaml")
    folder = assess.load_rules(str(workspace.rules_folder))
    whole = assess.load_rules(workspace.root)
    assert one["an-phu-hd42"] == folder["an-phu-hd42"] == whole["an-phu-hd42"]
    assert list(folder) == list(whole)
    assert not folder.annual
    assert whole.annual


def test_explain_tells_a_month_from_a_longer_period(workspace):
    trace = assess.explain("pvd-01", "2026-03", workspace=workspace)
    assert trace.month == "2026-03"
    assert str(trace) == trace.as_text()
    assert len(repr(trace)) < 200
    assert assess.explain("pvd-01", trace.meeting_id, workspace=workspace) == trace
    year = assess.explain("pvd-01", 2026, workspace=workspace)
    assert str(year) == assess.explain("pvd-01", "2026", workspace=workspace).as_text()
    assert year.period == "2026"


def test_a_store_is_opened_like_a_folder(workspace, tmp_path):
    with pytest.raises(InputError):
        assess.open_report(dang_bo="qs-tinh", period=2026, records=tmp_path / "no.duckdb")
    assert assess.Store is Store


def test_the_page_on_the_library_names_every_public_name(root):
    page = (root / "docs/library.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `assess\.(\w+)", page, re.MULTILINE)) == set(assess.__all__)
