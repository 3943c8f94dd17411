"""``assess backup`` and ``assess restore``: all that cannot be made again, in one proved file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.cli.options import find_workspace, workspace_option

if TYPE_CHECKING:
    from assess.workspace.backup import Backup


@click.command(
    "backup",
    help=(
        "Sao lưu vào một tệp có ngày: kho số liệu và tệp gốc, params, mẫu báo cáo, văn bản đã phát hành; đọc lại để kiểm tra rồi mới báo xong. "
        "Chép tệp ấy ra ổ khác, nơi khác. Báo cáo không có trong đó vì lập lại được."
    ),
)
@click.argument(
    "target", metavar="TỆP", required=False, type=click.Path(path_type=Path, dir_okay=False)
)
@workspace_option
def command(target: Path | None, folder: Path | None) -> None:
    """Write a backup and read it back."""
    from assess.workspace.backup import back_up

    backup = back_up(find_workspace(folder), target)
    _print(f"Đã sao lưu {backup.files} tệp vào {backup.path}, đã đọc lại, còn nguyên.", backup)


@click.command(
    "restore",
    help="Khôi phục một bản sao lưu vào thư mục mới, có kiểm tra từng tệp và kho số liệu. Kho ghi lại việc khôi phục.",
)
@click.argument("source", metavar="TỆP", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("target", metavar="THƯ_MỤC", type=click.Path(path_type=Path, file_okay=False))
def restore_command(source: Path, target: Path) -> None:
    """Lay a backup into a new folder."""
    from assess.workspace.backup import restore

    backup = restore(source, target)
    _print(f"Đã khôi phục {backup.files} tệp vào {target}.", backup)


def _print(said: str, backup: Backup) -> None:
    from assess.exchange.store import SHOWN

    click.echo(said)
    for name, link in backup.heads.items():
        last = f"lượt {link.number}, mã {link.link[:SHOWN]}" if link else "chưa có lượt nào"
        click.echo(f"  {name}: {last}")
    click.echo(f"Mã của tệp (SHA-256): {backup.digest}")
