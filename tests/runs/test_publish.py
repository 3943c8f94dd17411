"""A failure loses nothing good.

What it does not touch is published; what it would have replaced stays, marked as old.
"""

import json
import shutil

from lxml import html

from assess.runs import run_matrix
from assess.runs.page_check import pdf_pages
from assess.runs.plan import make_plan
from assess.runs.verify import verify
from kit.batches import add_template, entry, write_matrix

KEY = "2026-Q1/qs-tinh/odd"
SAYS = "from assess.reports.blocks import Paragraph\nParagraph({text!r})"
WHOLE = {f"odd.{kind}" for kind in ("ipynb", "html", "pdf", "xlsx", "figures.json")} | {"odd.slice"}
FAILED = {"odd.failed.html", "odd.failed.ipynb", "odd.failed.slice"}


def shown(path):
    return " ".join(html.document_fromstring(path.read_bytes()).text_content().split())


def test_a_format_that_fails_leaves_the_others_and_a_report_that_fails_leaves_the_last_one(
    laid, tmp_path
):
    matrix = write_matrix(laid, entry("odd", also="[xlsx]"))
    trust = []

    def run(code):
        add_template(laid, "odd", code)
        trust.append(
            shutil.copyfile(
                laid.templates_folder / "odd.ipynb", tmp_path / f"odd {len(trust)}.ipynb"
            )
        )
        batch = run_matrix(matrix, laid, tmp_path)
        return (
            batch,
            batch.outcomes[0],
            {path.name for path in (batch.folder / "2026-Q1/qs-tinh").iterdir()},
        )

    def bytes_of(*names):
        return [(tmp_path / "thu/2026-Q1/qs-tinh" / name).read_bytes() for name in names]

    # a character that the PDF's font lacks loses nothing: its code is printed, with a note
    batch, outcome, files = run(SAYS.format(text="\ue0b7 gạch đầu dòng của Word"))
    assert (batch.failed, files) == ((), WHOLE)
    assert "[U+E0B7] gạch đầu dòng của Word" in " ".join(pdf_pages(batch.folder / f"{KEY}.pdf"))
    assert "in mã của chúng thay vào: U+E0B7 ở “[U+E0B7] gạch đầu dòng" in outcome.notes[0]
    assert "\ue0b7 gạch đầu dòng" in (batch.folder / f"{KEY}.html").read_text(encoding="utf-8")
    index, first = batch.folder / "index.html", bytes_of("odd.pdf", "odd.html")

    # the whole report fails: all of the last report stays, beside the page of the failure
    batch, outcome, files = run("raise SystemExit('hỏng')")
    assert (len(batch.failed), outcome.ok, outcome.has_report) == (1, False, False)
    assert files == WHOLE | FAILED
    assert bytes_of("odd.pdf", "odd.html") == first
    for page in (index, batch.folder / f"{KEY}.failed.html"):
        assert (
            "bản cũ, số liệu ghi nhận đến 23:59 ngày 10/01/2027, văn bản ngày 12/01/2027"
            in shown(page)
        )
    assert "HTML cũ · PDF cũ · Excel cũ · sổ tính Jupyter cũ" in shown(index)
    assert "còn nguyên: odd.html, odd.pdf, odd.xlsx, odd.ipynb" in outcome.told
    notebook = json.loads((batch.folder / f"{KEY}.failed.ipynb").read_text(encoding="utf-8"))
    assert any(
        'slice = "odd.failed.slice"' in "".join(cell["source"]) for cell in notebook["cells"]
    )
    assert verify(batch.folder, trust=trust).problems == ()
    lines = [
        json.loads(line)
        for line in (batch.folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [line["ok"] for line in lines if "key" in line] == [True, False]

    # one format fails: the others are new, and the last PDF stays under a name that marks it as
    # older
    batch, outcome, files = run(SAYS.format(text="hai a\u20e3"))
    assert (len(batch.failed), outcome.ok, outcome.has_report) == (1, False, True)
    assert files == (WHOLE - {"odd.pdf"}) | {"odd.failed.html", "odd.older.pdf"}
    assert bytes_of("odd.older.pdf") == first[:1]
    assert b"hai a" in bytes_of("odd.html")[0]
    for page in (index, batch.folder / f"{KEY}.failed.html"):
        assert "không dựng được PDF: phông chữ của PDF không có chữ cho: U+0061" in shown(
            page
        ).replace("Không", "không")
        assert "bản cũ, số liệu ghi nhận đến" in shown(page)
    assert "1 báo cáo thiếu định dạng" in shown(index)
    assert list(outcome.lacking) == ["pdf"]
    assert verify(batch.folder, trust=trust).problems == ()
    step = make_plan(matrix, laid, lambda _: batch.folder).steps[0]
    assert (step.action, step.reasons[0][:23]) == ("run", "lần trước chưa lập đủ: ")

    # older files are kept once more; a file that somebody changed meanwhile is not among them
    (batch.folder / f"{KEY}.html").write_text("sửa", encoding="utf-8")
    batch, outcome, files = run("raise SystemExit('hỏng')")
    assert files == (WHOLE - {"odd.pdf", "odd.html"}) | FAILED | {"odd.older.pdf"}
    assert "còn nguyên: odd.xlsx, odd.ipynb" in outcome.told
    assert [max(old.files) for old in outcome.older] == ["odd.xlsx", "odd.older.pdf"]

    # a good report replaces all of them
    batch, outcome, files = run(SAYS.format(text="ba"))
    assert (batch.failed, files, outcome.older) == ((), WHOLE, ())
    assert run_matrix(matrix, laid, tmp_path).made == 0
