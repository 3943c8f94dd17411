"""``assess init``: lay a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from assess.base.errors import input_error
from assess.base.machine_faults import reason


@click.command(
    "init",
    help=(
        "Tạo không gian làm việc: params/, notebooks/, data/sample/. Không ghi đè thư mục đã có tệp. "
        "Với --update: đưa không gian đã có lên bản mới; tệp đã sửa được giữ nguyên."
    ),
)
@click.argument("folder", metavar="THƯ_MỤC", type=click.Path(path_type=Path))
@click.option(
    "--update",
    is_flag=True,
    help="Thay các tệp chưa sửa bằng bản mới (bản cũ để trong ban-cu/), để bản mới của tệp đã sửa trong ban-moi/.",
)
@click.option(
    "--practice",
    is_flag=True,
    help="Không gian tập huấn: tỉnh giả, một năm số liệu, vài phiếu hỏng để tập sửa. Đã có thì làm lại từ đầu.",
)
def command(folder: Path, *, update: bool, practice: bool) -> None:
    """Copy the workspace that ships with the package, or bring one up to it."""
    from assess.workspace import Workspace, lay_workspace
    from assess.workspace.launchers import lay_launchers

    try:
        if practice:
            _practice(folder)
        elif update:
            _update(folder)
        else:
            lay_workspace(folder)
        _lay_guide(folder)
        lay_launchers(Workspace.find(folder).root)
    except OSError as error:
        raise input_error(
            "unwritable", str(error.filename or folder), reason=reason(error)
        ) from error
    if update or practice:
        return
    runs, pattern = folder / "params" / "runs", folder / "params" / "mau" / "bao-cao.yaml"
    click.echo(f"Đã tạo {folder}. Làm báo cáo từ số liệu mẫu: assess run {runs / 'nam-2026.yaml'}")
    click.echo(f"Làm trên trình duyệt: bấm đúp “Bàn làm việc” trong {folder}.")
    click.echo(f"Cho số liệu của mình: mở {folder / _GUIDE} trong trình duyệt và làm theo.")
    click.echo(f"Nhiều báo cáo cùng lúc: chép {pattern} vào {runs}, đổi tên đảng bộ và kỳ.")


def _practice(folder: Path) -> None:
    """Lay a workspace for practice, or begin anew in one."""
    from assess.workspace import Workspace
    from assess.workspace.practice import FORMS, is_practice, lay_practice, reset_practice

    if is_practice(folder):
        reset_practice(Workspace.find(folder))
    else:
        lay_practice(folder)
    click.echo(f"Không gian tập huấn: {folder}. Phiếu để tập nhận, tập sửa: {folder / FORMS}.")


_GUIDE = Path("docs/huong-dan.html")


def _lay_guide(folder: Path) -> None:
    """Lay the guide as a page, which needs no program but a browser."""
    from assess.reports.guide_page import guide_page
    from assess.workspace import Workspace

    root = Workspace.find(folder).root
    text = (root / _GUIDE).with_suffix(".md").read_text(encoding="utf-8")
    (root / _GUIDE).write_text(guide_page(text, (root / _GUIDE).parent), encoding="utf-8")


_TOLD = (
    ("renewed", "thay bằng bản mới"),
    ("added", "thêm"),
    ("edited", "đã sửa, giữ nguyên; bản mới để trong ban-moi/"),
    ("kept", "đã sửa, giữ nguyên; bản mới không khác bản cũ"),
    ("removed", "đã bỏ đi, không thêm lại"),
    ("gone", "bản mới không còn tệp này; giữ nguyên"),
)


def _update(folder: Path) -> None:
    """Bring a workspace up to the installed package; print what was done with which file."""
    from assess.workspace import Workspace
    from assess.workspace.update import NEW, update_workspace

    done = update_workspace(Workspace.find(folder))
    root = Workspace.find(folder).root
    waiting = [path for path in done.kept if (root / NEW / path).is_file()]
    told = [(getattr(done, name), words) for name, words in _TOLD]
    told.append((waiting, f"trong số đó có bản mới chưa dùng, vẫn để ở {NEW}/"))
    for found, words in told:
        if found:
            click.echo(f"{len(found)} tệp {words}:")
            for path in found:
                click.echo(f"  {path}")
    if done.old is not None:
        click.echo(f"Bản cũ của các tệp đã thay: {done.old}")
    if not any(getattr(done, name) for name, _ in _TOLD):
        click.echo("Không gian làm việc đã theo bản mới nhất.")
