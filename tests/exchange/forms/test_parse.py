import datetime as dt
import unicodedata
import zipfile
from pathlib import Path

import openpyxl
import pdfplumber
import pytest

from assess.exchange.forms import FilledValues, write_forms
from assess.rules import parse_rule_set
from kit.score_forms import codes, form, full_entries, good_facts, read


@pytest.fixture
def blank(rules):
    return form(rules)


def sent(tmp_path, form_, facts=None, entries=None, **more):
    """Write a good score form with some values changed; return its path."""
    path = tmp_path / "f.xlsx"
    write_forms(
        path,
        [
            (
                form_,
                FilledValues(
                    {**good_facts(form_.rules.id), **(facts or {})},
                    {**full_entries(form_), **(entries or {})},
                    **more,
                ),
            )
        ],
    )
    return path


def cell_of(path, key, column="E"):
    """The cell of a row, by its hidden name."""
    sheet = openpyxl.load_workbook(path).active
    return f"{column}{next(cell.row for cell in sheet['A'] if cell.value == key)}"


def edit(path, change):
    """Open a score form with another program, change it, save it, as offices do."""
    book = openpyxl.load_workbook(path)
    change(book.active)
    book.save(path)


@pytest.mark.parametrize(
    ("rule_set_id", "kind", "code"),
    [
        ("an-phu-hd42", "Chuyên đề", "thematic-on-regular"),
        ("nghe-an-qd27-bieu2", "thường kì", "regular-on-thematic"),
        ("an-phu-hd42", "họp", "value-not-allowed"),
    ],
)
def test_a_meeting_that_has_a_form_of_its_own_is_told_which(
    tmp_path, rules, rule_set_id, kind, code
):
    path = sent(tmp_path, form(rules, rule_set_id))
    edit(path, lambda sheet: sheet.__setitem__(cell_of(path, "fact:kind"), kind))
    (finding,) = read(path, rules).findings
    assert (finding.code, finding.place.label) == (code, "Loại sinh hoạt")
    assert code == "value-not-allowed" or "--thematic" in finding.fix


def test_a_good_form_has_no_findings(tmp_path, rules, blank):
    found = read(sent(tmp_path, blank), rules)
    assert found.findings == []
    assert len(found.rows["line"]) == 28


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("fact:held_on", "30/02/2026", "date-unreadable"),
        ("fact:held_on", "hôm qua", "date-unreadable"),
        ("fact:held_on", None, "held-without-day"),
        ("fact:minutes", "chín mươi", "bad-value"),
        ("fact:minutes", 90.5, "bad-value"),
        ("fact:roll", "1.012", "bad-value"),
        ("fact:roll", "1.000", "bad-value"),
        ("fact:roll", "12,000", "bad-value"),
        ("fact:roll", -3, "value-too-small"),
        ("fact:roll", 11, "counts-differ"),
        ("fact:speakers", 30, "part-over-whole"),
        ("fact:targets_met", 9, "part-over-whole"),
        ("fact:mode", "qua điện thoại", "value-not-allowed"),
        ("fact:chi_uy_met", "tùy", "value-not-allowed"),
        ("fact:kind", "chuyên đề", "thematic-on-regular"),
        ("fact:status", "nghỉ", "value-not-allowed"),
        ("fact:minutes", "=90+5", "formula-in-entry"),
        ("line:c1_time", "=5", "formula-in-entry"),
        ("line:c1_time", "năm", "bad-points"),
        ("line:c1_time", "-", "bad-points"),
        ("line:c1_time", -1, "negative-points"),
        ("line:c1_time", dt.date(2026, 5, 4), "date-in-points"),
        ("line:c1_time", True, "bad-points"),
        ("line:c7_result", 29, "off-form-points"),
        ("line:c1_time", "4,5,6", "bad-points"),
        ("signed", "31/4/2026", "date-unreadable"),
    ],
)
def test_a_wrong_cell_is_an_error_at_that_cell(tmp_path, rules, blank, key, value, code):
    path = sent(tmp_path, blank)
    where = cell_of(path, key)
    edit(path, lambda sheet: sheet.__setitem__(where, value))
    found = read(path, rules)
    assert not found.ok
    assert [
        (f.code, f.place.cell, f.place.sheet) for f in found.findings if f.severity == "error"
    ] == [(code, where, "cb-an-phu-hd42")]


