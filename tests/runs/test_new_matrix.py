"""The list of reports of a new year, and that of one template from the command line."""

import json

import pytest
import yaml

from assess.base.errors import InputError
from assess.runs.matrix import expand, load_matrix
from assess.runs.new_matrix import moved_to, of_last_year
from kit.command import assess
from kit.rendered_tables import html_tables


def test_all_years_move_and_comments_and_records_stay(tmp_path, workspace, source):
    path = tmp_path / "nam-2026.yaml"
    path.write_text(
        "# năm 2026, so với 2025\nid: nam-2026\ntitle: Báo cáo năm 2026\nrecords: data/2026\n"
        "as_of: 2027-01-10\ndocument_date: 2027-01-12\nreports:\n"
        "  - {template: annual_review, period: [2025, 2026]}  # 2 năm\n",
        encoding="utf-8",
    )
    name, text = moved_to(path, 2028)
    assert name == "nam-2028.yaml"
    assert text == (
        "# năm 2028, so với 2027\nid: nam-2028\ntitle: Báo cáo năm 2028\nrecords: data/2026\n"
        "as_of: 2029-01-10\ndocument_date: 2029-01-12\nreports:\n"
        "  - {template: annual_review, period: [2027, 2028]}  # 2 năm\n"
    )


def test_the_shipped_year_moves_to_the_next(root, workspace, source, tmp_path):
    name, text = moved_to(root / "params/runs/nam-2026.yaml", 2027)
    (tmp_path / name).write_text(text, encoding="utf-8")
    before = expand(*load_matrix(root / "params/runs/nam-2026.yaml"), workspace, source.tree)
    after = expand(*load_matrix(tmp_path / name), workspace, source.tree)
    assert [run.key.replace("2026", "2027") for run in before.runs] == [
        run.key for run in after.runs
    ]
    assert {run.as_of.year - 1 for run in after.runs} == {run.as_of.year for run in before.runs}


def test_the_command_writes_it_once_and_asks_which_one_is_meant(laid):
    done = assess("matrix", "new", 2027, "--from", "params/runs/nam-2026.yaml", cwd=laid.root)
    assert (done.returncode, (laid.root / "params/runs/nam-2027.yaml").exists()) == (0, True)
    again = assess("matrix", "new", 2027, "--from", "params/runs/nam-2026.yaml", cwd=laid.root)
    assert (again.returncode, "[file-exists]" in again.stderr) == (2, True)
    asked = assess("matrix", "new", 2031, cwd=laid.root)
    assert (asked.returncode, "[which-matrix]" in asked.stderr) == (2, True)
    assert "nêu --from TỆP" in asked.stderr
    with pytest.raises(InputError):
        of_last_year(laid.root / "params/runs", 2031)
    assert of_last_year(laid.root / "params/runs", 2028).name == "nam-2027.yaml"


def test_one_template_is_run_without_a_file_and_leaves_its_list_beside_the_reports(laid, tmp_path):
    words = ("--template", "inspection_plan", "--period", "2026", "--dang-bo", "phuong-vi-du")
    more = ("--draft", "-p", "capacity", "3", "-p", "teams", "Tổ một; Tổ hai")
    more += ("--document-date", "15/6/2027")
    done = assess("run", *words, *more, "--out", tmp_path, "-w", laid.root)
    assert done.returncode == 0, done.stderr
    name = "inspection-plan-2026-phuong-vi-du"
    given = yaml.safe_load((tmp_path / f"{name}.yaml").read_text(encoding="utf-8"))
    assert given["reports"][0]["parameters"] == {"capacity": 3, "teams": ["Tổ một", "Tổ hai"]}
    page = tmp_path / f"{name}.nhap/2026/phuong-vi-du/inspection_plan.html"
    assert len(html_tables(page)["ke-hoach"][1]) == 3
    assert "Tổ hai" in page.read_text(encoding="utf-8")
    assert "ngày 15 tháng 6 năm 2027" in page.read_text(encoding="utf-8")
    again = assess("run", tmp_path / f"{name}.yaml", "--draft", "--out", tmp_path, "-w", laid.root)
    assert "1 giữ nguyên" in again.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "no-matrix"),
        (("--template", "annual_review"), "no-matrix"),
        (("--template", "annual_reviw", "--period", "2026"), "unknown-template"),
        (("--template", "annual_review", "--period", "2026-Q7"), "bad-period"),
        (("--template", "annual_review", "--period", "2026", "--document-date", "x"), "bad-value"),
        (("--template", "annual_review", "--period", "2026", "-p", "x", "1"), "unknown-parameter"),
        (("--template", "annual_review", "--period", "2026", "-p", "at_most", "a"), "wrong-type"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_one_sentence(words, code, root, tmp_path):
    done = assess("run", *words, "--out", tmp_path, "-w", root)
    assert (done.returncode, f"[{code}]" in done.stderr) == (2, True), done.stderr


def test_templates_are_listed_with_their_parameters(root):
    done = assess("templates", "-w", root)
    assert "inspection_plan: Kế hoạch kiểm tra sinh hoạt chi bộ" in done.stdout
    assert "  Kế hoạch kiểm tra gửi các đơn vị: vì sao, khi nào, ai đi" in done.stdout
    assert "    capacity = 0 (số nguyên): số chi bộ mà các tổ kiểm tra làm được" in done.stdout
    one = json.loads(assess("templates", "annual_review", "--json", "-w", root).stdout)
    names = [each["name"] for each in one[0]["parameters"]]
    assert {"under", "at_most"} <= set(names)
    wrong = assess("templates", "x", "-w", root)
    assert (wrong.returncode, "[unknown-template]" in wrong.stderr) == (2, True)
