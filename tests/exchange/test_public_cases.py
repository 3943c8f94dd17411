"""Files as other programs' bug reports show them: each is taken rightly or told at its cell.

The reports are public issues of spreadsheet, notebook and data tools; each row names its own.
"""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from assess.exchange.csv.folder import write_folder
from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.intake import take_in
from assess.records.tables import from_rows
from kit.score_forms import chi_bo_of, form, full_entries, good_facts, little_store

NOW = dt.datetime(2026, 4, 10, 9, 0)
CHI_BO = chi_bo_of("an-phu-hd42")


@pytest.fixture(scope="module")
def good(rules, tmp_path_factory):
    """The bytes of a form filled in without a mistake."""
    path = tmp_path_factory.mktemp("form") / "f.xlsx"
    made = form(rules)
    write_forms(path, [(made, FilledValues(good_facts(), full_entries(made)))])
    return path.read_bytes()


class Sheet:
    """The worksheet of a form in another program, by the hidden names of its rows."""

    def __init__(self, raw):
        self.book = openpyxl.load_workbook(io.BytesIO(raw))
        self.sheet = self.book.active
        self.rows = {cell.value: cell.row for cell in self.sheet["A"] if cell.value}

    def at(self, key, column="E"):
        return self.sheet[f"{column}{self.rows[key]}"]

    def exchange(self, one, other):
        """Exchange what the page shows of two rows, and leave the hidden names."""
        first, second = self.rows[one], self.rows[other]
        for column in "BCDEFG":
            a, b = self.sheet[f"{column}{first}"], self.sheet[f"{column}{second}"]
            a.value, b.value = b.value, a.value

    def hide_copy(self):
        copy = self.book.copy_worksheet(self.sheet)
        copy.sheet_state = "hidden"
        copy[f"E{self.rows['line:c1_time']}"] = 3

    def sign(self, key, value, shown):
        self.at(key).value, self.at(key).number_format = value, shown

    def bytes(self):
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()


def put(key, value):
    return lambda sheet: setattr(sheet.at(key), "value", value)


def several(**values):
    def change(sheet):
        for key, value in values.items():
            sheet.at(f"fact:{key}").value = value

    return change


TAKEN = [
    ("SheetJS/sheetjs#1821: days since 1904", lambda s: setattr(s.book, "epoch", CALENDAR_MAC_1904)
     , {"held_on": "2026-03-03"}, {}),
    ("dfinke/ImportExcel#762: hidden rows", lambda s: setattr(
        s.sheet.row_dimensions[s.rows["line:c1_time"]], "hidden", True), {}, {"c1_time": 5}),
    ("numbers as text", put("line:c1_time", "5 "), {}, {"c1_time": 5}),
    ("numbers as text, no-break space", put("line:c1_time", "\xa05"), {}, {"c1_time": 5}),
    ("numbers as text, decimal comma", put("line:c1_time", "5,0"), {}, {"c1_time": 5}),
    ("numbers as text, decimal point", put("line:c1_time", "5.0"), {}, {"c1_time": 5}),
    ("full-width figures", put("line:c1_time", "５"), {}, {"c1_time": 5}),
    ("a sum of floats", put("fact:roll", 11.999999999999998), {"roll": 12}, {}),
    ("ExcelDataReader#24: Alt+Enter in a choice", put("fact:mode", "trực\ntiếp"),
     {"mode": "truc_tiep"}, {}),
    ("Alt+Enter behind points", put("line:c1_time", "5\n"), {}, {"c1_time": 5}),
    ("units behind numbers", several(minutes="1h35", roll="12 đ/c", held_on="03-03-26"),
     {"minutes": 95, "roll": 12, "held_on": "2026-03-03"}, {}),
    ("points with their unit", put("line:c1_time", "5đ"), {}, {"c1_time": 5}),
    ("EvotecIT/OfficeIMO#2510: a bullet of Word", put("fact:topic", "\uf0b7 Học tập"),
     {"topic": "• Học tập"}, {}),
]  # fmt: skip

