import openpyxl
import pytest

from assess.exchange.intake.marked import send_back
from kit.score_forms import codes, read


def test_the_marked_copy_has_a_comment_at_each_wrong_cell_and_can_be_sent_in_again(
    store, rules, send, take, tmp_path
):
    path = send(
        "Phiếu <sai> =1",
        facts={"held_on": "31/02/2026", "topic": "=1+1"},
        entries={("self", "c1_time"): "năm"},
    )
    intake = take()
    copies = send_back(intake, tmp_path / "out")
    copy = tmp_path / "out" / copies[intake.files[0].digest].path
    sheet = openpyxl.load_workbook(copy).active
    comments = {
        cell.coordinate: cell.comment.text
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    wrong = {f.place.cell: f for f in intake.files[0].findings}
    assert set(comments) == set(wrong)
    for cell, finding in wrong.items():
        assert finding.sentence in comments[cell]
        assert finding.fix in comments[cell]
    original = openpyxl.load_workbook(path).active
    assert {cell: sheet[cell].value for cell in wrong} == {
        cell: original[cell].value for cell in wrong
    }
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    # once the copy is corrected, it is a score form like any other
    book = openpyxl.load_workbook(copy)
    for cell in wrong:
        book.active[cell] = 5 if cell != "E12" else "03/3/2026"
    book.save(tmp_path / "in" / "mended.xlsx")
    assert codes(read(tmp_path / "in/mended.xlsx", rules).findings) == []
    assert {r.name: r.outcome for r in take().files}["mended.xlsx"] == "taken"


def test_a_percentage_stays_one_in_the_marked_copy(store, rules, send, take, tmp_path):
    path = send()
    book = openpyxl.load_workbook(path)
    row = next(cell.row for cell in book.active["A"] if cell.value == "line:c1_time")
    book.active[f"E{row}"] = 1
    book.active[f"E{row}"].number_format = "0%"
    book.save(path)
    copies = send_back(take(), tmp_path / "out")
    (copy,) = copies.values()
    assert codes(read(tmp_path / "out" / copy.path, rules).findings) == ["percent-in-number"]


def test_what_was_set_aside_lies_there_byte_for_byte_under_a_name_that_cannot_leave(
    send, take, tmp_path
):
    (tmp_path / "in").mkdir()
    raw = b"=cmd|calc khong phai so"
    (tmp_path / "in/; rm -rf ~ ..é.xlsx").write_bytes(raw)
    intake = take()
    assert send_back(intake, tmp_path / "out") == {}
    kept = list((tmp_path / "out/de-rieng").iterdir())
    assert [path.read_bytes() for path in kept] == [raw]
    assert all(part.isascii() and not part.startswith(".") for part in (kept[0].name,))


def test_a_csv_file_with_mistakes_comes_back_as_a_marked_sheet(take, tmp_path, rules):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/meeting.csv").write_text(
        "meeting_id;chi_bo_id;for_month;status;kind\nx;cb-an-phu-hd42;2026-13;held;=1+1\n",
        encoding="utf-8",
    )
    intake = take()
    assert sorted(codes(intake.files[0].findings)) == ["bad-value", "value-not-allowed"]
    sheet = openpyxl.load_workbook(
        tmp_path / "out" / send_back(intake, tmp_path / "out")[intake.files[0].digest].path
    ).active
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} == {
        "C2",
        "E2",
    }
    assert sheet["E2"].value == "=1+1"
    assert sheet["E2"].data_type == "s"


def test_a_taken_form_with_a_warning_has_a_marked_copy_too(send, take, tmp_path):
    send(entries={("self", "c1_time"): 9})
    intake = take()
    assert intake.files[0].outcome == "taken"
    assert [copy.path for copy in send_back(intake, tmp_path / "out").values()] == [
        f"danh-dau/f-{intake.files[0].digest[:8]}.xlsx"
    ]


@pytest.mark.parametrize("name", ["x" * 200 + ".xlsx", "a/b.xlsx", "con.xlsx"])
def test_any_name_gives_a_safe_one(tmp_path, name):
    from assess.exchange.intake.marked import safe_name
    from assess.exchange.intake.result import FileResult

    found = safe_name(FileResult(tmp_path / name.replace("/", "_"), name, "0123456789abcdef"))
    assert found.endswith("-01234567.xlsx")
    assert len(found) < 90
    assert "/" not in found
