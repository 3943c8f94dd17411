"""``assess archive``: what was issued for a year, in one folder that can be proved years later."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from assess.base.errors import input_error
from assess.cli.options import find_workspace, workspace_option

_YEAR = re.compile(r"(?:19|20)\d\d")


@click.command(
    "archive",
    help=(
        "Lưu trữ các văn bản đã phát hành của một năm vào một thư mục: văn bản, số liệu, bộ quy tắc, mẫu báo cáo, chuỗi lượt của kho, danh sách gói phần mềm, "
        "trang đọc trước, MANIFEST.sha256, RO-Crate. Năm là năm của kỳ báo cáo, không phải năm của ngày văn bản; bản thay thế, bổ sung nằm cùng năm ấy. "
        "Không ghi đè bản lưu trữ khác. Với --check: kiểm tra một bản lưu trữ, ở đâu cũng được."
    ),
)
@click.argument("year", metavar="NĂM", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    metavar="THƯ_MỤC",
    help="Nơi ghi; mặc định là luu-tru/NĂM trong không gian làm việc.",
)
@click.option(
    "--check",
    "checked",
    type=click.Path(path_type=Path),
    default=None,
    metavar="THƯ_MỤC",
    help="Kiểm tra bản lưu trữ ở thư mục này; chỗ nào không khớp đều được nêu.",
)
@workspace_option
def command(year: str | None, out: Path | None, checked: Path | None, folder: Path | None) -> None:
    """Archive a year, or check an archive; exit 1 when it is not as it was made."""
    if (year is None) == (checked is None):
        raise input_error("archive-what" if year is None else "archive-both", "NĂM, --check")
    if checked is not None:
        _check(checked)
        return
    if year is None or not _YEAR.fullmatch(year):
        raise input_error("archive-year", "NĂM", found=year)
    from assess.runs.archive import archive

    made = archive(find_workspace(folder), int(year), out)
    count = f"{len(made.documents)} văn bản, {made.files} tệp"
    said = "Đã lưu trữ" if made.new else "Đã có sẵn bản lưu trữ giống từng byte:"
    click.echo(f"{said} {count}, ở {made.folder}; đã đọc lại, còn nguyên.")
    for name, head in made.heads.items():
        click.echo(f"  {name}: đến lượt {head.number}, mã {head.link[:16]}")
    click.echo(f"Mã của MANIFEST.sha256 (ghi vào biên bản giao nộp): {made.digest}")


def _check(folder: Path) -> None:
    from assess.runs.archive_check import check_archive

    found = check_archive(folder)
    for problem in found.problems:
        click.echo(f"✗ {problem}", err=True)
    said = f"{len(found.problems)} chỗ không khớp" if found.problems else "tất cả khớp"
    click.echo(f"{folder}: {found.documents} văn bản, {found.files} tệp so mã: {said}")
    if found.problems:
        sys.exit(1)
