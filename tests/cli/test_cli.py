import json
import os
import re
import subprocess
import sys
from shutil import copyfile

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from assess.cli import _VERBS, cli, main
from assess.workspace import lay_workspace
from kit.batches import ASSESS


def call(*arguments, capsys):
    try:
        main(list(arguments))
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    out, err = capsys.readouterr()
    return code, out, err


def test_help_names_every_verb_with_a_line_and_loads_nothing_heavy():
    code = "import sys\nfrom assess.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\nprint(sorted({'pandas', 'numpy', 'pydantic', 'matplotlib', 'papermill', 'nbformat', 'typst', 'yaml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for verb, (_, text) in _VERBS.items():
        assert f"  {verb} " in done.stdout
        assert text.split()[0] in done.stdout


@pytest.mark.parametrize("verb", sorted(_VERBS))
def test_every_verb_has_help(verb):
    result = CliRunner().invoke(cli, [verb, "--help"])
    assert result.exit_code == 0
    assert "Cách dùng" in result.output


def test_rules_list_show_and_check(capsys, root):
    here = ("-w", str(root))
    code, out, _ = call("rules", "list", *here, capsys=capsys)
    assert (code, "an-phu-hd42" in out) == (0, True)
    code, out, _ = call("rules", "show", "an-phu-hd42", *here, capsys=capsys)
    lines = out.split("Xếp loại:")[0]
    assert lines.count("[Biểu") + lines.count("[Hướng dẫn số 42") == 28
    assert "Tốt từ 90" in out
    assert "Biểu chỉ nói về chi bộ chỉ có bí thư" in out
    code, out, _ = call("rules", "check", "--json", *here, capsys=capsys)
    assert json.loads(out)["findings"] == []
    assert json.loads(out)["passed"]["an-phu-hd42"] >= 28


def test_rules_without_cases_are_told_as_unproved_and_findings_exit_2_in_json_too(
    capsys, root, tmp_path
):
    for name in ("rules/hd12-2018", "annual/qd366-2025"):
        for path in (root / "params").glob(f"{name}*.yaml"):
            (tmp_path / "params" / name).parent.mkdir(parents=True, exist_ok=True)
            copyfile(path, tmp_path / path.relative_to(root))
    (tmp_path / "notebooks").mkdir()
    here = ("-w", str(tmp_path))
    (tmp_path / "params/rules/hd12-2018.cases.yaml").unlink()
    (tmp_path / "params/annual/qd366-2025.cases.yaml").unlink()
    code, out, _ = call("rules", "check", *here, capsys=capsys)
    assert code == 1
    assert "hd12-2018: chưa được chứng minh: không có ví dụ tính sẵn (hd12-2018.cases.yaml)" in out
    code, out, _ = call("rules", "check", "--json", *here, capsys=capsys)
    assert (code, json.loads(out)["unproved"]) == (1, ["hd12-2018", "qd366-2025"])
    form = tmp_path / "params/rules/hd12-2018.yaml"
    form.write_text(
        form.read_text(encoding="utf-8").replace("above: 0.85}", "above: 85}", 1), encoding="utf-8"
    )
    code, out, _ = call("rules", "check", "--json", *here, capsys=capsys)
    assert (code, [f["code"] for f in json.loads(out)["findings"]]) == (2, ["edge-outside"])


def test_every_rule_set_can_be_shown(capsys, root, rules):
    for rule_id, form in rules.items():
        code, out, _ = call("rules", "show", rule_id, "-w", str(root), capsys=capsys)
        assert code == 0
        assert all(criterion.title in out for criterion in form.criteria)
        assert all(c.title in out for c in form.classes)
    _, out, _ = call("rules", "show", "binh-thuan-khoi", "-w", str(root), capsys=capsys)
    assert "điểm bình quân từ 90" in out
    assert "số tháng xếp Tốt từ 10" in out


def test_rules_diff_shows_clauses_and_over_a_slice_whose_class_differs(capsys, root):
    here = ("-w", str(root))
    code, out, _ = call("rules", "diff", "phu-tho-khoi", "binh-thuan-khoi", *here, capsys=capsys)
    assert (code, "gates" in out, "đổi" in out) == (0, True, False)
    over = ("an-phu-hd42", "hd12-2018", "--dang-bo", "qs-tinh", "--period", "2026-Q1")
    code, out, _ = call("rules", "diff", *over, *here, capsys=capsys)
    assert code == 0
    assert "→ Chưa đạt" in out
    code, out, _ = call("rules", "diff", *over, "--json", *here, capsys=capsys)
    found = json.loads(out)
    assert {row["verdict"] for row in found["meetings"]} == {"changed", "unknown"}
    assert "m3_book" in found["missing"]["new"]


