"""The pictures of the guide: ``make screenshots`` makes them anew from an invented ward.

They are looked at, not compared.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image

from assess.exchange.tables.typed import write_typed
from assess.workspace import lay_workspace
from kit.command import assess
from kit.desk import RunningDesk, browser
from kit.desk_forms import WARD, fill_month, ward_units

WIDTH, HEIGHT = 1000, 760


def taken(root, folder):
    """Take a folder in by the command line."""
    done = assess("intake", folder, "-w", root, "--out", root / "intake")
    assert done.returncode in (0, 1), done.stderr


def ward(root):
    """Lay a workspace with a ward and half a year of its forms."""
    lay_workspace(root).set_actor("cán bộ Văn phòng")
    write_typed(root / "vao" / "don-vi.xlsx", ward_units(12))
    taken(root, root / "vao")
    adopted = {"unit_id": WARD, "what": "biểu chấm thường kỳ", "value": "an-phu-hd42"}
    write_typed(
        root / "vao2" / "bieu.xlsx", {"adoption": [{**adopted, "valid_from": "28/10/2025"}]}
    )
    taken(root, root / "vao2")
    for month in (f"2026-{number:02d}" for number in range(4, 10)):
        fill_month(root, WARD, month, root / "phieu" / month)
    taken(root, root / "phieu")


def main(target):
    """Write the pictures into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "w"
        ward(root)
        forms = fill_month(root, WARD, "2026-10", Path(scratch) / "ve", wrong=3)
        running = RunningDesk(root)
        try:
            with browser() as page:
                page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
                page.goto(running.address)
                page.goto(f"{running.at}/phieu?thang=2026-10")
                page.set_input_files("#nhan-tep", [str(path) for path in forms])
                page.wait_for_selector("h1:has-text('để riêng')")
                page.screenshot(path=target / "ket-qua-nhan.png")
                page.click("table a.b.go")
                page.wait_for_selector("h1:has-text('Sửa phiếu')")
                page.screenshot(path=target / "sua-phieu.png")
                for name, path in (
                    ("hom-nay", "hom-nay"),
                    ("phieu", "phieu?thang=2026-10"),
                    ("to-chuc", "to-chuc"),
                    ("lap-bao-cao", "bao-cao/lap?mau=period_summary&ky=2026-Q3"),
                ):
                    page.goto(f"{running.at}/{path}")
                    page.screenshot(path=target / f"{name}.png")
        finally:
            running.stop()
    for path in target.glob("*.png"):  # few colours, so that the guide stays small
        Image.open(path).convert("RGB").quantize(96, dither=Image.Dither.NONE).save(
            path, optimize=True
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
