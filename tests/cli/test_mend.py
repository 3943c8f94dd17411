"""``assess mend`` on the command line: cells corrected, the reason on record, the file as sent."""

import pytest

from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.store import Store
from assess.workspace import lay_workspace
from kit.command import assess
from kit.score_forms import form, full_entries, good_facts, little_store


@pytest.fixture
def aside(rules, tmp_path):
    """A form with two wrong cells, and the words that come before the cells of assess mend."""
    store = little_store(rules, tmp_path / "s.duckdb")
    made = form(rules)
    facts = {**good_facts(), "held_on": "31/02/2026"}
    values = FilledValues(facts, {**full_entries(made), ("self", "c1_time"): "x"})
    write_forms(tmp_path / "f.xlsx", [(made, values)])
    lay_workspace(tmp_path / "w").set_actor("Văn phòng thử")
    at = ("--store", store.path, "--out", tmp_path / "out", "-w", tmp_path / "w")
    return tmp_path / "f.xlsx", at


def test_cells_are_corrected_and_taken_and_the_reason_is_on_record(aside):
    path, at = aside
    before = path.read_bytes()
    refused = assess("mend", path, "E12=03/3/2026", *at, "--reason", "hỏi lại")
    assert refused.returncode == 1  # one cell is still wrong
    assert "E36" in refused.stderr
    done = assess("mend", path, "E12=03/3/2026", "E36=5", *at, "--reason", "hỏi lại chi bộ")
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before
    store = Store(at[1])
    assert store.tables(("meeting",))["meeting"]["held_on"].dt.day.tolist() == [3]
    assert store.log()["reason"].tolist()[-1] == "hỏi lại chi bộ"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("E12=03/3/2026",), "lý do"),
        (("E12", "--reason", "x"), "E12"),
        (("5=3", "--reason", "x"), "không phải địa chỉ ô"),
        (("khac!E12=3", "--reason", "x"), "không có trang “khac”"),
        (("a=b!E12=3", "--reason", "x"), "không có trang “a=b”"),
    ],
)
def test_what_cannot_be_done_is_said(aside, words, said):
    path, at = aside
    done = assess("mend", path, *words, *at)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
