"""The published study and letter show what the study found."""

import datetime as dt

import pytest

from assess.base.errors import InputError
from assess.base.numbers import count
from assess.base.periods import Period, moment
from assess.records import make_slice
from assess.reports import results
from assess.reports.report import Report
from assess.runs import run_matrix
from assess.runs.page_check import html_text, pdf_pages
from assess.studies.readings import PERIOD, raised_questions, study_readings
from assess.studies.readings.petition import petition
from kit.rendered_tables import html_tables, number

MATRIX = """
id: thu
title: Bộ thử
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {template: readings_study, dang_bo: [phuong-vi-du], period: 2026}
  - {template: clarification_request, dang_bo: [phuong-vi-du], period: 2026-Q1}
  - {template: clarification_request, dang_bo: [cqd-09], period: 2025}
  - {template: readings_case, dang_bo: [cqd-09], period: 2025-03}
"""
S0 = ["not_applicable", "no_chi_uy", "chi_uy_in_criticism"]
"""The clauses that a chi bộ of Lai Châu asked to have clarified in 2020."""


@pytest.fixture(scope="module")
def published(tmp_path_factory, workspace):
    folder = tmp_path_factory.mktemp("cach-hieu")
    matrix = folder / "thu.yaml"
    matrix.write_text(MATRIX, encoding="utf-8")
    batch = run_matrix(matrix, workspace, folder / "reports")
    assert batch.failed == ()
    return batch.folder


def cut_(workspace, dang_bo, period):
    at = moment("2027-01-10")
    records = workspace.source("data/sample").records(at)
    return make_slice(
        records,
        workspace.rules(),
        dang_bo=dang_bo,
        period=Period.parse(period),
        as_of=at,
        document_date=dt.date(2027, 1, 12),
    )


def test_the_study_of_an_phus_form_ranks_its_unclear_clauses_by_what_they_change(
    published, workspace
):
    made = cut_(workspace, "phuong-vi-du", "2026")
    study = study_readings(made, raised_questions(made))
    tables = html_tables(published / "2026/phuong-vi-du/readings_study.html")
    _, rows, _ = tables["cau-hoi"]
    assert (
        next(row[1] for row in rows)
        == "Điểm nội dung chuyên đề trong tháng không có sinh hoạt chuyên đề"
    )
    assert {row[1] for row in rows} == {q.title for q in study.space.questions}
    found = study.questions.set_axis([q.title for q in study.space.questions])
    for row in rows:
        about = found.loc[row[1]]
        assert [number(cell) for cell in row[2:6]] == [
            about["touched"],
            about["class_moves"],
            about["alone"],
            about["together"],
        ]
        assert number(row[10]) == pytest.approx(100 * about["class_total"], abs=0.051)
    _, rows, _ = tables["do-vung"]
    verdicts = study.cases["verdict"].value_counts()
    assert [number(row[1]) for row in rows[:3]] == [
        verdicts["robust"],
        verdicts["fragile"],
        verdicts["contested"],
    ]
    _, rows, _ = tables["bo-cau-hoi"]
    smallest = study.flips[
        study.flips["size"] == study.flips["case_id"].map(study.cases.set_index("case_id")["flips"])
    ]
    assert len(rows) == smallest["case_id"].nunique()
    text = html_text(
        (published / "2026/phuong-vi-du/readings_study.html").read_text(encoding="utf-8")
    )
    assert f"{count(study.space.size)} tổ hợp" in text
    assert f"còn {count(study.distinct.size)} tổ hợp được tính" in text
    assert "không lấy mẫu" in text
    never = int((study.cases["verdict"] == "").sum())
    assert (
        f"Kỳ có {len(study.cases)} buổi đã tổ chức; {never} buổi không được xếp loại theo bất kỳ cách hiểu nào"
        in text
    )
    assert "Căn cứ tính điểm" in text


