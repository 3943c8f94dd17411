"""Take a province's month of filled score forms in with one command; how much of it is reading."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from common import BIN, ROOT, Row, seconds


def run(chi_bo=1100, most=1000):
    """Return the row about a thousand score forms."""
    from assess.excel.confined import read_workbooks
    from assess.exchange.csv.folder import write_folder
    from assess.sample import make_sample
    from assess.sample.filled_forms import write_filled
    from assess.workspace import Workspace

    rules = Workspace(ROOT).rules()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        tables = make_sample(rules, chi_bo=chi_bo, form="an-phu-hd42", months=("2026-03",))
        write_folder(out / "tables", {name: tables[name] for name in ("unit", "adoption")})
        write_filled(tables, rules, out / "forms")
        paths = sorted((out / "forms").glob("*.xlsx"))
        for path in paths[most:]:
            path.unlink()
        intake = [
            BIN / "assess",
            "intake",
            "-w",
            ROOT,
            "--store",
            out / "s.duckdb",
            "--out",
            out / "o",
            "-j",
            "2",
        ]
        seconds([*intake, out / "tables", "--recorded-at", "2026-01-01", "--reason", "số liệu mẫu"])
        whole = seconds(
            [*intake, out / "forms", "--recorded-at", "2026-04-10", "--reason", "số liệu mẫu"]
        )
        again = seconds(
            [*intake, out / "forms", "--recorded-at", "2026-04-11", "--reason", "số liệu mẫu"]
        )
        began = time.perf_counter()
        for _ in read_workbooks(paths[:most], jobs=2):
            pass
        reading = time.perf_counter() - began
    count = len(paths[:most])
    note = f"{count} forms; reading the workbooks alone is {reading / whole:.0%} of it; the same forms once more take {again / whole:.2f} × the time"
    return [
        Row(
            "intake of filled forms, two at a time",
            "—",
            "ms a form",
            (1000 * whole / count,),
            note=note,
        )
    ]
