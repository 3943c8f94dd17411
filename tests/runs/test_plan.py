"""What is made again, what is left as it is, and why.

There is one change for each component of a report's key.
"""

import json
import shutil

import pytest

from assess.base.errors import InputError
from assess.records import make_slice
from assess.runs import make_plan, run_matrix
from assess.runs.ledger import Ledger
from assess.runs.plan import CACHE
from assess.workspace import Workspace, lay_workspace
from kit.batches import entry, published, write_matrix


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Two reports of two đảng bộ, made once."""
    base = tmp_path_factory.mktemp("plan")
    workspace = lay_workspace(base / "ws")
    matrix = write_matrix(
        workspace, entry("period_summary"), entry("period_summary", dang_bo="xa-mau-thu")
    )
    assert run_matrix(matrix, workspace, base / "out").failed == ()
    return base


@pytest.fixture
def made(once, tmp_path):
    """A copy of the workspace and its reports, which a test may change.

    Returns workspace, matrix, out, the matrix's folder.
    """
    base = shutil.copytree(once, tmp_path / "bản sao")
    return Workspace(base / "ws"), base / "ws/params/runs/thu.yaml", base / "out", base / "out/thu"


def plan(made, **options):
    workspace, matrix, out, _ = made
    steps = make_plan(matrix, workspace, lambda name: out / name, **options).steps
    return {step.run.dang_bo: (step.action, "; ".join(step.reasons)) for step in steps}


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def cuts(monkeypatch):
    """The đảng bộ of every slice that is cut from now on."""
    found = []

    def cut(*given, **about):
        found.append(about["dang_bo"])
        return make_slice(*given, **about)

    monkeypatch.setattr("assess.runs.plan.make_slice", cut)
    return found


def change_points(workspace, dang_bo):
    """Change the points of one line of the first quarter of 2026; return the sheet."""
    sample = workspace.root / "data/sample"

    def rows(table):
        return [
            line.split(",")
            for line in (sample / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        ]

    meeting = next(
        row[0]
        for row in rows("meeting")
        if "2026-02" in row and row[1] in _chi_bo(workspace, dang_bo)
    )
    sheet = next(row[0] for row in rows("sheet") if row[1] == meeting)
    points = rows("line")[0].index("points")
    row = next(r for r in rows("line") if r[0] == sheet and "entered" in r)
    changed = [*row[:points], "0" if row[points] != "0" else "1", *row[points + 1 :]]
    edit(sample / "line.csv", ",".join(row), ",".join(changed))
    return sheet


def test_nothing_changed_is_said_without_reading_the_records(made, monkeypatch):
    monkeypatch.setattr("assess.workspace.Workspace.source", None)
    assert plan(made) == dict.fromkeys(("qs-tinh", "xa-mau-thu"), ("reuse", "không có gì thay đổi"))


def test_one_changed_sheet_is_named_and_only_its_report_is_made_again(made):
    workspace, matrix, out, folder = made
    sheet = change_points(workspace, "qs-tinh")
    found = plan(made)
    assert found["xa-mau-thu"][0] == "reuse"
    assert found["qs-tinh"][0] == "run"
    assert sheet in found["qs-tinh"][1]
    before = published(folder)
    batch = run_matrix(matrix, workspace, out)
    assert batch.made == 1
    changed = {name for name, content in published(folder).items() if before.get(name) != content}
    assert {name for name in changed if "xa-mau-thu" in name} == set()
    assert any("qs-tinh" in name for name in changed)


def _chi_bo(workspace, dang_bo):
    rows = [
        row.split(",")
        for row in (workspace.root / "data/sample/unit.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    ]
    parent = rows[0].index("parent_id")
    return {row[0] for row in rows if row[parent] == dang_bo}


def test_a_changed_template_is_named_with_its_digests(made):
    edit(
        made[0].templates_folder / "period_summary.ipynb",
        "sections.signature(report)",
        "sections.signature(report)  # khác",
    )
    assert all(
        action == "run" and "mẫu báo cáo: " in why and " → " in why
        for action, why in plan(made).values()
    )


def test_changed_readings_are_named_from_what_to_what(made):
    edit(made[1], "period: 2026-Q1}", "period: 2026-Q1, readings: {self_vs_superior: lower}}")
    found = plan(made)
    assert found["qs-tinh"][0] == "run"
    assert "self_vs_superior không có → lower" in found["qs-tinh"][1]
    assert found["xa-mau-thu"][0] == "reuse"


def test_changed_parameters_are_named_from_what_to_what(made):
    edit(made[1], "period: 2026-Q1}", "period: 2026-Q1, parameters: {at_most: 8}}")
    found = plan(made)
    assert found["qs-tinh"] == ("run", "tham số: at_most không có → 8")
    assert found["xa-mau-thu"][0] == "reuse"
    run_matrix(made[1], made[0], made[2])
    notebook = (made[3] / "2026-Q1/qs-tinh/period_summary.ipynb").read_text(encoding="utf-8")
    assert "at_most = 8" in notebook
    edit(made[1], "at_most: 8", "at_most: 9")
    assert plan(made)["qs-tinh"] == ("run", "tham số: at_most 8 → 9")


def test_a_changed_rule_set_is_named(made):
    path = next(
        p
        for p in made[0].rules_folder.glob("*.yaml")
        if "cases" not in p.name and p.stem in _rules_of(made)
    )
    path.write_text(path.read_text(encoding="utf-8") + "# ghi chú\n", encoding="utf-8")
    assert any(f"bộ quy tắc {path.stem}" in why for _, why in plan(made).values())


def _rules_of(made):
    return {p.stem for p in made[3].rglob("*.slice/rules/*.yaml")}


def test_a_later_moment_and_another_date_are_named(made):
    edit(made[1], "document_date: 2027-01-12", "document_date: 2027-01-13")
    assert all("ngày văn bản: 2027-01-12 → 2027-01-13" in why for _, why in plan(made).values())


def test_another_version_of_a_package_is_named(made, monkeypatch):
    from assess.runs import report_keys as keys

    here = keys.this_machine()
    monkeypatch.setattr(
        keys, "this_machine", lambda: keys.Machine(here.assess, {**here.packages, "pandas": "9.9"})
    )
    assert all(f"pandas {here.packages['pandas']} → 9.9" in why for _, why in plan(made).values())


def test_another_source_of_the_package_is_named(made, monkeypatch):
    from assess.runs import report_keys as keys

    here = keys.this_machine()
    monkeypatch.setattr(keys, "this_machine", lambda: keys.Machine("0" * 64, here.packages))
    assert all(
        f"mã nguồn assess: {here.assess[:12]} → 000000000000" in why
        for _, why in plan(made).values()
    )


def test_other_formats_are_named(made):
    edit(made[1], "reports:", "also: [xlsx]\nreports:")
    assert all("định dạng: html, pdf → html, pdf, xlsx" in why for _, why in plan(made).values())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda f: (f / "period_summary.html").write_text("sửa", encoding="utf-8"),
            "period_summary.html đã bị sửa",
        ),
        (lambda f: (f / "period_summary.pdf").unlink(), "period_summary.pdf không còn"),
        (
            lambda f: (f / "period_summary.slice/line.parquet").write_bytes(b""),
            "line.parquet đã bị sửa",
        ),
        (lambda f: (f / "period_summary.docx").write_bytes(b""), "period_summary.docx là tệp lạ"),
        (
            lambda f: (f / "period_summary.slice/rules/la.yaml").write_bytes(b""),
            "period_summary.slice/rules/la.yaml là tệp lạ",
        ),
    ],
)
def test_a_published_file_that_is_not_as_it_was_is_named_and_made_again(made, damage, said):
    workspace, matrix, out, folder = made
    before = published(folder)
    damage(folder / "2026-Q1/qs-tinh")
    found = plan(made)
    assert found["xa-mau-thu"][0] == "reuse"
    assert found["qs-tinh"][0] == "run"
    assert said in found["qs-tinh"][1]
    run_matrix(matrix, workspace, out)
    assert published(folder) == before


def test_what_is_not_asked_for_stays_and_what_is_unknown_is_refused(made):
    assert plan(made, only=["2026-Q1/qs-tinh"], again=True) == {
        "qs-tinh": ("run", "được yêu cầu làm lại"),
        "xa-mau-thu": ("skip", "không được chọn"),
    }
    with pytest.raises(InputError) as caught:
        plan(made, only=["2026-Q1/qs"])
    assert caught.value.findings[0].code == "unknown-run"


def test_the_slice_of_a_run_not_asked_for_is_never_cut_and_its_report_stays(made, cuts):
    workspace, matrix, out, folder = made
    change_points(workspace, "qs-tinh")
    change_points(workspace, "xa-mau-thu")
    key, other = (f"2026-Q1/{dang_bo}/period_summary" for dang_bo in ("qs-tinh", "xa-mau-thu"))
    before, entry_before = published(folder), Ledger(folder).entries[other]
    assert plan(made, only=["2026-Q1/qs-tinh"])["xa-mau-thu"] == ("skip", "không được chọn")
    batch = run_matrix(matrix, workspace, out, only=["2026-Q1/qs-tinh"])
    assert (batch.made, batch.failed, batch.skipped) == (1, (), {other})
    assert set(cuts) == {"qs-tinh"}
    after = published(folder)
    changed = {name for name in after if before.get(name) != after[name]}
    assert {name.split("/")[1] for name in changed if "/" in name} == {"qs-tinh"}
    ledger = Ledger(folder)
    assert ledger.entries[other] == entry_before
    assert ledger.closed["runs"] == sorted([key, other])
    # the next plan knows that only one of the two was looked at
    assert {name: action for name, (action, _) in plan(made).items()} == {
        "qs-tinh": "reuse",
        "xa-mau-thu": "run",
    }


def test_a_choice_does_not_make_the_kept_plan_forget_or_claim_anything(made, cuts):
    workspace, matrix, out, folder = made
    kept = (folder / CACHE).read_bytes()
    batch = run_matrix(matrix, workspace, out, only=["2026-Q1/qs-tinh"], again=True)
    assert (batch.made, cuts) == (1, ["qs-tinh"])
    assert (folder / CACHE).read_bytes() == kept
    assert {action for action, _ in plan(made).values()} == {"reuse"}
    assert cuts == ["qs-tinh"]


def test_a_run_that_was_not_looked_at_has_no_content_key(made):
    workspace, matrix, out, _ = made
    change_points(workspace, "qs-tinh")
    steps = make_plan(matrix, workspace, lambda name: out / name, only=["2026-Q1/qs-tinh"]).steps
    assert [bool(step.content_key) for step in steps] == [True, False]


def test_a_chosen_run_whose_slice_cannot_be_cut_fails_alone_if_another_can_be(made, cuts):
    workspace, _, out, _ = made
    matrix = write_matrix(
        workspace, entry("period_summary", period="2027-Q2"), *map(_summary, ("xa-mau-thu", "tinh"))
    )
    steps = make_plan(matrix, workspace, lambda name: out / name, only=["2027-Q2"]).steps
    assert [step.action for step in steps] == ["fail", "skip", "skip"]
    assert cuts == ["qs-tinh", "xa-mau-thu"]  # one more, to see that not everything is wrong


def _summary(dang_bo):
    return entry("period_summary", dang_bo=dang_bo)


def test_a_failed_report_is_tried_again_and_its_reason_told(made):
    edit(made[0].templates_folder / "period_summary.ipynb", "sections.signature(report)", "1 / 0")
    run_matrix(made[1], made[0], made[2])
    assert all(
        action == "run" and "lần trước không lập được: " in why and "ZeroDivisionError" in why
        for action, why in plan(made).values()
    )


def test_a_spoilt_cache_or_ledger_costs_work_and_nothing_else(made):
    workspace, matrix, out, folder = made
    before = published(folder)
    (folder / CACHE).write_text("{", encoding="utf-8")
    ledger = folder / "ledger.jsonl"
    lines = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    assert '"closed"' in lines[-1]
    ledger.write_text("".join(lines[:-2]) + lines[-2][:50], encoding="utf-8")
    assert sorted(action for action, _ in plan(made).values()) == ["reuse", "run"]
    assert run_matrix(matrix, workspace, out).made == 1
    assert published(folder) == before
    assert json.loads(ledger.read_text(encoding="utf-8").splitlines()[-2])["ok"]


@pytest.mark.parametrize(
    ("table", "column"), [("unit", "name"), ("meeting", "minutes"), ("sheet", "signed_on")]
)
def test_a_change_in_any_table_is_told_and_never_stops_the_plan(made, table, column):
    path = made[0].root / f"data/sample/{table}.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    at = rows[0].index(column)
    ours = next(
        i for i, row in enumerate(rows) if "qs" in row[0] and row[at] and '"' not in "".join(row)
    )
    rows[ours][at] = {"name": "Chi bộ Đổi Tên", "minutes": "111", "signed_on": "2026-02-27"}[column]
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    found = plan(made)
    assert all(action in ("run", "reuse") for action, _ in found.values())


def test_a_message_with_line_separators_stays_one_line_of_the_ledger(made):
    edit(
        made[0].templates_folder / "period_summary.ipynb",
        "sections.signature(report)",
        "raise ValueError('một\\u2028hai')",
    )
    batch = run_matrix(made[1], made[0], made[2])
    assert len(batch.failed) == 2
    assert all("một" in outcome.message for outcome in batch.failed)


def test_a_choice_among_reports_that_were_never_made_fails_none_of_the_others(made, tmp_path):
    batch = run_matrix(made[1], made[0], tmp_path / "neu", only=["2026-Q1/qs-tinh"])
    assert (batch.failed, batch.made, len(batch.skipped)) == ((), 1, 1)


def test_a_user_s_matplotlib_settings_change_nothing(made, tmp_path, monkeypatch):
    before = published(made[3])
    (tmp_path / "mpl").mkdir()
    (tmp_path / "mpl/matplotlibrc").write_text(
        "axes.grid: True\nytick.labelsize: 20\n", encoding="utf-8"
    )
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "mpl"))
    run_matrix(made[1], made[0], made[2], again=True, only=["2026-Q1/qs-tinh"])
    assert published(made[3]) == before