@pytest.mark.parametrize(
    ("key", "value", "code", "points"),
    [
        ("line:c1_time", 12, "over-maximum", 12.0),
        ("line:c1_time", 4.5, "partial-points", 4.5),
        ("line:c3_content", "1,5", "partial-points", 1.5),
        ("line:c1_time", None, "blank-line", None),
    ],
)
def test_what_a_reading_decides_is_a_warning_and_is_kept_as_written(
    tmp_path, rules, blank, key, value, code, points
):
    path = sent(tmp_path, blank)
    where = cell_of(path, key)
    edit(path, lambda sheet: sheet.__setitem__(where, value))
    found = read(path, rules)
    assert found.ok
    assert [(f.code, f.place.cell) for f in found.findings] == [(code, where)]
    assert "nhóm" in found.findings[0].clause
    line = next(row for row in found.rows["line"] if row["criterion_id"] == key.partition(":")[2])
    assert line["points"] == points


@pytest.mark.parametrize(
    ("key", "value", "shows"),
    [
        ("line:c1_time", 1, "100%"),
        ("line:c7_result", 0.3, "30%"),
        ("fact:roll", 12, "1200%"),
        ("fact:minutes", 0.955, "95,5%"),
    ],
)
def test_a_number_that_shows_as_a_percentage_is_an_error_at_its_cell(
    tmp_path, rules, blank, key, value, shows
):
    path = sent(tmp_path, blank)
    where = cell_of(path, key)

    def spoil(sheet):
        sheet[where] = value
        sheet[where].number_format = '0.0%"%"' if value == 0.3 else "0%"

    edit(path, spoil)
    found = read(path, rules)
    assert [(f.code, f.place.cell, f.facts) for f in found.findings if f.severity == "error"] == [
        ("percent-in-number", where, {"found": shows})
    ]
    edit(
        path,
        lambda sheet: setattr(sheet[cell_of(path, "line:c1_time", "G")], "number_format", "0%"),
    )  # formatting in a note is allowed
    edit(
        path,
        lambda sheet: (
            sheet.__setitem__(where, value),
            setattr(sheet[where], "number_format", '0"%"'),
        ),
    )
    assert "percent-in-number" not in codes(read(path, rules).findings)


def test_all_mistakes_of_a_form_are_told_at_once(tmp_path, rules, blank):
    path = sent(
        tmp_path,
        blank,
        {"held_on": "x", "roll": "y", "mode": "z"},
        {("self", "c1_time"): "a", ("self", "c2_rate"): -4},
    )
    assert sorted(codes(read(path, rules).findings)) == [
        "bad-points",
        "bad-value",
        "date-unreadable",
        "negative-points",
        "value-not-allowed",
    ]


def test_an_excel_error_in_an_entry_is_named(tmp_path, rules, blank):
    path = sent(tmp_path, blank)
    where = cell_of(path, "line:c1_time")

    def spoil(sheet):
        sheet[where] = "#DIV/0!"
        sheet[where].data_type = "e"

    edit(path, spoil)
    assert [(f.code, f.facts["found"]) for f in read(path, rules).findings] == [
        ("error-in-entry", "#DIV/0!")
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.insert_rows(1, 3),
        lambda sheet: sheet.insert_rows(20),
        lambda sheet: sheet.insert_cols(1),
        lambda sheet: sheet.insert_cols(5, 2),
    ],
    ids=["rows above", "a row within", "a column before", "columns within"],
)
def test_rows_and_columns_that_were_moved_do_no_harm(tmp_path, rules, blank, change):
    path = sent(tmp_path, blank, {"topic": "Chủ đề"}, signed={"self": dt.date(2026, 3, 3)})
    before = read(path, rules)

    def move(sheet):
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        change(sheet)

    edit(path, move)
    after = read(path, rules)
    assert after.findings == []
    for table in ("meeting", "sheet", "line"):
        assert [{**row, "address": "", "cells": {}} for row in after.rows[table]] == [
            {**row, "address": "", "cells": {}} for row in before.rows[table]
        ]