def test_the_study_says_what_a_chi_bos_year_turns_on(published, workspace):
    made = cut_(workspace, "phuong-vi-du", "2026")
    study = study_readings(made, raised_questions(made, of=PERIOD), of=PERIOD)
    tables = html_tables(published / "2026/phuong-vi-du/readings_study.html")
    head, rows, _ = tables["ky-an-phu-hd42"]
    assert head[3:8] == ["Tốt", "Khá", "Trung bình", "Kém", "Chưa xếp loại"]
    shares = study.acceptability[study.acceptability["class_id"] == "tot"].set_index("case_id")[
        "share"
    ]
    assert sorted(number(row[3]) for row in rows) == pytest.approx(
        sorted(100 * shares.reindex(study.cases["case_id"]).fillna(0)), abs=0.051
    )
    assert {row[1] for row in rows} == {
        "chưa có quy định"
    }  # An Phú's rule set has no rule for a year
    assert {row[2] for row in rows} > {
        "chưa ổn định"
    }  # the verdict is on the classes that the readings do give
    for row in rows:
        assert sum(map(number, row[3:8])) == pytest.approx(100, abs=0.3)
    _, rows, _ = tables["ky-theo-cach"]
    assert [row[0] for row in rows] == [
        study.space.question("period_class").option(way).title for way in study.ways()
    ]
    for row, mine in zip(rows, study.ways().values(), strict=True):
        counts = mine["verdict"].value_counts()
        parts = [int(counts.get(name, 0)) for name in ("robust", "fragile", "contested")]
        assert [number(cell) for cell in row[1:]] == [
            *parts,
            len(made.chi_bo) - sum(parts),
            len(made.chi_bo),
        ]
    _, rows, _ = tables["cau-hoi-ky"]
    assert rows[0][0] == "Xếp loại cả kỳ khi quy định không nêu cách"
    assert number(rows[0][6]) == pytest.approx(
        100 * study.questions["class_total"].max(), abs=0.051
    )
    text = html_text(
        (published / "2026/phuong-vi-du/readings_study.html").read_text(encoding="utf-8")
    )
    assert f"ghép được {count(study.space.size)} tổ hợp" in text


def test_every_figure_of_the_study_has_words_for_those_who_do_not_see_it_and_its_table(published):
    page = (published / "2026/phuong-vi-du/readings_study.html").read_text(encoding="utf-8")
    assert page.count("<img") >= 4
    assert page.count("ở bảng ngay sau hình") >= 4


def test_the_months_of_s0s_chi_bo_under_every_reading_of_its_three_unclear_places(workspace):
    study = study_readings(cut_(workspace, "cqd-09", "2025"), S0)
    found = study.cases[study.cases["verdict"] != ""]
    assert study.space.size == 2 * 6 * 4 * 3
    assert (len(found), int((found["verdict"] != "robust").sum())) == (12, 11)
    ranked = study.questions.sort_values("class_total", ascending=False)["question_id"].tolist()
    assert ranked[0] == "not_applicable"
    sizes = study.flips.groupby("case_id")["size"].min()
    assert (found.set_index("case_id").loc[sizes.index, "flips"] == sizes).all()


