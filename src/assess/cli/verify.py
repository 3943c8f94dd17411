"""``assess verify``: are the reports as they were made, and do their inputs give them again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from assess.base.errors import InputError
from assess.cli.options import Bar, json_option


@click.command(
    "verify",
    help=(
        "Kiểm tra báo cáo đã lập: sổ ghi, MANIFEST.sha256 và các tệp so với nhau theo cả hai chiều; mẫu báo cáo và bộ quy tắc so với bản "
        "trong gói assess; rồi lập lại từ chính số liệu và sổ tính nằm cạnh báo cáo và so từng byte. Chỉ cần thư mục báo cáo. Mẫu lạ không "
        "được chạy, trừ khi nêu --trust. Mục lục và trang báo lỗi không lập lại được, chỉ so mã."
    ),
)
@click.argument("folder", metavar="THƯ_MỤC", type=click.Path(path_type=Path))
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=None,
    metavar="SỐ",
    help="Chỉ lập lại ngần này báo cáo, chọn theo --seed; 0: không lập lại.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Số gieo để chọn mẫu; cùng số thì cùng mẫu.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, 64),
    default=None,
    help="Số báo cáo lập lại cùng lúc; mặc định bằng số lõi.",
)
@click.option(
    "--cell-seconds",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    help="Thời gian tối đa của một ô lệnh, giây.",
)
@click.option(
    "--trust",
    multiple=True,
    metavar="TỆP|MÃ",
    help="Tin thêm mẫu (.ipynb) hoặc bộ quy tắc (.yaml) này, mọi mẫu và bộ quy tắc của không gian làm việc này, hoặc bản có mã này.",
)
@click.option(
    "--fonts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    metavar="THƯ_MỤC",
    help="Phông chữ của PDF (params/phong-chu của nơi lập), để so cả bản PDF; không có thì bản PDF như vậy chỉ so mã.",
)
@json_option
def command(
    folder: Path,
    sample: int | None,
    seed: int,
    jobs: int | None,
    cell_seconds: int,
    trust: tuple[str, ...],
    fonts: Path | None,
    as_json: bool,
) -> None:
    """Check; exit 1 when something is not as it should be."""
    from assess.base.machine import cores, fair_memory
    from assess.runs import Limits
    from assess.runs.verify import matrices, verify

    found = {}
    for each in matrices(folder):
        bar = Bar()
        found[each] = verify(
            each,
            sample=sample,
            seed=seed,
            jobs=jobs,
            limits=Limits(fair_memory(jobs or cores()), cell_seconds),
            trust=trust,
            fonts=fonts or _face_beside(each),
            progress=bar.show,
        )
        bar.close()
    if as_json:
        rows = [
            {
                "folder": str(each),
                "files": v.files,
                "remade": list(v.remade),
                "own": [{"where": p.where, "what": p.what} for p in v.own],
                "incomparable": list(v.incomparable),
                "problems": [{"where": p.where, "what": p.what} for p in v.problems],
            }
            for each, v in found.items()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for each, verified in found.items():
            for problem in verified.problems:
                click.echo(f"✗ {problem}", err=True)
            for note in verified.own:
                click.echo(f"! {note}", err=True)
            if verified.incomparable:
                click.echo(
                    f"! {each}: bản PDF của {len(verified.incomparable)} báo cáo lập bằng phông chữ không có ở đây, không so được nội dung (--fonts THƯ_MỤC)",
                    err=True,
                )
            chosen = "" if sample is None else f" (chọn theo số gieo {seed})"
            of = "như bản trong gói" if not trust else "như bản trong gói hoặc nêu ở --trust"
            said = (
                f"{len(verified.problems)} chỗ không khớp"
                if verified.problems
                else f"mẫu và bộ quy tắc {of}; tất cả khớp"
            )
            click.echo(
                f"{each}: {verified.files} tệp so mã, {len(verified.remade)} báo cáo lập lại{chosen}: {said}"
            )
    if any(verified.problems for verified in found.values()):
        sys.exit(1)


def _face_beside(folder: Path) -> Path | None:
    """Return the fonts of the workspace that a batch's folder lies in, if it has its own."""
    from assess.workspace import Workspace

    try:
        found = Workspace.find(folder).face_folder
    except InputError:
        return None
    return found if found.is_dir() else None
