"""The office's own words: kept beside the matrix, printed in their parts, never lost in silence."""

import pytest

from assess.base.errors import InputError
from assess.reports.own_words import ROOM, parse_words, strange_numbers, unused_parts, words_block
from assess.runs import make_plan, run_matrix
from assess.runs.page_check import html_text
from assess.runs.verify import verify
from kit.batches import entry, write_matrix
from kit.command import assess
from kit.rendered_tables import squeeze

WORDS = """# Ưu điểm
Các chi bộ duy trì nền nếp sinh hoạt.

- quán triệt kịp thời
- ghi biên bản đầy đủ

# Kiến nghị, đề xuất
Đề nghị Tỉnh ủy hướng dẫn, như đã hướng dẫn Đảng bộ xã Mẫu Thử; có 9.876 ý kiến.
"""


def test_parts_are_found_by_their_headings():
    found = parse_words("\ufeff" + WORDS, "w.md")
    assert list(found) == ["Ưu điểm", "Kiến nghị, đề xuất"]
    assert found["Ưu điểm"].endswith("- ghi biên bản đầy đủ")
    assert parse_words("", "w.md") == {}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("chữ\n# A\n", "words-no-heading", 1),
        ("# A\nx\n# A\ny\n", "words-twice", 3),
        ("# A\n\n{{ plan.chosen }}\n", "words-markup", 3),
        ("# A\n<b>x</b>\n", "words-markup", 2),
        ("# A\n<script>x</script>\n", "words-markup", 2),
    ],
)
def test_what_would_be_lost_or_run_is_refused_at_its_line(text, code, line):
    with pytest.raises(InputError) as caught:
        parse_words(text, "w.md")
    finding = caught.value.findings[0]
    assert (finding.code, finding.place.line) == (code, line)


def test_a_part_that_is_not_written_leaves_room_and_names_are_taken_whatever_their_case():
    block = words_block({"ƯU ĐIỂM": "*Nền nếp* tốt."}, "Đánh giá chung", ["Ưu điểm", "Hạn chế"])
    assert block.as_text().split("\n\n") == [
        "Đánh giá chung",
        "1. Ưu điểm",
        "Nền nếp tốt.",
        "2. Hạn chế",
        ROOM,
    ]
    assert words_block({}, "Kiến nghị", []).as_text() == f"Kiến nghị\n\n{ROOM}"


def test_parts_that_nothing_prints_and_numbers_that_are_no_results_are_found():
    assert unused_parts(["Ưu điểm", "Khác"], ["III- Đánh giá chung", "1. Ưu điểm"]) == ["Khác"]
    said = {"a": "Có 174/180 buổi, 96,7%; năm 2026; 5 chi bộ; 1.234 lượt"}
    assert strange_numbers(said, "174/180 96,7 2026") == ["1.234"]


def test_they_are_printed_kept_on_every_run_and_a_change_of_them_or_of_the_figures_is_told(
    laid, tmp_path
):
    path = laid.words_path("2026", "qs-tinh", "annual_review")
    path.parent.mkdir(parents=True)
    path.write_text(WORDS + "# Phần lạ\nkhông ai in\n", encoding="utf-8")
    matrix = write_matrix(laid, entry("annual_review", "qs-tinh", "2026", also="[docx, xlsx]"))
    batch = run_matrix(matrix, laid, tmp_path)
    assert batch.failed == ()
    page = html_text((batch.folder / "2026/qs-tinh/annual_review.html").read_text(encoding="utf-8"))
    for part in (
        "1. Ưu điểm Các chi bộ duy trì nền nếp",
        "quán triệt kịp thời",
        "3. Nguyên nhân [Bổ",
    ):
        assert squeeze(part) in squeeze(page)
    assert page.index("Đánh giá chung") < page.index("Nơi nhận")
    notes = " ".join(batch.outcomes[0].notes)
    assert "lời văn nêu số không có trong báo cáo: 9.876" in notes
    assert "lời văn có phần “Phần lạ” mà mẫu báo cáo không in" in notes

    def reasons():
        return make_plan(matrix, laid, lambda name: tmp_path / name).steps[0].reasons

    assert reasons() == ("không có gì thay đổi",)
    path.write_text(WORDS.replace("; có 9.876 ý kiến", ""), encoding="utf-8")
    assert reasons() == ("lời văn: khác",)
    assert run_matrix(matrix, laid, tmp_path).outcomes[0].notes == ()
    path.rename(path.with_name("annual_reviw.md"))
    told = assess("run", matrix, "--out", tmp_path, cwd=laid.root).stderr
    assert "annual_reviw.md: không báo cáo nào dùng lời văn này; có phải annual_review.md?" in told
    path.with_name("annual_reviw.md").unlink()
    assert verify(batch.folder).problems == ()  # its folder has them


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"# A\n<b>x</b>\n", "words-markup"),
        ("# Ưu điểm\nđủ\n".encode("utf-16"), "not-utf8"),
        (b"# A\n\xf0\xfe\n", "not-utf8"),
    ],
)
def test_a_wrong_file_of_words_is_told_before_anything_runs(laid, tmp_path, content, code):
    path = laid.words_path("2026-Q1", "qs-tinh", "period_summary")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        run_matrix(write_matrix(laid, entry("period_summary")), laid, tmp_path)
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.file) == (code, str(path))