def test_explain_of_a_form_without_points_says_how_many_criteria_are_met(capsys, root):
    code, out, _ = call("explain", "pvd-01", "2025-08", "-w", str(root), capsys=capsys)
    assert code == 0
    assert "Đạt 16 trên 17 tiêu chí áp dụng: Chưa đạt" in out
    assert "0/0" not in out
    _, out, _ = call(
        "explain", "cqd-09", "2025-05", "-w", str(root), "--line", "l4_criticism", capsys=capsys
    )
    assert "[chi_uy_in_criticism=members_alone]" in out
    assert "(minh họa)" in out


def test_explain_prints_text_or_json(capsys, root):
    code, out, _ = call("explain", "qst-01", "2026-03", "-w", str(root), capsys=capsys)
    assert code == 0
    assert "Kết quả:" in out
    code, out, _ = call(
        "explain",
        "qst-01",
        "2026-03",
        "-w",
        str(root),
        "--json",
        "-r",
        "score_basis=recomputed",
        capsys=capsys,
    )
    assert ["score_basis", "recomputed"] in json.loads(out)["readings"]


def test_sample_and_init_never_write_over_what_is_there(capsys, root, tmp_path):
    assert (
        call("sample", str(tmp_path / "s"), "--chi-bo", "6", "-w", str(root), capsys=capsys)[0] == 0
    )
    code, _, err = call("sample", str(tmp_path / "s"), "-w", str(root), capsys=capsys)
    assert (code, "not-empty" in err) == (2, True)
    assert call("init", str(tmp_path / "w"), capsys=capsys)[0] == 0
    assert (tmp_path / "w/params/rules/an-phu-hd42.yaml").exists()
    assert call("init", str(tmp_path / "w"), capsys=capsys)[0] == 2


