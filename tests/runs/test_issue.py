"""Issuing: what was signed is frozen with its number, and a later run says what differs from it."""

import json
import shutil
import zipfile

import openpyxl
import pytest

from assess.base.errors import InputError
from assess.runs import run_matrix
from assess.runs.issue import changed_since, check_issued, issue
from assess.runs.page_check import html_text, pdf_pages
from assess.runs.register import Register
from assess.workspace import Workspace, lay_workspace
from kit.batches import MATRIX, entry
from kit.command import assess
from kit.rendered_tables import squeeze

KEY = "2026-Q1/phuong-vi-du/period_summary"
OFFICE = """unit: phuong-vi-du
committee:
  - since: 2026-01-01
    symbol: "ĐU"
    authority: "T/M BAN THƯỜNG VỤ"
    post: "PHÓ BÍ THƯ"
    name: "Nguyễn Văn Mẫu"
    recipients: ["Ban Tổ chức Tỉnh ủy"]
"""
WORDS = """# Nhiệm vụ trọng tâm
Duy trì nền nếp sinh hoạt.

# Kiến nghị, đề xuất
Không.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with one report of a ward whose office has settled what it prints."""
    laid = lay_workspace(tmp_path_factory.mktemp("issue") / "ws")
    laid.office_folder.mkdir(exist_ok=True)
    (laid.office_folder / "phuong-vi-du.yaml").write_text(OFFICE, encoding="utf-8")
    words = laid.root / "params/loi-van/2026-Q1/phuong-vi-du/period_summary.md"
    words.parent.mkdir(parents=True, exist_ok=True)
    words.write_text(WORDS, encoding="utf-8")
    run(laid)
    return laid


@pytest.fixture
def ward(made, tmp_path):
    """A copy of it for each test."""
    shutil.copytree(made.root, tmp_path / "ws")
    return Workspace(tmp_path / "ws")


def run(laid, *more, template="period_summary", **parts):
    text = MATRIX.replace("reports:", "".join(f"{line}\n" for line in more) + "reports:")
    path = laid.root / "params/runs/thu.yaml"
    text += f"  - {{{entry(template, 'phuong-vi-du', **parts)}}}\n"
    path.write_text(text, encoding="utf-8")
    return run_matrix(path, laid, laid.root / "reports")


def frozen(laid, document):
    folder = laid.root / document.folder
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def refused(code, *words, **more):
    with pytest.raises(InputError) as caught:
        issue(*words, **more)
    assert f"[{code}]" in str(caught.value)
    return str(caught.value)


def test_what_goes_out_bears_its_number_and_stands_in_the_register_and_its_list(ward):
    document = issue(ward, ward.root / f"reports/thu/{KEY}.pdf", "38")
    assert (document.sign, document.day) == ("38-BC/ĐU", "2027-01-12")
    assert document.signer == "PHÓ BÍ THƯ, Nguyễn Văn Mẫu"
    folder = ward.root / document.folder
    page = (folder / "period_summary.html").read_text(encoding="utf-8")
    assert "38-BC/ĐU" in squeeze(html_text(page))
    assert "38-BC/ĐU" in squeeze(" ".join(pdf_pages((folder / "period_summary.pdf").read_bytes())))
    # what the batch made is as it was: the number is that of the issued document alone
    made = (ward.root / f"reports/thu/{KEY}.html").read_text(encoding="utf-8")
    assert "38-BC/ĐU" not in squeeze(html_text(made))
    assert (folder / "period_summary.slice/slice.json").is_file()
    rows = list(openpyxl.load_workbook(ward.root / "phat-hanh/so-van-ban.xlsx").active.values)
    assert (rows[0][1], rows[1][1]) == ("Số, ký hiệu", "38-BC/ĐU")
    assert check_issued(ward) == []


