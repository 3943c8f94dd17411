"""What is decided later, an answer or a corrected rule file, and reports of before and after."""

import json
import re

import pytest

from kit.batches import published
from kit.command import assess
from kit.filled_store import made, rows_of, text_of

FORM, QUESTION = "an-phu-hd42", "thematic_points_off_month"
TITLE = "Điểm nội dung chuyên đề trong tháng không có sinh hoạt chuyên đề"
CITED = "Công văn số 15-CV/BTC (tự đặt)"
LETTER = "template: clarification_request, dang_bo: phuong-vi-du, period: 2026"
SUMMARY = "template: period_summary, dang_bo: phuong-vi-du, period: [2026-Q1, 2026-Q3]"
SAID = f"theo trả lời tại {CITED}, từ ngày 01/7/2026"
TOLD = {"index.html", "MANIFEST.sha256"}


def take(workspace, moment, name, text):
    path = workspace.root / "den" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    moment = ("--recorded-at", moment, "--allow-future", "--reason", "nhận trả lời")
    done = assess("intake", path, *moment, "-w", workspace.root)
    assert done.returncode == 0, done.stdout


def documents(folder):
    return {name: content for name, content in published(folder).items() if name not in TOLD}


def test_an_unclear_clause_is_asked_about_answered_and_scored_by_the_answer_from_its_day(
    kept, tmp_path
):
    """S0: a chi bộ asks, its committee asks above, the answer is recorded and used."""
    before = made(kept, tmp_path / "a", "kho", "2027-01-25", LETTER, SUMMARY)
    letter = text_of(before / "2026/phuong-vi-du/clarification_request.html")
    assert f"{TITLE} Quy định" in re.sub(r"\\d+\\. ", "", letter)
    take(
        kept,
        "2027-02-01T08:00",
        "answer.csv",
        "unit_id,rule_set_id,question,option,valid_from,citation\n"
        f"tinh,{FORM},{QUESTION},full,2026-07-01,{CITED}\n",
    )
    # what was known in January is as it was, to the byte
    again = made(kept, tmp_path / "b", "kho", "2027-01-25", LETTER, SUMMARY)
    assert documents(again) == documents(before)
    after = made(kept, tmp_path / "c", "kho", "2027-02-10", LETTER, SUMMARY)
    letter = text_of(after / "2026/phuong-vi-du/clarification_request.html")
    assert f"{TITLE} Quy định" not in letter
    assert f"không đề nghị lại: {TITLE}: cho điểm tối đa, {SAID}" in letter
    control = rows_of(after / "2026-Q3/phuong-vi-du/period_summary.html", f"cach-hieu-{FORM}")
    mine = [row for row in control if row[0] == TITLE]
    assert [(row[1], row[2]) for row in mine] == [("cho điểm tối đa", SAID)]
    numbers = [
        json.loads((folder / f"{quarter}/phuong-vi-du/period_summary.figures.json").read_bytes())
        for quarter in ("2026-Q1", "2026-Q3")
        for folder in (before, after)
    ]
    assert numbers[0] == numbers[1]
    assert numbers[2] != numbers[3]


def edited(workspace, *changes):
    path = workspace.rules_folder / f"{FORM}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


RAISED = (("at_least: 90, cite", "at_least: 92, cite"), ("below: 90, cite", "below: 92, cite"))