def test_a_cell_merged_with_its_neighbour_is_read_and_one_over_several_entries_is_not(
    tmp_path, rules, blank
):
    path = sent(tmp_path, blank)
    row = int(cell_of(path, "line:c1_time")[1:])
    edit(
        path, lambda sheet: sheet.merge_cells(f"D{row}:E{row}")
    )  # the maximum and the entry: openpyxl keeps what stands in D
    assert (
        next(r["points"] for r in read(path, rules).rows["line"] if r["criterion_id"] == "c1_time")
        == 5.0
    )
    path = sent(tmp_path, blank)
    edit(path, lambda sheet: sheet.merge_cells(f"E{row}:E{row + 2}"))
    found = read(path, rules)
    assert ("merged-entries", f"E{row}") in [(f.code, f.place.cell) for f in found.findings]
    assert not found.ok


def test_a_deleted_a_doubled_and_a_foreign_row_are_named(tmp_path, rules, blank):
    path = sent(tmp_path, blank)
    row = int(cell_of(path, "line:c1_time")[1:])
    edit(path, lambda sheet: sheet.delete_rows(row))
    assert [
        (f.code, f.facts["found"]) for f in read(path, rules).findings if f.code == "row-missing"
    ] == [("row-missing", "Thời lượng buổi sinh hoạt")]
    path = sent(tmp_path, blank)
    edit(path, lambda sheet: sheet.__setitem__("A90", "line:c1_time"))
    assert [(f.code, f.place.cell) for f in read(path, rules).findings] == [("row-twice", "A90")]
    path = sent(tmp_path, blank)
    edit(path, lambda sheet: sheet.__setitem__("A90", "line:c99"))
    assert codes(read(path, rules).findings) == ["row-unknown"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text.replace("an-phu-hd42", "an-phu-hd43"), "form-id-changed"),
        (lambda text: text[:-1], "form-id-changed"),
        (lambda text: text.replace("|2|", "|9|"), "form-id-changed"),
    ],
)
def test_an_id_that_was_touched_is_told_and_nothing_else_is_read(
    tmp_path, rules, blank, spoil, code
):
    path = sent(tmp_path, blank)
    edit(path, lambda sheet: sheet.__setitem__("A1", spoil(sheet["A1"].value)))
    found = read(path, rules)
    assert (codes(found.findings), found.rows["line"]) == ([code], [])


def test_a_form_on_rules_that_have_changed_or_are_not_here_is_refused(tmp_path, rules, blank):
    path = sent(tmp_path, blank)
    others = {name: rule_set for name, rule_set in rules.items() if name != "an-phu-hd42"}
    assert codes(read(path, others).findings) == ["form-no-rules"]
    text = (
        rules.texts["an-phu-hd42"]
        .replace("at_least: 70, below: 90", "at_least: 75, below: 90")
        .replace("at_least: 50, below: 70", "at_least: 50, below: 75")
    )
    changed = parse_rule_set(text, Path("an-phu-hd42.yaml"))
    found = read(path, {"an-phu-hd42": changed})
    assert (codes(found.findings), found.rows["line"]) == (["form-other-rules"], [])
    assert "mốc" in found.findings[0].sentence