def test_a_second_issue_says_what_it_replaces_and_the_first_stays_byte_for_byte(ward):
    report = ward.root / f"reports/thu/{KEY}"
    first = issue(ward, report, "38")
    before = frozen(ward, first)
    assert "38-BC/ĐU" in refused("issue-again", ward, report, "39")
    refused("issue-number-taken", ward, report, "38", how="replaces", earlier="38-BC/ĐU")
    refused("issue-no-earlier", ward, report, "39", how="replaces", earlier="12-BC/ĐU")
    second = issue(ward, report, "39", how="replaces", earlier="38-BC/ĐU")
    page = (ward.root / second.folder / "period_summary.html").read_text(encoding="utf-8")
    assert "(Thay thế Báo cáo số 38-BC/ĐU, ngày 12/01/2027)" in html_text(page)
    added = issue(ward, report, "40", how="adds_to", earlier="39-BC/ĐU")
    assert "Bổ sung" in (ward.root / added.folder / "period_summary.html").read_text("utf-8")
    assert frozen(ward, first) == before
    register = Register(ward.root)
    assert [document.sign for document in register.documents] == [
        "38-BC/ĐU", "39-BC/ĐU", "40-BC/ĐU"
    ]  # fmt: skip
    assert register.standing(KEY).sign == "39-BC/ĐU"  # an addition does not take its place


def test_a_later_run_says_which_figures_differ_from_what_is_out(ward):
    batch = run(ward)
    issue(ward, batch.folder / KEY, "38")
    assert changed_since(ward, batch.folder, KEY) is None
    for name in ("sheet", "line"):  # the sheet of January goes
        path = ward.root / f"data/sample/{name}.csv"
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("pvd-01.2601.")]
        assert len(kept) < len(lines)
        path.write_text("".join(kept), encoding="utf-8")
    done = assess("run", "params/runs/thu.yaml", cwd=ward.root)
    assert done.returncode == 0
    assert "đã phát hành Báo cáo số 38-BC/ĐU, ngày 12/01/2027; nay khác" in done.stderr
    assert "--replaces 38-BC/ĐU" in done.stderr
    document, changes = changed_since(ward, batch.folder, KEY)
    assert document.sign == "38-BC/ĐU"
    assert any("bảng “" in change and " → " in change for change in changes)


def test_what_is_not_ready_does_not_go_out(ward):
    report = ward.root / f"reports/thu/{KEY}"
    words = ward.root / "params/loi-van/2026-Q1/phuong-vi-du/period_summary.md"
    words.unlink()
    run(ward)
    assert "Nhiệm vụ trọng tâm" in refused("issue-room", ward, report, "38")
    words.write_text(WORDS, encoding="utf-8")
    run(ward)
    refused("issue-bad-number", ward, report, "38/BC")
    refused("issue-not-made", ward, ward.root / "reports/thu/2026-Q1/phuong-vi-du/x.pdf", "38")
    run(ward, numbers='{phuong-vi-du: "41"}')
    refused("issue-other-number", ward, report, "38")
    page = report.with_suffix(".html")
    page.chmod(0o644)
    page.write_text(page.read_text(encoding="utf-8").replace("Ví", "Vi"), encoding="utf-8")
    assert "period_summary.html" in refused("issue-altered", ward, report, "41")
    assert not (ward.root / "phat-hanh/so-van-ban.jsonl").exists()


def test_a_study_is_no_document_and_has_no_number(ward):
    batch = run(ward, template="readings_study")
    refused("issue-no-number", ward, batch.folder / "2026-Q1/phuong-vi-du/readings_study", "38")


def test_a_frozen_file_or_a_line_of_the_register_that_was_changed_is_told(ward):
    document = issue(ward, ward.root / f"reports/thu/{KEY}", "38")
    path = ward.root / document.folder / "period_summary.docx"
    other = ward.root / document.folder / "period_summary.html"
    assert not path.exists()  # the matrix asks for no Word
    assert other.stat().st_mode & 0o222 == 0
    other.chmod(0o644)
    other.write_text("x", encoding="utf-8")
    assert any("period_summary.html đã bị sửa" in problem for problem in check_issued(ward))
    told = assess("issue", cwd=ward.root)
    assert (told.returncode, "đã bị sửa" in told.stderr) == (1, True)
    issue(ward, ward.root / f"reports/thu/{KEY}", "39", how="replaces", earlier="38-BC/ĐU")
    register = ward.root / "phat-hanh/so-van-ban.jsonl"
    first, second = register.read_bytes().splitlines(keepends=True)
    changed = json.loads(first)
    changed["day"] = "2027-01-11"
    register.write_bytes(json.dumps(changed, sort_keys=True).encode() + b"\n" + second)
    with pytest.raises(InputError, match="register-damaged"):
        Register(ward.root)
    told = assess("issue", cwd=ward.root)
    assert (told.returncode, "[register-damaged]" in told.stderr) == (2, True)