REFUSED = [
    ("openpyxl#69: a formula without a result", put("line:c1_time", "=2+3"),
     {"formula-in-entry": "line:c1_time"}),
    ("readxl#263: 3/4 became a day", put("line:c1_time", dt.date(2026, 4, 3)),
     {"date-in-points": "line:c1_time"}),
    ("a share of points", put("line:c1_time", "5/5"), {"bad-points": "line:c1_time"}),
    ("a cross", put("line:c1_time", "x"), {"bad-points": "line:c1_time"}),
    ("an apostrophe", put("line:c1_time", "'5"), {"bad-points": "line:c1_time"}),
    ("an error of Excel", put("line:c1_time", "#N/A"), {"error-in-entry": "line:c1_time"}),
    ("jasp-desktop#403: a thousands point", put("fact:roll", "1.012"), {"bad-value": "fact:roll"}),
    ("a percentage as a count", lambda s: s.sign("fact:present", 0.9375, "0.00%"),
     {"percent-in-number": "fact:present"}),
    ("igniteui#13486: rows sorted without the hidden names",
     lambda s: s.exchange("line:c4_minutes", "line:c4_digital"),
     {"row-other": "C"}),
    ("last month's form with another month", lambda s: setattr(s.sheet["B6"], "value", s.sheet[
        "B6"].value.replace("3/2026", "4/2026")), {"form-heading": "B6"}),
    ("one value for two raters", lambda s: s.sheet.merge_cells(
        f"E{s.rows['line:c1_time']}:F{s.rows['line:c1_time']}"), {"merged-entries": "line:c1_time"}),
    ("a row deleted", lambda s: s.sheet.delete_rows(s.rows["line:c1_time"]), {"row-missing": None}),
    ("SheetJS/sheetjs#630: a hidden copy", Sheet.hide_copy, {"form-twice": None}),
]  # fmt: skip


def taken_in(rules, tmp_path, files, at=NOW):
    inbox = tmp_path / "in"
    inbox.mkdir(exist_ok=True)
    for name, raw in files.items():
        (inbox / name).write_bytes(raw)
    store = little_store(rules, tmp_path / "s.duckdb")
    return store, take_in(store, rules, [inbox], recorded_at=at)


def changed(good, change):
    sheet = Sheet(good)
    change(sheet)
    return sheet.bytes(), sheet


@pytest.mark.parametrize(
    ("name", "change", "facts", "points"), TAKEN, ids=[case[0] for case in TAKEN]
)
def test_what_is_meant_without_doubt_is_taken(rules, tmp_path, good, name, change, facts, points):
    store, intake = taken_in(rules, tmp_path, {"f.xlsx": changed(good, change)[0]})
    [result] = intake.files
    assert result.outcome == "taken", [(f.code, f.sentence) for f in result.findings]
    meeting = store.tables(("meeting",))["meeting"].iloc[0]
    assert {key: str(meeting[key])[: len(str(value))] for key, value in facts.items()} == {
        key: str(value) for key, value in facts.items()
    }
    lines = store.tables(("line",))["line"].set_index("criterion_id")["points"]
    assert {key: lines[key] for key in points} == points
    assert len(lines) == 28


