"""All score forms of a month as one PDF: in the order of the list, complete, ready to write on."""

import io
import subprocess

import pikepdf
import pytest

from assess.exchange.forms.layout import hint
from assess.exchange.forms.make_forms import forms_of_month
from assess.records import words
from assess.reports.form_pages import forms_pdf
from kit.command import assess


@pytest.fixture(scope="module")
def forms(workspace, rules):
    return forms_of_month(
        workspace.source("data/sample"), rules, "phuong-vi-du", "3/2026", filled=True
    )


def text_of(pdf, tmp_path):
    (tmp_path / "f.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "f.pdf", "-"], check=True, capture_output=True
    )
    return told.stdout.decode()


@pytest.mark.poppler
def test_each_form_begins_a_page_in_the_order_of_the_list(forms, tmp_path):
    pages = text_of(forms_pdf(forms, "Phiếu"), tmp_path).split("\f")
    first = [page for page in pages if "THÔNG TIN BUỔI SINH HOẠT" in page]
    assert len(first) == len(forms) == 15
    for (form, _), page in zip(forms, first, strict=True):
        assert form.chi_bo.upper() in page
    assert [form.form_id.unit_id for form, _ in forms] == sorted(
        f.form_id.unit_id for f, _ in forms
    )


@pytest.mark.poppler
def test_a_form_has_every_fact_line_and_value(forms, tmp_path):
    form, filled = forms[0]
    text = " ".join(text_of(forms_pdf([(form, filled)], "Phiếu"), tmp_path).split())
    squeezed = text.replace(" ", "")
    for fact in form.facts:
        assert words.FACTS[fact.name][:20].replace(" ", "") in squeezed
    for criterion in form.rules.criteria:
        assert criterion.title[:15].replace(" ", "") in squeezed
        assert hint(criterion)[:12].replace(" ", "") in squeezed
    assert f"{filled.facts['minutes']:g} phút" in text
    assert "T/M CHI BỘ" in text


def test_the_same_forms_give_the_same_bytes_and_an_accessible_file(forms):
    pdf = forms_pdf(forms[:2], "Phiếu tháng 3")
    assert forms_pdf(forms[:2], "Phiếu tháng 3") == pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.Lang == "vi"
        assert document.Root.MarkInfo.Marked


def test_the_command_writes_one_file_and_keeps_one_that_is_there(tmp_path):
    asked = ("form", "Đảng bộ phường Ví Dụ", "3/2026", "--pdf", "--records", "data/sample")
    done = assess(*asked, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    [path] = tmp_path.iterdir()
    assert path.suffix == ".pdf"
    again = assess(*asked, "--out", str(tmp_path))
    assert (again.returncode, "đã có" in again.stderr) == (2, True)
