"""``assess run``: the main job."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from assess.cli.options import Bar, find_workspace, workspace_option


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
    bar = Bar()
    batch = run_matrix(
        matrix, workspace, out, jobs=jobs,
        progress=lambda done, total, outcome: bar.show(done, total, outcome.key if outcome else "bắt đầu"),
    )  # fmt: skip
    bar.close()
    done = len(batch.outcomes) - len(batch.failed)
    click.echo(f"{done}/{len(batch.outcomes)} báo cáo, {time.monotonic() - began:.0f} giây. Mục lục: {batch.folder / 'index.html'}")
    for outcome in batch.failed:
        click.echo(f"✗ {outcome.key}: {outcome.message}", err=True)
    if batch.failed:
        sys.exit(1)
