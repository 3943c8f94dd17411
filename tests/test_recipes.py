"""The recipes work as written, in a fresh workspace, without Python where they say so."""

import ast
import json
import re
import shlex
import subprocess
from pathlib import Path

import nbformat
import pytest

from assess import Workspace, open_report
from assess.base.periods import FAR_OFF
from kit.batches import ASSESS
from kit.command import assess
from kit.rendered_tables import html_tables

ROOT = Path(__file__).parents[1]
RECIPES = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
STEPS = re.findall(r"```(yaml|csv|console|python|text) ?([^\n]*)\n(.*?)```", RECIPES, re.DOTALL)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A workspace in which every file was written and every command run, in the page's order."""
    folder = tmp_path_factory.mktemp("recipes") / "ws"
    subprocess.run([ASSESS, "init", str(folder)], check=True, capture_output=True)
    for kind, target, text in STEPS:
        if kind in ("yaml", "csv"):
            (folder / target).write_text(text, encoding="utf-8")
        for line in re.findall(r"^\$ (.*)$", text, re.MULTILINE) if kind == "console" else []:
            words = shlex.split(line)
            if words[0] == "assess":
                done = assess(*words[1:], cwd=folder)
            else:
                done = subprocess.run(
                    words, cwd=folder, capture_output=True, text=True, check=False
                )
            assert done.returncode == 0, (line, done.stderr)
    return folder


def test_the_toy_form_of_three_groups_gives_a_report(walked):
    folder = walked / "reports/thu/2026-Q1/qs-tinh"
    assert {p.suffix for p in folder.iterdir()} >= {".html", ".ipynb", ".pdf"}
    page = (folder / "period_summary.html").read_text(encoding="utf-8")
    assert "Minh họa" in page
    head, rows, _ = html_tables(folder / "period_summary.html")["ket-qua"]
    assert head[0] == "Xếp loại"
    assert [row[0] for row in rows] == ["Đạt tốt", "Đạt", "Không đạt", "Cộng"]
    assert sum(int(row[1]) for row in rows[:-1]) == int(rows[-1][1]) > 0


def test_a_copied_notebook_is_a_report(walked):
    assert (walked / "reports/so-ket/2026-H1/qs-tinh/so_ket.pdf").stat().st_size > 10_000


def test_a_table_written_as_in_the_recipe_is_a_block(walked, monkeypatch):
    monkeypatch.chdir(walked)
    (code,) = [text for kind, _, text in STEPS if kind == "python"]
    names = {"report": open_report(dang_bo="qs-tinh", period="2026-Q1")}
    *first, last = ast.parse(code).body
    exec(compile(ast.Module(first, []), "recipes.md", "exec"), names)  # noqa: S102 - our own recipe
    data = eval(compile(ast.Expression(last.value), "recipes.md", "eval"), names).as_json()  # noqa: S307
    assert [c["title"] for c in data["columns"]] == ["Tháng", "Số phút"]
    assert len(data["rows"]) == 3
    json.dumps(data)


def test_a_new_report_in_twelve_lines_is_a_report(walked):
    (text,) = [text for kind, target, text in STEPS if target == "notebooks/dai_nhat.ipynb"]
    assert len([line for line in text.splitlines() if line != "# %%" and line]) <= 13  # %%md is one
    first, *others = (nbformat.v4.new_code_cell(cell.strip()) for cell in text.split("# %%")[1:])
    first.metadata.tags = ["parameters"]
    nbformat.write(
        nbformat.v4.new_notebook(cells=[first, *others]), walked / "notebooks/dai_nhat.ipynb"
    )
    given = ("--period", "2026-Q1", "--dang-bo", "qs-tinh", "--records", "data/sample", "--draft")
    done = assess("run", "--template", "dai_nhat", *given, cwd=walked)
    assert done.returncode == 0, done.stderr
    (page,) = (walked / "reports").rglob("dai_nhat.html")
    assert len(html_tables(page)["dai-nhat"][1]) == 3
    assert re.search(r"có [1-9]\d* buổi sinh hoạt\.", page.read_text(encoding="utf-8"))


def test_forms_that_went_out_and_came_in_are_a_report(walked):
    _, rows, _ = html_tables(walked / "reports/tu-kho/2026-03/qs-tinh/period_summary.html")[
        "ket-qua"
    ]
    assert sum(int(row[1]) for row in rows[:-1]) == int(rows[-1][1]) == 6


def test_the_years_work_taken_in_is_the_annual_list_and_sums_go_up(walked):
    folder = walked / "reports/cuoi-nam"
    page = folder / "2026/qs-tinh/classing_proposal.html"
    rows = {row[1]: row for row in html_tables(page)["danh-sach"][1]}
    assert [row[6] for row in rows.values()] == ["HTTNV", "HTTNV"]  # of two, none may be the best
    _, decided, _ = html_tables(page)["quyet-dinh"]
    assert [row[1:3] for row in decided] == [["1", "HTTNV"], ["2", "HTNV"]]
    assert "bão số 9; thường trực đã thống nhất" in page.read_text(encoding="utf-8")
    _, rows, _ = html_tables(folder / "2026-Q1/qs-tinh/attendance_programme.html")["du-sinh-hoat"]
    assert rows == [["Lãnh đạo", "1", "2", "1", "50,0%", "1"]]
    assert (folder / "2026/qs-tinh/classing_proposal.docx").stat().st_size > 5000
    assert Workspace(walked).source("data/store.duckdb").records(FAR_OFF)["filed"][
        "unit_id"
    ].unique().tolist() == ["qs-tinh"]


def test_every_place_that_a_recipe_names_exists():
    sources = list((ROOT / "src").rglob("*"))
    for name in re.findall(r"`((?:src|tests|params|docs)/[^`]*?|[a-z_]+\.(?:py|typ))`", RECIPES):
        assert (ROOT / name).exists() or any(p.name == Path(name).name for p in sources), name
    for function in re.findall(r"`(_[a-z_]+)`", RECIPES):
        assert any(
            f"def {function}(" in p.read_text(encoding="utf-8")
            for p in sources
            if p.suffix == ".py"
        ), function


def test_an_answer_is_in_the_trace_and_the_inspection_team_has_it(walked):
    for place in (walked, walked / "doan"):
        told = assess("explain", "qst-02", "2026-03", "--records", "data/store.duckdb", "-w", place)
        assert told.returncode == 0, told.stderr
        assert "theo trả lời tại Công văn số 00-CV/BTC, ngày 25/02/2026 (tự đặt)" in told.stdout
