"""``assess mend``: a few cells of a file that was set aside, corrected and taken in."""

from __future__ import annotations

import re
from pathlib import Path

import click

from assess.base.errors import input_error
from assess.base.text import tidy
from assess.cli.intake import answer
from assess.cli.options import (
    clock_right_option,
    find_workspace,
    json_option,
    known_writer,
    store_option,
    workspace_option,
)

_PAIR = re.compile(r"((?:.*?!)?[^=!]+)=(.*)", re.DOTALL)


@click.command(
    "mend",
    help="Sửa vài ô của một tệp Excel đã để riêng rồi nhận bản đã sửa vào kho. Tệp gốc giữ nguyên. Ô dạng E12=30/11/2026; tệp nhiều trang tính thì ghi trang!E12=…; để trống sau dấu = là xóa ô.",
)
@click.argument("path", metavar="TỆP", type=click.Path(path_type=Path))
@click.argument("cells", metavar="Ô=GIÁ_TRỊ...", nargs=-1, required=True)
@click.option(
    "--reason", default="", metavar="LÝ_DO", help="Vì sao sửa; bắt buộc, giữ trong nhật ký."
)
@store_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("intake"),
    show_default=True,
    help="Thư mục nhận kết quả và bản đã sửa.",
)
@clock_right_option
@workspace_option
@json_option
def command(
    path: Path,
    cells: tuple[str, ...],
    reason: str,
    store: Path,
    out: Path,
    clock_right: bool,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Write the corrected copy and take it in; exit 1 when it is set aside again."""
    from assess.base.machine import now
    from assess.exchange.intake import take_in
    from assess.exchange.intake.mend import write_mended
    from assess.exchange.store import Store

    if not tidy(reason):
        raise input_error("no-reason", "--reason", what="sửa phiếu đã gửi")
    workspace = find_workspace(folder)
    by = known_writer(workspace, clock_right=clock_right)
    mended = out / "sua" / f"{now():%Y%m%d-%H%M%S}" / path.name
    write_mended(path, mended, dict(_pair(each) for each in cells))
    kept = Store(workspace.root / store, create=True, by=by)
    intake = take_in(kept, workspace.rules_for(kept), [mended], reason=reason)
    answer(intake, out, 1, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    """Return the address and the value; the name of a worksheet may hold any sign."""
    found = _PAIR.fullmatch(text)
    if found is None:
        raise input_error("bad-pair", "Ô=GIÁ_TRỊ", found=text, shape="E12=30/11/2026")
    return found[1], found[2]
