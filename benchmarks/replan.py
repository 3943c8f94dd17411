"""Plan more than six hundred reports again: with nothing changed, then with one sheet changed.

And make one report of them, against the same report in a matrix of one.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median

from common import BIN, Row, seconds

PERIODS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)] + [
    "2026",
    "2025-H2",
    "2026-H1",
]
TEMPLATES = ("upward_summary", "compliance_calendar", "attendance_programme", "period_summary")
MATRIX = """id: sau-tram
title: Sáu trăm báo cáo
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
"""


def lay(base):
    """Create a workspace with a matrix of 600 reports; return the matrix."""
    seconds([BIN / "assess", "init", base / "ws"])
    matrix = base / "ws/params/runs/sau-tram.yaml"
    periods = ", ".join(f"'{period}'" for period in PERIODS)
    matrix.write_text(
        MATRIX + "".join(f"  - {{template: {name}, period: [{periods}]}}\n" for name in TEMPLATES),
        encoding="utf-8",
    )
    return matrix


def change_one_sheet(workspace):
    """Change the points of one line of a sheet of March 2026; return the sheet's id."""
    sample = workspace / "data/sample"
    meetings = [
        row.split(",") for row in (sample / "meeting.csv").read_text(encoding="utf-8").splitlines()
    ]
    meeting = next(row[0] for row in meetings if "2026-03" in row)
    sheet = next(
        row.split(",")[0]
        for row in (sample / "sheet.csv").read_text(encoding="utf-8").splitlines()
        if row.split(",")[1] == meeting
    )
    path = sample / "line.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    points = rows[0].split(",").index("points")
    at = next(i for i, row in enumerate(rows) if row.startswith(f"{sheet},") and ",entered" in row)
    cells = rows[at].split(",")
    cells[points] = "0" if cells[points] != "0" else "1"
    rows[at] = ",".join(cells)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return sheet


ONE = "2026-01/qs-tinh/period_summary"


def only_one(matrix, base, times):
    """Return seconds of one new report of the whole matrix, and of it in a matrix of one."""
    alone = matrix.with_name("mot.yaml")
    alone.write_text(
        MATRIX.replace("sau-tram", "mot")
        + "  - {template: period_summary, dang_bo: qs-tinh, period: '2026-01'}\n",
        encoding="utf-8",
    )
    many, one = [], []
    for number in range(times):
        out = base / f"only-{number}"
        many.append(seconds([BIN / "assess", "run", matrix, "--out", out, "--only", ONE]))
        one.append(seconds([BIN / "assess", "run", alone, "--out", out]))
    return many, one


def run(times=3):
    """Return the rows about planning again."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        matrix = lay(base)
        many, one = only_one(matrix, base, times)
        again = [BIN / "assess", "run", matrix, "--out", base / "out"]
        first = seconds(again)
        unchanged = [seconds(again) for _ in range(times)]
        planned = [
            seconds([BIN / "assess", "plan", matrix, "--out", base / "out"]) for _ in range(times)
        ]
        sheet = change_one_sheet(base / "ws")
        done = subprocess.run(
            [BIN / "assess", "plan", matrix, "--out", base / "out", "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        steps = json.loads(done.stdout)
        to_make = [step for step in steps if step["action"] == "run"]
        naming = [step for step in to_make if sheet in " ".join(step["reasons"])]
        changed = seconds(again)
        shutil.rmtree(base / "ws")
    note = f"the first run took {first:.0f} s"
    told = f"{len(to_make)} of {len(steps)} reports made again in {changed:.0f} s; the plan names sheet {sheet} for {len(naming)} of them"
    ratio = tuple(m / o for m, o in zip(many, one, strict=True))
    return [
        Row(
            f"`run --only ONE` of a matrix of {len(steps)}, against a matrix of that report alone",
            "≤ 1.3 ×",
            "s",
            tuple(many),
            tuple(one),
            ratio,
            median(ratio) <= 1.3,
        ),
        Row(
            f"second run, nothing changed, {len(steps)} reports",
            "< 2 s",
            "s",
            tuple(unchanged),
            reached=median(unchanged) < 2,
            note=note,
        ),
        Row("`assess plan` of the same", "< 2 s", "s", tuple(planned), reached=median(planned) < 2),
        Row(
            "one sheet changed: only the reports whose slice holds it",
            "named, and no others",
            "s",
            (changed,),
            reached=len(naming) == len(to_make) > 0 and len(to_make) < len(steps),
            note=told,
        ),
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
