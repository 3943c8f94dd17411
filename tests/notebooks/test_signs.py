"""Signs that office programs leave, and scripts of localities, in names and texts: all is made."""

import csv
import itertools

from assess.runs import run_matrix
from kit.batches import write_matrix
from kit.command import assess
from kit.templates import NAMES

SIGNS = "✔✓\uf0b7\uf0fc②Ⅱ№→⇒★💯ຊບไ阮ﬁ\u202e\u200b\xad\ufffd●■☑☐►•\u2011\u2028\ufeff\u0300ꪀឡ្ꨀ½²²≥…–«»€₫❖➢➤❏☎✉▪☆⑵◦Δ"
IN_HOSTILE = ("compliance_calendar", "attendance_programme", "upward_summary", "readings_case")
"""Made of odd texts in every column by ``test_hostile.py``."""
TEXTS = {
    "unit": ("name",),
    "meeting": ("topic", "reason"),
    "inspection": ("finding", "recommendation", "evidence", "plan"),
    "visit": ("reason",),
    "decision": ("reason",),
    "sheet": ("remark",),
}


def spoil(folder):
    """Put a sign into each name and text of the records, in turn."""
    sign = itertools.cycle(SIGNS)
    for table, columns in TEXTS.items():
        path = folder / f"{table}.csv"
        head, *rows = csv.reader(path.open(encoding="utf-8-sig", newline=""))
        for row in rows:
            for column in columns:
                place = head.index(column)
                row[place] += f" {next(sign)} x" if row[place] else ""
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([head, *rows])


def test_every_report_is_made_in_every_format(laid, tmp_path):
    folder = tmp_path / "tinh"
    assert assess("sample", folder, "--chi-bo", "6", "-w", laid.root).returncode == 0
    spoil(folder)
    periods = {"readings_study": "2026-03", "class_list": "2026-H1"}
    entries = [
        f"template: {name}, dang_bo: tinh, period: {periods.get(name, '2026')}"
        for name in NAMES
        if name not in IN_HOSTILE
    ]
    matrix = write_matrix(laid, *entries)
    text = matrix.read_text(encoding="utf-8").replace("data/sample", str(folder))
    office = text.replace("annual_review, ", "annual_review, also: [docx, xlsx], ")
    matrix.write_text(office, encoding="utf-8")
    batch = run_matrix(matrix, laid, tmp_path / "out")
    assert {outcome.key: outcome.message for outcome in batch.outcomes if not outcome.ok} == {}
    assert len(batch.outcomes) == len(entries) >= 10
    told = [note for outcome in batch.outcomes for note in outcome.notes]
    assert any("[U+" in note for note in told)  # what no face has is told with its place