def test_an_issue_that_was_cut_off_leaves_no_number_taken(ward, monkeypatch):
    report = ward.root / f"reports/thu/{KEY}"

    def full(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Register, "append", full)
        with pytest.raises(OSError, match="space"):
            issue(ward, report, "38")
    (ward.root / "phat-hanh/so-van-ban.jsonl").write_bytes(b'{"sign": "38-BC')
    # nothing tells this folder from one whose line was cut off the register: a person decides
    left = "phat-hanh/2027/38-BC-DU.phuong-vi-du"
    assert left in refused("issue-left", ward, report, "38")
    assert [problem for problem in check_issued(ward) if left in problem]
    (ward.root / left).rename(ward.root / "bo-do")
    document = issue(ward, report, "38")
    assert [each.sign for each in Register(ward.root).documents] == ["38-BC/ĐU"]
    assert document.folder == left
    assert check_issued(ward) == []


def test_an_end_cut_off_the_register_is_told_and_no_number_is_given_twice(ward):
    report = ward.root / f"reports/thu/{KEY}"
    issue(ward, report, "38")
    issue(ward, report, "39", how="replaces", earlier="38-BC/ĐU")
    path = ward.root / "phat-hanh/so-van-ban.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    told = assess("issue", cwd=ward.root)
    assert (told.returncode, "39-BC-DU.phuong-vi-du: có thư mục mà sổ không có" in told.stderr) == (
        1,
        True,
    )
    refused("issue-left", ward, report, "39", how="replaces", earlier="38-BC/ĐU")
    path.unlink()
    assert len(check_issued(ward)) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--number", "3"), "issue-no-report"),
        (("--replaces", "3-BC/ĐU"), "issue-no-report"),
        (("x.pdf",), "issue-which-number"),
    ],
)
def test_what_is_left_out_of_the_command_is_told(made, words, code):
    told = assess("issue", *words, cwd=made.root)
    assert (told.returncode, f"[{code}]" in told.stderr) == (2, True)


def test_only_the_document_that_holds_is_replaced_and_never_by_an_earlier_day(ward):
    report = ward.root / f"reports/thu/{KEY}"
    issue(ward, report, "38")
    issue(ward, report, "39", how="replaces", earlier="38-BC/ĐU")
    said = refused("issue-replaced", ward, report, "40", how="replaces", earlier="38-BC/ĐU")
    assert "--replaces 39-BC/ĐU" in said
    rows = list(openpyxl.load_workbook(ward.root / "phat-hanh/so-van-ban.xlsx").active.values)
    at = rows[0].index("Thay thế, bổ sung")
    assert [row[at] for row in rows[1:]] == [
        "Đã được thay thế bằng số 39-BC/ĐU",
        "Thay thế số 38-BC/ĐU",
    ]
    matrix = ward.root / "params/runs/thu.yaml"
    text = matrix.read_text(encoding="utf-8")
    matrix.write_text(text.replace("2027-01-12", "2027-01-11"), encoding="utf-8")
    run_matrix(matrix, ward, ward.root / "reports")
    refused("issue-day", ward, report, "40", how="replaces", earlier="39-BC/ĐU")


def test_a_report_made_again_never_prints_a_number_that_is_out(ward):
    batch = run(ward, numbers="{phuong-vi-du: '38'}")
    page = batch.folder / f"{KEY}.html"
    assert "38-BC/ĐU" in squeeze(html_text(page.read_text(encoding="utf-8")))
    issue(ward, batch.folder / KEY, "38")
    done = assess("run", "params/runs/thu.yaml", cwd=ward.root)
    assert done.returncode == 0
    assert "38-BC/ĐU" not in squeeze(html_text(page.read_text(encoding="utf-8")))
    assert changed_since(ward, batch.folder, KEY) is None
    issue(ward, batch.folder / KEY, "52", how="replaces", earlier="38-BC/ĐU")


def test_word_and_excel_are_frozen_too_where_the_matrix_asks_for_them(ward):
    batch = run(ward, "also: [docx, xlsx]")
    document = issue(ward, batch.folder / KEY, "38")
    files = frozen(ward, document)
    word = ward.root / document.folder / "period_summary.docx"
    with zipfile.ZipFile(word) as parts:
        assert "38-BC/ĐU" in squeeze(parts.read("word/document.xml").decode())
    assert "period_summary.xlsx" in files