def test_a_rule_file_in_use_counts_until_it_is_corrected_on_record(kept, tmp_path):
    before = made(kept, tmp_path / "a", "kho", "2027-01-25", SUMMARY)
    # the rules were kept when rows first used them, with a new answer as well as with a sheet
    edited(kept, *RAISED)
    plan = assess("plan", kept.root / "params/runs/kho.yaml", "--out", tmp_path / "a")
    assert "giữ 2" in plan.stdout
    again = made(kept, tmp_path / "b", "kho", "2027-01-25", SUMMARY)
    assert documents(again) == documents(before)
    assess("store", "who", "Văn phòng thử", "-w", kept.root)
    moment = ("--recorded-at", "2027-02-01T08:00", "--allow-future")
    no_reason = assess("rules", "correct", FORM, "-w", kept.root)
    assert (no_reason.returncode, "no-reason" in no_reason.stderr) == (2, True)
    preview = assess("rules", "correct", FORM, "--dry-run", "--json", "-w", kept.root)
    touched = json.loads(preview.stdout)
    reasons = ("--reason", "mốc Tốt chép nhầm")
    done = assess("rules", "correct", FORM, *moment, *reasons, "--json", "-w", kept.root)
    assert json.loads(done.stdout) == touched
    assert touched["meetings"]
    for row in touched["meetings"]:
        assert (row["class"], row["new_class"]) == ("Tốt", "Khá")
        assert 90 <= row["total"] == row["new_total"] < 92
    past = made(kept, tmp_path / "c", "kho", "2027-01-25", SUMMARY)
    assert documents(past) == documents(before)
    after = made(kept, tmp_path / "d", "kho", "2027-02-10", SUMMARY)
    page = text_of(after / "2026-Q1/phuong-vi-du/period_summary.html")
    assert "đã được đính chính ngày 01/02/2027: mốc Tốt chép nhầm." in page
    assert "đính chính" not in text_of(past / "2026-Q1/phuong-vi-du/period_summary.html")
    assert documents(after) != documents(before)
    check = assess("store", "check", "-w", kept.root)
    assert check.returncode == 0, check.stdout
    again = assess("rules", "correct", FORM, *moment, *reasons, "-w", kept.root)
    assert (again.returncode, "rules-as-used" in again.stderr) == (2, True)
    path = kept.rules_folder / f"{FORM}.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))  # Notepad
    again = assess("rules", "correct", FORM, *reasons, "-w", kept.root)
    assert (again.returncode, "rules-as-used" in again.stderr) == (2, True)
    edited(kept, (RAISED[0][1], RAISED[0][0]), (RAISED[1][1], RAISED[1][0]))
    same = assess("rules", "correct", FORM, *moment, *reasons, "-w", kept.root)
    assert (same.returncode, "moment-too-early" in same.stderr) == (2, True)


def test_a_file_that_drops_a_line_that_was_scored_is_no_correction(kept):
    text = (kept.rules_folder / f"{FORM}.yaml").read_text(encoding="utf-8")
    edited(kept, ("id: c8_upload", "id: c8_khac"))
    assert text != (kept.rules_folder / f"{FORM}.yaml").read_text(encoding="utf-8")
    told = assess("rules", "correct", FORM, "--dry-run", "-w", kept.root)
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "không tính được theo tệp mới" in told.stderr
    assert "c8_upload" in told.stderr


def test_a_correction_names_the_reports_and_documents_that_were_made_by_the_former_file(kept):
    words = kept.words_path("2026-Q1", "phuong-vi-du", "period_summary")
    words.parent.mkdir(parents=True)
    parts = ("Nhiệm vụ trọng tâm", "Kiến nghị, đề xuất")
    words.write_text("".join(f"# {part}\n\nLời văn thử.\n\n" for part in parts), encoding="utf-8")
    made(kept, kept.root / "reports", "kho", "2027-01-25", SUMMARY)
    report = kept.root / "reports/kho/2026-Q1/phuong-vi-du/period_summary.pdf"
    done = assess("issue", report, "--number", "38", "-w", kept.root)
    assert done.returncode == 0, done.stderr
    edited(kept, *RAISED)
    touched = json.loads(
        assess("rules", "correct", FORM, "--dry-run", "--json", "-w", kept.root).stdout
    )
    assert touched["reports"] == [
        f"kho/{quarter}/phuong-vi-du/period_summary" for quarter in ("2026-Q1", "2026-Q3")
    ]
    assert [words.split(",")[0] for words in touched["issued"]] == ["Báo cáo số 38-BC/ĐU"]


@pytest.mark.parametrize("what", ["gone", "changed"])
def test_a_kept_rule_file_that_is_gone_or_changed_is_told_and_stops_reports(kept, what):
    (path,) = [
        each
        for each in kept.root.glob("data/store.goc/*/*.yaml")
        if f"id: {FORM}" in each.read_text(encoding="utf-8")
    ]
    if what == "gone":
        path.unlink()
    else:
        path.chmod(0o600)
        path.write_text(path.read_text(encoding="utf-8").replace("90", "91"), encoding="utf-8")
    check = assess("store", "check", "-w", kept.root)
    assert check.returncode == 1
    assert f"{FORM}.yaml" in check.stdout
    explained = assess("explain", "pvd-05", "2026-05", "-w", kept.root)
    assert (explained.returncode, "rules-gone" in explained.stderr) == (2, True)
