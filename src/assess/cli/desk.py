"""``assess desk``: the office's year in the browser."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from assess.base.errors import input_error
from assess.cli.options import find_workspace, workspace_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "desk",
    help="Mở bàn làm việc: phiếu, sổ việc, báo cáo của không gian này trong trình duyệt, chỉ trên máy này. Đóng bằng nút Đóng bàn làm việc, hoặc Ctrl+C.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Cổng; mặc định tự chọn.")
@click.option("--no-browser", is_flag=True, help="Không mở trình duyệt; in ra địa chỉ.")
@click.option("--base-url", default="/", hidden=True)
@click.option("--allow-root", is_flag=True, hidden=True)
@workspace_option
def command(
    port: int | None, no_browser: bool, base_url: str, allow_root: bool, folder: Path | None
) -> None:
    """Serve the desk until it is closed; open the one that is served already."""
    workspace = find_workspace(folder)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not allow_root:
        raise input_error("desk-root", "assess desk")
    try:
        from assess.desk.server import running, serve
    except ModuleNotFoundError as error:
        raise input_error("desk-missing", "assess desk") from error
    address = running(workspace)
    if address:
        click.echo(f"Bàn làm việc của không gian này đang mở: {address}")
        if not no_browser:
            click.launch(address)
        return
    click.echo(f"Bàn làm việc của {workspace.root} đang mở. Đóng cửa sổ này thì bàn làm việc dừng.")
    serve(workspace, port=port or 0, browser=not no_browser, base_url=base_url)
