"""``assess run``: the main job."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.cli.options import find_workspace, workspace_option

if TYPE_CHECKING:
    from assess.runs import Outcome


@click.command(
    "run",
    help="Lập mọi báo cáo trong một tệp danh mục, gọi là ma trận (params/runs/*.yaml): chạy sổ tính, dựng HTML và PDF, kiểm tra, lập mục lục.",
)
@click.argument("matrix", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True, help="Thư mục nhận báo cáo.")
@click.option("--jobs", "-j", type=click.IntRange(1, 64), default=None, help="Số báo cáo làm cùng lúc; mặc định bằng số lõi.")
@workspace_option
def command(matrix: Path, out: Path, jobs: int | None, folder: Path | None) -> None:
    """Make every report of a matrix; exit 1 when one failed."""
    from assess.runs import run_matrix

    began = time.monotonic()
    workspace = find_workspace(folder or matrix.resolve().parent)
    bar = _Bar()
    batch = run_matrix(matrix, workspace, out, jobs=jobs, progress=bar.show)
    bar.close()
    done = len(batch.outcomes) - len(batch.failed)
    click.echo(f"{done}/{len(batch.outcomes)} báo cáo, {time.monotonic() - began:.0f} giây. Mục lục: {batch.folder / 'index.html'}")
    for outcome in batch.failed:
        click.echo(f"✗ {outcome.key}: {outcome.message}", err=True)
    if batch.failed:
        sys.exit(1)


class _Bar:
    """A progress bar on standard error: a moving line on a terminal, a line for every tenth elsewhere."""

    def __init__(self) -> None:
        self._bar: object = None
        self._said = 0
        self._tty = sys.stderr.isatty()

    def show(self, done: int, total: int, outcome: Outcome | None) -> None:
        if not self._tty:
            if done == total or done * 10 // max(total, 1) > self._said:
                self._said = done * 10 // max(total, 1)
                click.echo(f"{done}/{total}", err=True)
            return
        width = 30
        filled = width * done // max(total, 1)
        name = outcome.key if outcome else "bắt đầu"
        click.echo(f"\r[{'#' * filled}{'.' * (width - filled)}] {done}/{total} {name:<40.40}", err=True, nl=False)

    def close(self) -> None:
        if self._tty:
            click.echo("", err=True)
