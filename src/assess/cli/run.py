"""``assess run``: the main job."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.base.errors import input_error
from assess.cli.options import (
    Bar,
    find_workspace,
    period_of,
    print_late,
    records_option,
    workspace_option,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.runs.batch import BatchResult
    from assess.runs.executors import Executor
    from assess.workspace import Workspace

MEBI = 1 << 20
_SHOWN = 3
_CERTIFICATES = ("--dask-ca", "--dask-cert", "--dask-key")


@click.command(
    "run",
    help=(
        "Lập mọi báo cáo trong một tệp danh mục, gọi là ma trận (params/runs/*.yaml): chạy sổ tính, dựng HTML và PDF, kiểm tra, lập "
        "mục lục. Báo cáo đã có, lập từ đúng số liệu và mẫu đó, được giữ nguyên; lượt bị ngắt giữa chừng thì lượt sau làm tiếp."
    ),
)
@click.argument("matrix", metavar="[DANH_MỤC]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Thư mục nhận báo cáo.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, 64),
    default=None,
    help="Số báo cáo làm cùng lúc; mặc định bằng số lõi.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="BÁO_CÁO",
    help="Chỉ làm báo cáo này, hoặc mọi báo cáo dưới thư mục này, ví dụ 2026/qs-tinh.",
)
@click.option(
    "--template",
    metavar="MẪU",
    help="Không cần danh mục: lập mẫu báo cáo này cho --period; danh mục tương ứng được ghi vào thư mục báo cáo.",
)
@click.option("--period", "periods", multiple=True, metavar="KỲ", help="Kỳ, với --template.")
@click.option(
    "--dang-bo",
    multiple=True,
    metavar="MÃ",
    help="Đảng bộ, với --template; mặc định mọi đảng bộ ngay dưới cấp cao nhất.",
)
@click.option(
    "--parameter",
    "-p",
    "given",
    nargs=2,
    multiple=True,
    metavar="TÊN GIÁ_TRỊ",
    help="Tham số riêng của mẫu, với --template; danh sách thì ngăn bằng dấu chấm phẩy. Xem assess templates.",
)
@click.option(
    "--also",
    multiple=True,
    type=click.Choice(["docx", "xlsx"]),
    help="Lập cả tệp Word, Excel, với --template; dùng được hai lần.",
)
@click.option(
    "--document-date",
    "dated",
    metavar="NGÀY",
    help="Ngày ghi trên văn bản, với --template, ví dụ 05/01/2027; mặc định ngày của số liệu mới nhất.",
)
@records_option
@click.option("--again", is_flag=True, help="Làm lại cả những báo cáo không có gì thay đổi.")
@click.option(
    "--past-changed",
    is_flag=True,
    help="Lập lại cả báo cáo mà số liệu của thời điểm đã qua nay đã đổi trong kho.",
)
@click.option(
    "--draft",
    is_flag=True,
    help="Bản nháp: chỉ HTML, không dựng PDF, để riêng trong thư mục <danh mục>.nhap.",
)
@click.option(
    "--dask",
    metavar="ĐỊA_CHỈ",
    default="",
    help="Giao cho các máy của bộ điều phối Dask này, tls://MÁY:CỔNG; local: bộ điều phối tạm trên máy này.",
)
@click.option(
    "--dask-ca",
    type=click.Path(path_type=Path),
    metavar="TỆP",
    help="Chứng thư của nơi cấp (CA), cho --dask tls://….",
)
@click.option(
    "--dask-cert", type=click.Path(path_type=Path), metavar="TỆP", help="Chứng thư của máy này."
)
@click.option(
    "--dask-key", type=click.Path(path_type=Path), metavar="TỆP", help="Khóa của chứng thư đó."
)
@click.option(
    "--engine",
    type=click.Choice(["assess", "papermill"]),
    default="assess",
    show_default=True,
    help="Bộ chạy ô lệnh; papermill: mỗi báo cáo một tiến trình và một nhân Jupyter mới, chỉ giới hạn thời gian, để đối chứng.",
)
@click.option(
    "--memory",
    type=click.IntRange(256),
    default=None,
    metavar="MIB",
    help="Bộ nhớ mà một báo cáo được dùng thêm ngoài phần sổ tính có sẵn lúc khởi động; mặc định theo máy.",
)
@click.option(
    "--cell-seconds",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    help="Thời gian tối đa của một ô lệnh, giây.",
)
@workspace_option
def command(
    matrix: Path | None,
    out: Path,
    jobs: int | None,
    only: tuple[str, ...],
    template: str | None,
    periods: tuple[str, ...],
    dang_bo: tuple[str, ...],
    given: tuple[tuple[str, str], ...],
    also: tuple[str, ...],
    dated: str | None,
    records: str,
    again: bool,
    past_changed: bool,
    draft: bool,
    dask: str,
    dask_ca: Path | None,
    dask_cert: Path | None,
    dask_key: Path | None,
    engine: str,
    memory: int | None,
    cell_seconds: int,
    folder: Path | None,
) -> None:
    """Make every report of a matrix; exit 1 when one failed."""
    from assess.base.machine import cores, fair_memory
    from assess.exchange.written import read_day
    from assess.records.unit_names import unit_meant
    from assess.runs import Limits, run_matrix
    from assess.runs.new_matrix import write_one_template

    began = time.monotonic()
    workspace = find_workspace(folder or (matrix.resolve().parent if matrix else None))
    if matrix is None:
        if template is None or not periods:
            raise input_error("no-matrix", "assess run")
        tree = workspace.source(records).tree if dang_bo else None
        units = tuple(unit_meant(tree, each) for each in dang_bo) if tree else dang_bo
        spans = tuple(period_of(each).text for each in periods)
        day = read_day(dated) if dated else None
        if dated and day is None:
            wanted = "ngày, chẳng hạn 05/3/2026"
            raise input_error("bad-value", "--document-date", found=dated, wanted=wanted)
        matrix = write_one_template(
            workspace,
            out,
            template,
            spans,
            units,
            records,
            dict(given),
            also=also,
            dated=day[0] if day else None,
        )
    bar = Bar()
    files = tuple(path for path in (dask_ca, dask_cert, dask_key) if path is not None)
    at_once = jobs or cores()
    executor = _dask(dask, at_once, files) if dask else None
    batch = run_matrix(
        matrix,
        workspace,
        out,
        jobs=jobs,
        executor=executor,
        only=only,
        again=again,
        draft=draft,
        past_changed=past_changed,
        limits=Limits(memory * MEBI if memory else fair_memory(at_once), cell_seconds, engine),
        progress=lambda done, total, outcome: bar.show(
            done, total, outcome.key if outcome else "bắt đầu"
        ),
    )
    bar.close()
    every = len(batch.outcomes) - len(batch.skipped)
    done = every - len(batch.failed)
    kept = f" ({every - batch.made} giữ nguyên)" if batch.made < every else ""
    click.echo(
        f"{done}/{every} báo cáo{kept}, {time.monotonic() - began:.0f} giây. Mục lục: {batch.folder / 'index.html'}"
    )
    print_late({key: found for key, found in batch.late.items() if key not in batch.skipped})
    if batch.dropped:
        more = (
            f" và {len(batch.dropped) - _SHOWN} báo cáo khác" if len(batch.dropped) > _SHOWN else ""
        )
        click.echo(
            f"Không còn trong danh mục nhưng tệp cũ vẫn nằm trong thư mục: {', '.join(batch.dropped[:_SHOWN])}{more}",
            err=True,
        )
    for outcome in batch.failed:
        click.echo(f"✗ {outcome.key}: {outcome.told}", err=True)
    for outcome in batch.outcomes:
        for note in outcome.notes:
            click.echo(f"! {outcome.key}: {note}", err=True)
        if not draft:
            _tell_issued(workspace, batch.folder, outcome.key)
    for path, near in _unread_words(workspace, batch):
        click.echo(f"! {path}: không báo cáo nào dùng lời văn này; có phải {near}.md?", err=True)
    for key, reasons in batch.held.items():
        click.echo(f"✗ {key}: {'; '.join(reasons)}", err=True)
    if batch.held:
        click.echo(
            "Các báo cáo này giữ nguyên bản cũ. Xem assess store log, assess store check; nếu việc thay đổi là đúng thì chạy lại với --past-changed.",
            err=True,
        )
    if batch.failed or batch.held:
        sys.exit(1)


def _unread_words(workspace: Workspace, batch: BatchResult) -> Iterator[tuple[Path, str]]:
    """Yield files of own words beside those of this matrix whose names are slips of the pen."""
    from difflib import get_close_matches

    from assess.runs.template import template_paths

    known = set(template_paths(workspace))
    names: dict[Path, set[str]] = {}
    for run in batch.matrix.runs:
        folder = workspace.words_path(run.period, run.dang_bo, run.name).parent
        names.setdefault(folder, set()).add(run.name)
    for folder, here in names.items():
        for path in sorted(folder.glob("*.md")):
            near = get_close_matches(path.stem, sorted(here), 1, 0.8)
            if near and path.stem not in here | known:
                yield path.relative_to(workspace.root), near[0]


def _tell_issued(workspace: Workspace, folder: Path, key: str) -> None:
    """Say where a report differs from the document of it that is out."""
    from assess.runs.issue import changed_since

    found = changed_since(workspace, folder, key)
    if found is None:
        return
    document, changes = found
    click.echo(f"! {key}: đã phát hành {document.words}; nay khác {len(changes)} chỗ:", err=True)
    for change in changes[:_SHOWN]:
        click.echo(f"    {change}", err=True)
    if len(changes) > _SHOWN:
        click.echo(f"    và {len(changes) - _SHOWN} chỗ khác", err=True)
    click.echo(
        f"    Phát hành bản thay thế: assess issue {folder / key} --number SỐ --replaces {document.sign}",
        err=True,
    )


def _dask(address: str, at_once: int, files: tuple[Path, ...]) -> Executor:
    """Return the executor for a Dask scheduler."""
    from assess.runs.executors import Dask

    all_given = len(files) == len(_CERTIFICATES)
    return Dask(
        address, at_once, certificates=(files[0], files[1], files[2]) if all_given else None
    )
