"""The desk: from the double-click to the first page, each page, sixty forms until they are judged.

``python benchmarks/desk.py [CHI_BO]`` lays a ward of so many chi bộ (60) with three months of
forms and uses a real Chromium. Times are medians of three in this run, in seconds.
"""

import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from assess.exchange.tables.typed import write_typed
from assess.workspace import lay_workspace
from kit.command import assess
from kit.desk import RunningDesk, browser
from kit.desk_forms import WARD, fill_month, ward_units

PAGES = ("hom-nay", "phieu", "so-viec", "bao-cao", "bao-cao/lap", "kiem-tra", "to-chuc", "quy-dinh")


def ward(root, count):
    """Lay a ward with three months of forms."""
    lay_workspace(root).set_actor("cán bộ Văn phòng")
    adopted = {"unit_id": WARD, "what": "biểu chấm thường kỳ", "value": "an-phu-hd42"}
    for name, rows in (
        ("1", ward_units(count)),
        ("2", {"adoption": [{**adopted, "valid_from": "28/10/2025"}]}),
    ):
        write_typed(root / "vao" / name / "t.xlsx", rows)
        assess("intake", root / "vao" / name, "-w", root, "--out", root / "intake")
    for month in ("2026-07", "2026-08", "2026-09"):
        fill_month(root, WARD, month, root / "phieu")
    assess("intake", root / "phieu", "-w", root, "--out", root / "intake")


def timed(work):
    """Return how long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(count):
    """Print the times."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "w"
        ward(root, count)
        forms = fill_month(root, WARD, "2026-10", Path(scratch) / "ve", wrong=6)[:60]
        starts = []
        with browser() as page:
            for _ in range(3):
                began = time.perf_counter()
                running = RunningDesk(root)
                page.goto(running.address)
                starts.append(time.perf_counter() - began)
                if len(starts) < 3:
                    running.stop()
            print(f"double-click to first page: {statistics.median(starts):.2f} s")
            for path in PAGES:
                page.goto(f"{running.at}/{path}")
                times = [timed(partial(page.goto, f"{running.at}/{path}")) for _ in range(3)]
                print(f"{path}: {statistics.median(times):.2f} s")
            page.goto(f"{running.at}/phieu")

            def judged():
                page.set_input_files("#nhan-tep", [str(path) for path in forms])
                page.wait_for_selector("h1:has-text('để riêng')", timeout=120_000)

            print(f"{len(forms)} forms dropped until judged: {timed(judged):.2f} s")
        running.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
