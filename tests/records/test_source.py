"""A folder of CSV files is read once, and again when one of its files has changed."""

import shutil

import pandas as pd
import pytest

from assess.base.errors import InputError
from assess.base.periods import FAR_OFF
from assess.exchange.csv import CsvFolder
from assess.records.lookup import are_in


@pytest.fixture
def folder(root, tmp_path):
    return shutil.copytree(root / "data/sample", tmp_path / "sample")


def minutes(folder):
    return CsvFolder(folder).records(FAR_OFF)["meeting"].set_index("meeting_id")["minutes"]


def change(folder, old, new):
    text = (folder / "meeting.csv").read_text(encoding="utf-8")
    assert old in text
    (folder / "meeting.csv").write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_folder_that_changed_is_read_again(folder):
    before = minutes(folder)
    line = (folder / "meeting.csv").read_text(encoding="utf-8").splitlines()[1]
    change(folder, line, line.replace("truc_tiep", "truc_tuyen"))
    after = CsvFolder(folder).records(FAR_OFF)["meeting"]
    assert after.loc[after["meeting_id"] == line.split(",")[0], "mode"].tolist() == ["truc_tuyen"]
    assert minutes(folder).equals(before)


def test_an_error_is_told_each_time_and_gone_when_it_is_mended(folder):
    change(folder, "truc_tiep", "qua dien thoai")
    for _ in range(2):
        with pytest.raises(InputError):
            CsvFolder(folder)
    change(folder, "qua dien thoai", "truc_tiep")
    assert len(minutes(folder)) > 0


def test_who_changes_what_was_read_changes_nobody_elses(folder):
    mine = CsvFolder(folder).records(FAR_OFF)["meeting"]
    mine["minutes"] = 1
    mine.loc[:, "kind"] = "?"
    theirs = CsvFolder(folder).records(FAR_OFF)["meeting"]
    assert theirs["minutes"].gt(1).any()
    assert "?" not in set(theirs["kind"])


@pytest.mark.parametrize("known", [["c", "a", "c"], ["b", None], []])
def test_texts_are_among_others_as_pandas_says_also_in_pieces_and_with_missing_ones(known):
    texts = pd.Series(["a", "b", None, "c"], index=[4, 2, 7, 1], dtype="str")
    others = pd.Series(known, dtype="str")
    for ids in (texts, pd.concat([texts, texts]), texts.iloc[:0]):
        for among in (others, pd.concat([others, others])):
            assert are_in(ids, among).equals(ids.isin(among))


def test_sheets_without_a_meeting_and_lines_without_a_sheet_are_left_out(folder):
    records = CsvFolder(folder).records
    assert {len(records(FAR_OFF)["sheet"]), len(records(FAR_OFF)["line"])} != {0}
    late = records(FAR_OFF)["meeting"]["recorded_at"].min().to_pydatetime()
    part = records(late)
    assert 0 < len(part["meeting"]) < len(records(FAR_OFF)["meeting"])
    assert set(part["sheet"]["meeting_id"]) <= set(part["meeting"]["meeting_id"])
    assert set(part["line"]["sheet_id"]) == set(part["sheet"]["sheet_id"])