def test_a_form_handed_out_before_a_label_was_mended_is_taken_without_a_word(
    tmp_path, rules, blank
):
    path = sent(tmp_path, blank)
    for old, new in (
        ("title: Thời lượng buổi sinh hoạt", "title: Thời lượng của buổi sinh hoạt"),
        ("title: từ 90%, points", "title: 90% trở lên, points"),
    ):
        text = rules.texts["an-phu-hd42"].replace(old, new)
        assert text != rules.texts["an-phu-hd42"]
        found = read(path, {"an-phu-hd42": parse_rule_set(text, Path("an-phu-hd42.yaml"))})
        assert (codes(found.findings), len(found.rows["line"])) == ([], 28)
    text = rules.texts["an-phu-hd42"].replace("title: Thời lượng buổi sinh hoạt", "title: Đúng giờ")
    found = read(path, {"an-phu-hd42": parse_rule_set(text, Path("an-phu-hd42.yaml"))})
    row = cell_of(path, "line:c1_time", "C")
    assert ([(f.code, f.place.cell) for f in found.findings], found.ok) == (
        [("row-unlike", row)],
        True,
    )


@pytest.mark.parametrize(
    ("first", "second", "last"),
    [
        ("c4_minutes", "c4_digital", "G"),
        ("c3_content", "c3_direction", "G"),
        ("present", "exempt", "F"),
    ],
)
def test_rows_exchanged_without_their_hidden_names_are_refused_at_their_titles(
    tmp_path, rules, blank, first, second, last
):
    kind, title = ("fact", "B") if first == "present" else ("line", "C")
    path = sent(tmp_path, blank, {"topic": "Chủ đề"})
    ours, other = (int(cell_of(path, f"{kind}:{key}")[1:]) for key in (first, second))

    def exchange(sheet):
        for area in [a for a in sheet.merged_cells.ranges if a.min_row in (ours, other)]:
            sheet.unmerge_cells(str(area))
        for column in "BCDEFG"[: "BCDEFG".index(last) + 1]:
            one, two = sheet[f"{column}{ours}"], sheet[f"{column}{other}"]
            one.value, two.value = two.value, one.value

    edit(path, exchange)
    found = read(path, rules)
    assert not found.ok
    assert sorted(
        (f.code, f.place.cell)
        for f in found.findings
        if f.severity == "error" and f.code == "row-other"
    ) == sorted([("row-other", f"{title}{ours}"), ("row-other", f"{title}{other}")])


@pytest.mark.parametrize(
    ("key", "column", "change", "codes_"),
    [
        ("line:c3_content", "D", lambda text: 2, ["max-other"]),
        ("line:c3_content", "D", lambda text: "ba", ["max-other"]),
        ("line:c1_time", "C", lambda text: text.replace("5: ", "6: "), ["levels-other"]),
        ("line:c1_time", "C", lambda text: "Dự họp", ["row-unlike"]),
        (
            "line:c1_time",
            "C",
            lambda text: unicodedata.normalize("NFD", text.upper()).replace("\n", "  "),
            [],
        ),
        ("line:c1_time", "C", lambda text: None, []),
        ("fact:chi_uy_met", "B", lambda text: text.replace("ủy", "uỷ").upper(), []),
        ("line:c3_content", "D", lambda text: "3", []),
    ],
)
def test_what_is_printed_beside_an_entry_is_held_against_the_form(
    tmp_path, rules, blank, key, column, change, codes_
):
    path = sent(tmp_path, blank)
    where = cell_of(path, key, column)
    edit(path, lambda sheet: sheet.__setitem__(where, change(sheet[where].value)))
    found = read(path, rules)
    assert [(f.code, f.place.cell) for f in found.findings] == [(code, where) for code in codes_]
    assert found.ok == (codes_ in ([], ["row-unlike"]))


def test_raters_columns_exchanged_without_their_hidden_names_are_refused(tmp_path, rules, blank):
    path = sent(tmp_path, blank)
    head = int(cell_of(path, "line:c1_time")[1:]) - 2

    def exchange(sheet):
        sheet[f"E{head}"], sheet[f"F{head}"] = sheet[f"F{head}"].value, sheet[f"E{head}"].value

    edit(path, exchange)
    assert [(f.code, f.place.cell) for f in read(path, rules).findings] == [
        ("column-other", f"E{head}"),
        ("column-other", f"F{head}"),
    ]