def test_the_letter_names_each_clause_its_readings_what_they_change_and_the_wording_proposed(
    published, workspace
):
    page = published / "2025/cqd-09/clarification_request"
    text = html_text(page.with_suffix(".html").read_text(encoding="utf-8"))
    assert "TỜ TRÌNH" in text
    assert "-TTr/CB" in text
    assert "Kính gửi: Đảng ủy các cơ quan Đảng tỉnh Minh Họa" in text
    assert "Bài của Chi bộ 1, Sở Tư pháp tỉnh Lai Châu" in text
    made = cut_(workspace, "cqd-09", "2025")
    study = study_readings(made, raised_questions(made, basis=False), basis=False)
    found = petition(made, study)
    assert text.count("Kiến nghị hướng dẫn theo hướng: “") == 5 <= len(found.asked)
    assert "Các nội dung khác, nêu ở phụ lục" in text
    never = found.held - found.classed
    assert (
        f"{found.any_way}/{found.classed} buổi sinh hoạt (không kể {never} buổi chưa xếp loại được theo bất kỳ cách nào) thay đổi xếp loại"
        in text
    )
    assert f"trong đó {found.one_alone} buổi thay đổi khi chỉ một nội dung được hiểu khác" in text
    zero = study.alone.set_index(["question_id", "option"]).loc[("not_applicable", "zero")]
    assert f"tính 0 điểm: {int(zero['changed'])} buổi của 1 chi bộ thay đổi xếp loại" in text
    pages = pdf_pages(page.with_suffix(".pdf"))
    signed = [number for number, page in enumerate(pages) if "T/M CHI BỘ" in " ".join(page.split())]
    assert signed
    after = " ".join(" ".join(pages[signed[0] :]).split()).split("T/M CHI BỘ", 1)[1]
    assert "Phụ lục" in after
    assert (
        "Kết quả theo từng cách hiểu" in after
    )  # what each reading changes comes after the signature
    assert "Văn bản được dẫn" in after


def test_the_letter_names_the_lines_and_which_content_lies_within_another(published, workspace):
    text = html_text(
        (published / "2026-Q1/phuong-vi-du/clarification_request.html").read_text(encoding="utf-8")
    )
    made = cut_(workspace, "phuong-vi-du", "2026-Q1")
    found = petition(made, study_readings(made, raised_questions(made, basis=False), basis=False))
    assert (
        "“Nội dung sinh hoạt chuyên đề” (phần II.3.2), khi nội dung 2 được hiểu là tiêu chí không áp dụng"
        in text
    )
    assert "“Không ai vắng có lý do quá 3 lần liên tiếp trong năm” (nhóm 2, dòng 2)" in text
    assert (
        "“Chi ủy họp (hoặc bí thư, phó bí thư hội ý) trước, có biên bản”" not in text
    )  # nobody there lacks a chi ủy
    (zero,) = [s for s in found.shared["thematic_points_off_month"] if s.option == "literal"]
    assert (
        f"{zero.both}/{zero.changed} buổi thay đổi theo cách b cũng nằm trong {zero.other_changed} buổi thay đổi theo cách b của nội dung 1"
        in text
    )
    together = found.changed_by("thematic_points_off_month", "not_applicable")
    assert (
        f"nằm trong nội dung 1; hai nội dung, mỗi buổi tính một lần: {together} buổi thay đổi"
        in text
    )


def test_a_letter_speaks_of_what_the_form_raises_and_of_nothing_else(published, workspace):
    text = html_text(
        (published / "2026-Q1/phuong-vi-du/clarification_request.html").read_text(encoding="utf-8")
    )
    said = text.split("nên chưa đề nghị:")[1].split("Kính đề nghị")[0]
    made = cut_(workspace, "phuong-vi-du", "2026-Q1")
    (rules,) = made.rule_sets.values()
    raised = {q.id for q in rules.questions}
    for question in raised_questions(made, basis=False).idle:
        assert question in raised
    assert (
        "Mẫu số của tỷ lệ dự họp" not in said
    )  # a question of practice, raised by no line of the form


def test_the_case_asks_what_its_own_form_leaves_open(published):
    text = html_text((published / "2025-03/cqd-09/readings_case.html").read_text(encoding="utf-8"))
    assert "được 72 cách" in text
    assert "chuyên đề trong tháng không có" not in text


def test_results_refuse_a_study_of_something_else(workspace):
    made = cut_(workspace, "cqd-09", "2026-Q3")
    report = Report(made, {})
    of_period, of_meetings = (
        study_readings(made, ["period_class"], of=PERIOD),
        study_readings(made, ["not_applicable"]),
    )
    for make, study in (
        (results.study_results, of_period),
        (results.petition_results, of_period),
        (results.period_study, of_meetings),
    ):
        with pytest.raises(InputError) as caught:
            make(report, study)
        assert [finding.code for finding in caught.value.findings] == ["study-of-other"]
