import nbformat
import pytest
from nbclient import NotebookClient

from assess.base.errors import InputError
from assess.reports.explorer import explore_readings, moved
from assess.reports.report import Report
from assess.studies.readings import study_readings


@pytest.fixture
def report(cut):
    return Report(cut("phuong-vi-du", "2026-Q1"), {})


def test_choosing_a_reading_shows_the_classes_it_gives_and_the_meetings_that_move(report):
    box = explore_readings(report, ["not_applicable", "level_gap"])
    choice, _, shown = box.children
    assert "Chọn một cách hiểu" in shown.value
    choice.value = "zero"
    alone = study_readings(report.slice, ["not_applicable"]).alone.set_index(
        ["question_id", "option"]
    )
    assert f"{alone.loc[('not_applicable', 'zero'), 'changed']} buổi đổi xếp loại" in shown.value
    choice.value = ""
    assert "đổi xếp loại" not in shown.value


def test_the_counts_before_and_after_have_the_same_sum(report):
    table = next(b for b in moved(report, {"not_applicable": "zero"}).blocks if b.type == "table")
    assert sum(row[3] for row in table.rows) == 0
    assert sum(row[1] for row in table.rows) == sum(row[2] for row in table.rows) > 0


def test_without_questions_there_is_a_list_for_each_that_the_forms_raise_and_unknown_ones_are_refused(
    report,
):
    box = explore_readings(report)
    assert len(box.children) - 1 == len(
        [q for q in next(iter(report.scores.chosen.values())) if q != "shares_to_100"]
    )
    with pytest.raises(InputError):
        explore_readings(report, ["khong_co"])


def test_the_notebook_for_jupyterlab_runs_and_shows_its_switches(root):
    notebook = nbformat.read(root / "notebooks/lab/readings_explorer.ipynb", as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(root)}}
    ).execute()
    (shown,) = notebook.cells[-1].outputs
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"][
        "state"
    ].values()
    assert sum(state["model_name"] == "DropdownModel" for state in states) == 5