def test_a_meeting_not_held_needs_a_reason_and_no_points(tmp_path, rules, blank):
    facts = {
        "status": "hoãn",
        "held_on": None,
        "minutes": None,
        "roll": None,
        "exempt": None,
        "special_duty": None,
        "present": None,
        "absent_excused": None,
        "absent_unexcused": None,
        "exempt_present": None,
        "speakers": None,
        "targets_set": None,
        "targets_met": None,
    }
    path = tmp_path / "f.xlsx"
    write_forms(path, [(blank, FilledValues({"status": "hoãn", "reason": "bão"}))])
    found = read(path, rules)
    assert (found.findings, found.rows["sheet"], found.rows["meeting"][0]["status"]) == (
        [],
        [],
        "postponed",
    )
    assert codes(read(sent(tmp_path, blank, {**facts, "reason": "bão"}), rules).findings) == [
        "scored-not-held"
    ]
    write_forms(path, [(blank, FilledValues({"status": "hủy"}))])
    assert codes(read(path, rules).findings) == ["blank-fact"]


def test_words_are_understood_in_any_spelling(tmp_path, rules):
    hd12 = form(rules, "hd12-2018")
    path = sent(
        tmp_path,
        hd12,
        {"chi_uy_met": unicodedata.normalize("NFD", "CÓ"), "mode": "TRỰC  TUYẾN"},
        {("self", c.id): " không ĐẠT" for c in hd12.rules.criteria},
    )
    found = read(path, rules)
    assert found.findings == []
    assert (found.rows["meeting"][0]["chi_uy_met"], found.rows["meeting"][0]["mode"]) == (
        True,
        "truc_tuyen",
    )
    assert {row["points"] for row in found.rows["line"]} == {0.0}


def test_a_form_saved_by_another_program_reads_the_same(tmp_path, rules, blank):
    path = sent(
        tmp_path,
        blank,
        {"topic": "Chủ đề = 1"},
        {("self", "c4_thematic"): "Không áp dụng"},
        signed={"self": dt.date(2026, 3, 3)},
    )
    before = read(path, rules)
    edit(path, lambda sheet: None)
    assert read(path, rules).rows == before.rows


@pytest.mark.libreoffice
def test_a_form_saved_by_libreoffice_reads_the_same_and_prints_on_a4(
    tmp_path, rules, convert_by_office
):
    forms = {rule_set_id: form(rules, rule_set_id) for rule_set_id in rules}
    paths = {}
    for rule_set_id, blank_ in forms.items():
        made = sent(tmp_path, blank_, {"topic": "Chủ đề"}, signed={"self": dt.date(2026, 3, 3)})
        paths[rule_set_id] = made.rename(tmp_path / f"{rule_set_id}.xlsx")
    saved = tmp_path / "saved"
    for kind in ("xlsx", "pdf"):
        convert_by_office(kind, saved, *paths.values())
    for rule_set_id, blank_ in forms.items():
        after = read(saved / f"{rule_set_id}.xlsx", rules)
        assert (codes(after.findings), after.rows) == ([], read(paths[rule_set_id], rules).rows)
        with pdfplumber.open(saved / f"{rule_set_id}.pdf") as pdf:
            pages = pdf.pages
            assert len(pages) <= 2
            for page in pages:
                assert (round(page.width), round(page.height)) == (595, 842)
            # no column is cut: the last one, "Ghi chú", is whole and within the page
            words = [
                word for page in pages for word in page.extract_words() if word["text"] == "chú"
            ]
            assert words
            assert all(word["x1"] < 595 for word in words)
            text = " ".join(" ".join((page.extract_text() or "").split()) for page in pages)
            for criterion in blank_.rules.criteria:
                assert criterion.title.split()[0] in text


def test_the_running_total_is_help_only_and_never_read(tmp_path, rules, blank):
    path = sent(tmp_path, blank)
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" in archive.read("xl/worksheets/sheet1.xml")
    foot = int(cell_of(path, "signed")[1:]) - 2
    edit(path, lambda sheet: sheet.__setitem__(f"E{foot}", 12345))
    assert read(path, rules).findings == []
