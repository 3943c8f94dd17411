"""``assess init``: lay a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from assess.base.errors import input_error
from assess.base.machine_faults import reason


@click.command(
    "init",
    help="Tạo không gian làm việc: params/, notebooks/, data/sample/. Không ghi đè thư mục đã có tệp.",
)
@click.argument("folder", metavar="THƯ_MỤC", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Copy the workspace that ships with the package."""
    from assess.workspace import lay_workspace

    try:
        lay_workspace(folder)
    except OSError as error:
        raise input_error(
            "unwritable", str(error.filename or folder), reason=reason(error)
        ) from error
    runs, pattern = folder / "params" / "runs", folder / "params" / "mau" / "bao-cao.yaml"
    click.echo(f"Đã tạo {folder}. Làm báo cáo từ số liệu mẫu: assess run {runs / 'nam-2026.yaml'}")
    click.echo(f"Cho số liệu của mình: chép {pattern} vào {runs}, đổi mã đảng bộ và kỳ.")