WRONG = [
    ["rum"],
    ["run"],
    ["run", "khong-co.yaml"],
    ["run", "params"],
    ["run", "params/rules/an-phu-hd42.yaml"],
    ["run", "params/runs/nam-2026.yaml", "--jobs", "0"],
    ["run", "params/runs/nam-2026.yaml", "-w", "/"],
    ["explain", "pvd-01"],
    ["explain", "pvd-01", "2026-99"],
    ["explain", "khong", "2026-01"],
    ["explain", "pvd-01", "2026-01", "-r", "blank_line"],
    ["explain", "pvd-01", "2026-01", "-r", "blank_line=zer"],
    ["explain", "pvd-01", "2026-01", "--rule-set", "hd12"],
    ["explain", "pvd-01", "2026-01", "--records", "khong-co"],
    ["explain", "pvd-01", "2026-01", "--line", "c2_rat"],
    ["rules", "show", "an-phu"],
    ["rules", "sho"],
    ["sample", "README.md"],
    ["sample", "moi", "--chi-bo", "0"],
    ["sample", "moi", "--form", "x"],
    ["init", "README.md"],
    ["rules", "diff", "an-phu-hd42"],
    ["rules", "diff", "an-phu-hd42", "hd21"],
    ["rules", "diff", "an-phu-hd42", "khong-co.yaml"],
    ["rules", "diff", "an-phu-hd42", "hd12-2018", "--dang-bo", "qs-tinh"],
    ["rules", "diff", "an-phu-hd42", "hd12-2018", "--dang-bo", "qs-tinhh", "--period", "2026"],
    ["rules", "diff", "an-phu-hd42", "hd12-2018", "--dang-bo", "qs-tinh", "--period", "2026-Q5"],
    [
        "rules",
        "diff",
        "an-phu-hd42",
        "hd12-2018",
        "--dang-bo",
        "qs-tinh",
        "--period",
        "2026",
        "-r",
        "level_gap=x",
    ],
    ["form"],
    ["form", "pvd-01"],
    ["form", "pvd-0", "2026-03"],
    ["form", "pvd-01", "2026-33"],
    ["form", "pvd-01", "2026-Q1"],
    ["form", "cmp-07", "2026-01"],
    ["form", "pvd-01", "2025-10"],
    ["form", "pvd-01", "2026-03", "--rule-set", "hd21"],
    ["form", "pvd-01", "2026-03", "--thematic"],
    ["form", "qs-tinh", "2025-03", "--summary"],
    ["form", "pvd-01", "2026-03", "--records", "khong-co.duckdb"],
    ["form", "pvd-01", "2026-03", "--out", "README.md"],
    ["intake"],
    ["intake", "khong-co"],
    ["intake", "README.md", "--recorded-at", "hôm nay"],
    ["intake", "README.md", "--period", "2026-13"],
    ["intake", "README.md", "--store", "README.md"],
    ["store"],
    ["store", "info", "--store", "khong-co.duckdb"],
    ["store", "info", "--store", "README.md"],
    ["store", "check", "--store", "src"],
    ["store", "export", "moi", "--store", "khong-co.duckdb"],
    ["store", "withdraw", "meeting"],
    ["store", "export", "moi", "--as-of", "x"],
    ["intake", "README.md", "--recorded-at", "2999-01-01", "--reason", "x"],
    ["intake", "README.md", "--recorded-at", "2026-01-01"],
    ["intake", "README.md", "--recorded-at", "2026-01-01", "--reason", " "],
    ["form", "qs-tinh", "2026-03", "--summary", "--filled"],
    ["sample", "moi", "--as", "xls"],
    ["sample", "moi", "--as", "forms", "--mistakes", "2"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_users_mistake_is_answered_with_exit_2_and_no_traceback(
    arguments, capsys, root, monkeypatch
):
    monkeypatch.chdir(root)
    code, _, err = call(*arguments, capsys=capsys)
    assert code == 2
    assert "Traceback" not in err
    assert err.strip()
    assert not (root / "moi").exists()


def test_forms_out_and_in_through_the_command_line(capsys, root, tmp_path):
    ws = tmp_path / "ws"
    here = ("-w", str(ws))
    call("init", str(ws), capsys=capsys)
    tables = [str(ws / f"data/sample/{name}.csv") for name in ("unit", "adoption")]
    code, out, _ = call(
        "intake",
        *tables,
        *here,
        "--out",
        str(tmp_path / "o"),
        "--recorded-at",
        "2026-01-01",
        "--reason",
        "số liệu mẫu",
        capsys=capsys,
    )
    assert (code, "nhận 2" in out) == (0, True)
    code, out, _ = call(
        "form",
        "qst-01",
        "2026-03",
        "--filled",
        "--records",
        "data/sample",
        "--out",
        str(tmp_path / "f"),
        *here,
        capsys=capsys,
    )
    assert (code, [p.name for p in (tmp_path / "f").iterdir()]) == (
        0,
        ["phieu-qst-01-2026-03.xlsx"],
    )
    call(
        "form",
        "qs-tinh",
        "2026-04",
        "--one-workbook",
        "--out",
        str(tmp_path / "f"),
        *here,
        capsys=capsys,
    )
    call(
        "form",
        "qs-tinh",
        "2026-05",
        "--summary",
        "--out",
        str(tmp_path / "f"),
        *here,
        capsys=capsys,
    )
    # the two blank score forms are reported as blank, one has no day, the filled one is taken
    call(
        "form",
        "qst-02",
        "2026-03",
        "--filled",
        "--records",
        "data/sample",
        "--out",
        str(tmp_path / "f"),
        *here,
        capsys=capsys,
    )
    book = openpyxl.load_workbook(tmp_path / "f/phieu-qst-02-2026-03.xlsx")
    book.active["E12"] = None
    book.save(tmp_path / "f/phieu-qst-02-2026-03.xlsx")
    assert (
        call("form", "qst-02", "2026-03", "--out", str(tmp_path / "f"), *here, capsys=capsys)[0]
        == 2
    )  # never overwrite someone's work
    arguments = (
        "intake",
        str(tmp_path / "f"),
        *here,
        "--out",
        str(tmp_path / "o"),
        "--reason",
        "số liệu mẫu",
        "--recorded-at",
        "2026-04-10",
    )
    code, out, err = call(*arguments, capsys=capsys)
    assert code == 1
    assert "4 tệp: nhận 1, đã có kết quả từ trước 0, để riêng 3" in out
    assert "summary-empty" in err
    page = (tmp_path / "o/20260410-235959/index.html").read_text(encoding="utf-8")
    assert "buổi đã họp phải có ngày họp" in page
    assert len(list((tmp_path / "o/20260410-235959/de-rieng").iterdir())) == 3
    found = json.loads((tmp_path / "o/20260410-235959/findings.json").read_text(encoding="utf-8"))
    assert (found["taken"], found["set_aside"]) == (1, 3)
    finding = next(
        f for r in found["results"] for f in r["findings"] if f["code"] == "held-without-day"
    )
    assert (finding["severity"], finding["cell"], finding["sheet"], finding["fix"]) == (
        "error",
        "E12",
        "qst-02",
        "ghi ngày họp",
    )
    log = call("store", "log", *here, capsys=capsys)[1].splitlines()
    assert {line.partition("; lý do: ")[2].partition(";")[0] for line in log} == {"số liệu mẫu"}
    code, out, _ = call(*arguments[:-1], "2026-04-11", "--json", capsys=capsys)
    assert (code, json.loads(out)["known"], json.loads(out)["added"]) == (1, 1, 0)


def test_the_store_can_be_looked_at_written_out_checked_and_a_row_withdrawn(capsys, root, tmp_path):
    call(
        "sample",
        str(tmp_path / "s"),
        "--as",
        "store",
        "--chi-bo",
        "6",
        "-w",
        str(root),
        capsys=capsys,
    )
    laid = lay_workspace(tmp_path / "ws")
    here = ("--store", str(tmp_path / "s/sample.duckdb"), "-w", str(laid.root))
    code, out, _ = call("store", "info", *here, capsys=capsys)
    assert (code, "buổi sinh hoạt" in out) == (0, True)
    assert json.loads(call("store", "info", *here, "--json", capsys=capsys)[1])["version"] == 7
    assert "lượt 1" in call("store", "log", "--files", *here, capsys=capsys)[1]
    assert len(json.loads(call("store", "log", "--json", *here, capsys=capsys)[1])["batches"]) == 1
    assert (
        call("store", "export", str(tmp_path / "e"), "--as-of", "2026-06-30", *here, capsys=capsys)[
            0
        ]
        == 0
    )
    assert (tmp_path / "e/csv/meeting.csv").exists()
    code, out, _ = call("store", "check", *here, capsys=capsys)
    assert (code, out.splitlines()[-1].startswith("0 lỗi")) == (0, True)
    assert {
        f["severity"] for f in json.loads(call("store", "check", "--json", *here, capsys=capsys)[1])
    } <= {"warning", "note"}
    row = ("store", "withdraw", "meeting", "pvd-01.2603", *here)
    code, out, err = call(*row, "--reason", "phiếu của chi bộ khác", capsys=capsys)
    assert (code, out, "[no-actor]" in err) == (2, "", True)
    in_ws = ("-w", str(laid.root))
    assert call("store", "who", *in_ws, capsys=capsys)[1] == "Người ghi: chưa ghi.\n"
    said = call("store", "who", " Chuyên viên  Văn phòng", *in_ws, capsys=capsys)[1]
    assert said == "Người ghi: Chuyên viên Văn phòng.\n"
    for wanted, more in (
        ("no-reason", ()),
        ("no-reason", ("--reason", " ")),
        ("moment-in-future", ("--reason", "x", "--recorded-at", "2999-01-01")),
    ):
        code, out, err = call(*row, *more, capsys=capsys)
        assert (code, out, err.count("\n"), wanted in err) == (2, "", 1, True)
    # the sample's records end on a fixed day: it can be worked with on any day, before it or after
    code, out, _ = call(*row, "--reason", "phiếu của chi bộ khác", capsys=capsys)
    assert (code, "30 dòng" in out or "59 dòng" in out) == (0, True)
    first, last = call("store", "log", *here, capsys=capsys)[1].splitlines()
    assert "; lý do: số liệu mẫu do máy sinh ra, không phải số liệu thật; mã " in first
    assert "; lý do: phiếu của chi bộ khác; người ghi: Chuyên viên Văn phòng; mã " in last
    link = last.rpartition(" ")[2]
    code, out, _ = call("store", "check", "--contains", link, *here, capsys=capsys)
    assert (code, f"Mã {link} có trong kho: lượt 2" in out) == (0, True)
    code, _, err = call("store", "check", "--contains", "0" * 16, *here, capsys=capsys)
    assert (code, "[no-link]" in err) == (2, True)
    batches = json.loads(call("store", "log", "--json", *here, capsys=capsys)[1])["batches"]
    assert batches[1]["withdrawn"] == batches[1]["revised"] in (30, 59)
    assert f"thêm 0 dòng, sửa 0, rút {batches[1]['withdrawn']}" in last


def test_sample_as_forms_is_what_intake_takes(capsys, root, tmp_path):
    arguments = (
        "sample",
        str(tmp_path / "s"),
        "--as",
        "forms",
        "--chi-bo",
        "6",
        "--year",
        "2026-03",
        "--mistakes",
        "0.5",
        "-w",
        str(root),
    )
    code, out, _ = call(*arguments, capsys=capsys)
    assert (code, "phiếu trong forms/" in out) == (0, True)
    assert sum(1 for _ in (tmp_path / "s/forms").iterdir()) >= 4
    assert (
        (tmp_path / "s/forms-mistakes.tsv")
        .read_text(encoding="utf-8")
        .startswith("file\tmistake\tcode\trow\n")
    )


def test_a_whole_year_is_explained_with_its_tests_and_readings(capsys, root):
    here = ("--records", "data/tu-lieu", "-w", str(root))
    code, out, _ = call("explain", "k23-01", "2023", *here, capsys=capsys)
    assert code == 0
    assert "không đạt  số tháng xếp Tốt, quy về 12 tháng: 9 (yêu cầu từ 10)" in out
    code, out, _ = call(
        "explain", "k23-04", "2023", "-r", "cancelled_month=zero", *here, capsys=capsys
    )
    assert "[cancelled_month=zero]" in out
    assert "Kết quả: chưa xếp" in out
    code, out, _ = call(
        "explain", "k23-01", "2023-Q1", "-r", "period_class=minimum", *here, capsys=capsys
    )
    assert "Kết quả: Tốt" in out
    for wrong in (
        ("k23-01", "2023", "--json"),
        ("k23-99", "2023"),
        ("k23-01", "2023", "-r", "period_class=mode"),
    ):
        code, _, err = call("explain", *wrong, *here, capsys=capsys)
        assert code == 2
        assert "Traceback" not in err


def test_the_rules_of_the_annual_class_can_be_listed_shown_and_checked(capsys, root):
    assert "qd366-2025" in call("rules", "list", "-w", str(root), capsys=capsys)[1]
    code, out, _ = call("rules", "show", "qd366-2025", "-w", str(root), capsys=capsys)
    assert code == 0
    assert "personnel" in out
    assert "không quá 20%" in out
    assert (
        json.loads(
            call("rules", "show", "qd124-2023", "--json", "-w", str(root), capsys=capsys)[1]
        )["id"]
        == "qd124-2023"
    )
    code, _, err = call("rules", "show", "qd366", "-w", str(root), capsys=capsys)
    assert (code, "qd366-2025" in err) == (2, True)
    assert (
        json.loads(call("rules", "check", "--json", "-w", str(root), capsys=capsys)[1])["passed"][
            "qd366-2025"
        ]
        > 30
    )


def test_study_list_names_questions_with_clauses_and_counts_what_each_touches(capsys, root):
    code, out, _ = call("study", "list", "-w", str(root), capsys=capsys)
    assert code == 0
    assert "level_gap  " in out
    assert "nêu ở an-phu-hd42: Biểu chấm điểm phường An Phú" in out
    assert "liên quan đến" not in out
    code, out, _ = call(
        "study",
        "list",
        "--dang-bo",
        "cqd-09",
        "--period",
        "2025-03",
        "--json",
        "-w",
        str(root),
        capsys=capsys,
    )
    rows = {row["id"]: row for row in json.loads(out)}
    assert rows["not_applicable"]["register"] == 1
    assert rows["not_applicable"]["touched"] == 1
    code, _, err = call("study", "list", "--dang-bo", "cqd-09", "-w", str(root), capsys=capsys)
    assert code == 2
    assert "--period" in err


def test_study_readings_prints_dumps_and_writes_what_was_found(capsys, root, tmp_path):
    asked = (
        "study",
        "readings",
        "cqd-09",
        "2025",
        "-q",
        "not_applicable",
        "-q",
        "no_chi_uy",
        "-w",
        str(root),
    )
    code, out, _ = call(*asked, capsys=capsys)
    assert code == 0
    assert out.startswith("48 tổ hợp")
    code, out, _ = call(*asked, "--json", "--parquet", str(tmp_path / "bang"), capsys=capsys)
    tables = json.loads(out)
    written = {path.stem: pd.read_parquet(path) for path in (tmp_path / "bang").glob("*.parquet")}
    assert set(written) == set(tables)
    assert {name: len(table) for name, table in written.items()} == {
        name: len(rows) for name, rows in tables.items()
    }
    code, _, err = call(*asked, "-q", "sai_ten", capsys=capsys)
    assert code == 2
    assert "sai_ten" in err


def test_study_readings_asks_of_the_class_of_a_period_and_of_which_form_applies(capsys, root):
    asked = ("study", "readings", "cqd-09", "2026-Q1", "-w", str(root))
    code, out, _ = call(*asked, "--of", "period", "-q", "period_class", "--json", capsys=capsys)
    assert code == 0
    (case,) = json.loads(out)["cases"]
    assert (case["case_id"], case["period"], case["class_id"]) == ("cqd-09", "2026-Q1", "no_rule")
    code, _, err = call(*asked, "-q", "period_class", capsys=capsys)
    assert code == 2
    assert "--of period" in err
    code, out, _ = call(*asked, "--rule-set", "binh-thuan-khoi", capsys=capsys)
    assert code == 0
    assert "rule_set  Biểu được áp dụng: liên quan đến 3 buổi" in out
    code, _, err = call(*asked, "--rule-set", "binh-thuan", capsys=capsys)
    assert code == 2
    assert "binh-thuan-khoi" in err


def test_inspect_prints_signals_and_a_plan_and_writes_them(capsys, root, tmp_path):
    code, out, _ = call("inspect", "signals", "cqd-09", "2026", "-w", str(root), capsys=capsys)
    assert code == 0
    assert "không phải kết luận" in out
    asked = ("inspect", "plan", "phuong-vi-du", "2026", "--capacity", "4", "-w", str(root))
    code, out, _ = call(*asked, "--csv", str(tmp_path / "ke-hoach.csv"), capsys=capsys)
    assert code == 0
    assert out.strip().endswith("Chọn 4 trên 15 chi bộ.")
    written = pd.read_csv(tmp_path / "ke-hoach.csv")
    assert written["chosen"].sum() == 4
    assert written["why"].str.len().min() > 10
    rows = json.loads(call(*asked, "--json", capsys=capsys)[1])
    assert [row["chi_bo_id"] for row in rows] == written["chi_bo_id"].tolist()
    code, _, err = call(*asked, "--hard", "khong-co", capsys=capsys)
    assert code == 2
    assert "khong-co" in err


def test_the_parts_of_a_study_add_up_to_the_whole_that_it_names(capsys, root):
    here = ("-w", str(root))
    code, out, _ = call(
        "study",
        "readings",
        "phuong-vi-du",
        "2026",
        "-q",
        "thematic_points_off_month",
        "-q",
        "level_gap",
        *here,
        capsys=capsys,
    )
    assert code == 0
    line = next(line for line in out.splitlines() if line.startswith("197 buổi"))
    whole, *parts = [int(number) for number in re.findall(r"\d+", line)]
    assert whole == sum(parts) == 197
    assert line.endswith("không được xếp loại theo cách hiểu nào 23.")
    assert "biến động" not in out
    assert "chỉ số toàn phần" in out


def test_a_study_without_questions_asks_those_that_the_form_raises(capsys, root):
    code, out, _ = call("study", "readings", "cqd-09", "2026-01", "-w", str(root), capsys=capsys)
    assert code == 0
    assert "no_chi_uy  " in out
    assert "mean_basis" not in out


@pytest.mark.parametrize("page", ["cp1252", "cp1258", "latin-1", "ascii"])
def test_vietnamese_is_written_whatever_the_code_page(page, root):
    command = [ASSESS, "rules", "list", "-w", str(root)]
    env = {**os.environ, "PYTHONIOENCODING": page, "PYTHONUTF8": "0"}
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "phường An Phú" in done.stdout.decode("utf-8")
    refused = subprocess.run(
        [*command[:2], "show", "khong-co"], env=env, capture_output=True, check=False
    )
    assert refused.returncode == 2
    assert "không có bộ quy tắc" in refused.stderr.decode("utf-8")
    assert b"Traceback" not in refused.stderr


def test_a_closed_output_is_survived(root):
    closed = 'exec "$0" rules list -w "$1" >&- 2>&-'
    assert subprocess.run(["sh", "-c", closed, ASSESS, str(root)], check=False).returncode == 0