@pytest.mark.parametrize(("name", "change", "wanted"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_not_is_refused_at_its_cell_and_nothing_is_recorded(
    rules, tmp_path, good, name, change, wanted
):
    raw, sheet = changed(good, change)
    store, intake = taken_in(rules, tmp_path, {"f.xlsx": raw})
    [result] = intake.files
    found = {f.code: f.place.cell for f in result.findings if f.severity == "error"}
    assert result.outcome == "set_aside"
    for code, key in wanted.items():
        assert code in found
        cell = f"E{sheet.rows[key]}" if key in sheet.rows else key
        assert (found[code] or "").startswith(cell or "")
    assert len(found) == len(wanted)  # what follows from one mistake is not told again
    assert store.tables(("meeting",))["meeting"].empty


@pytest.mark.parametrize(
    ("key", "day", "code", "meant"),
    [
        ("held_on", dt.date(2026, 5, 3), "outside-month", "05/3/2026"),
        ("papers_at", dt.date(2026, 1, 3), "odd-day", "01/3/2026"),
        ("result_at", dt.date(2026, 4, 3), "odd-day", "04/3/2026"),
    ],
)
def test_days_that_a_computer_exchanged_are_taken_and_told(  # SheetJS/sheetjs#269
    rules, tmp_path, good, key, day, code, meant
):
    raw, sheet = changed(good, put(f"fact:{key}", day))
    [result] = taken_in(rules, tmp_path, {"f.xlsx": raw})[1].files
    assert result.outcome == "taken"
    told = {f.code: f for f in result.findings}
    assert told[code].place.cell == f"E{sheet.rows[f'fact:{key}']}"
    assert meant in told[code].fix


def test_a_strict_workbook_is_named_with_the_way_to_save_it(rules, tmp_path, good, recwarn):
    """python-excel/xlrd#92: the same parts under other namespaces."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(file, "w") as new:
        for item in old.infolist():
            part = old.read(item)
            for plain, strict in (
                (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                 b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
                (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                 b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
            ):  # fmt: skip
                part = part.replace(plain, strict)
            new.writestr(item, part)
    [result] = taken_in(rules, tmp_path, {"f.xlsx": file.getvalue()})[1].files
    [finding] = result.findings
    assert (result.outcome, finding.code) == ("set_aside", "workbook-strict")
    assert "Excel Workbook (.xlsx)" in finding.fix
    assert not recwarn.list


IDS = ["NA", "null", "None", "nan", "007", "1e5", "true"]


def test_ids_that_look_like_nothing_or_numbers_are_kept_as_written(rules, tmp_path):
    """pandas-dev/pandas#55032, leading zeros lost."""
    unit = {"level": "chi_bo", "kind": "thon_to_dan_pho", "valid_from": dt.date(2026, 1, 1)}
    rows = [
        {**unit, "unit_id": name, "name": f"Chi bộ {name}", "parent_id": "db-an-phu-hd42"}
        for name in IDS
    ]
    write_folder(tmp_path / "t", {"unit": from_rows("unit", rows)})
    store, intake = taken_in(rules, tmp_path, {"unit.csv": (tmp_path / "t/unit.csv").read_bytes()})
    assert intake.files[0].outcome == "taken"
    assert set(IDS) <= set(store.tables(("unit",))["unit"]["unit_id"])


HEAD = "unit_id,period,month,measure,value,filed_on"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (f"{HEAD}\n{CHI_BO},2026-Q1,2026-01,due,1.234,2026-04-05\n", "set_aside"),
        (f'{HEAD}\n{CHI_BO},2026-Q1,2026-01,due,"1,234",2026-04-05\n', "set_aside"),
        (f"{HEAD}\n{CHI_BO},2026-Q1,2026-01,due,1234,2026-04-05\n", "taken"),
        (f"sep=;\n{HEAD};\n{CHI_BO},2026-Q1,Mar-26,due,1,5/4/2026;\n".replace(",", ";"), "taken"),
        (f"{HEAD.upper()},\n{CHI_BO},2026-Q1,3/2026,due,1,05-04-26,\n,,,,,,\n", "taken"),
        (f"{HEAD}\r{CHI_BO},2026-Q1,2026-3,due,1,2026-04-05 00:00:00\r", "taken"),
    ],
)
def test_tables_that_excel_saved(rules, tmp_path, text, outcome):
    """jpatokal/openflights#11, wireservice/csvkit#426, jasp-stats/jasp-desktop#403."""
    store, intake = taken_in(rules, tmp_path, {"filed.csv": text.encode()})
    assert intake.files[0].outcome == outcome, [f.sentence for f in intake.files[0].findings]
    assert len(store.tables(("filed",))["filed"]) == (outcome == "taken")
