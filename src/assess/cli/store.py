"""``assess store``: look at the store, write it out, check it, end a row."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click

from assess.cli.options import (
    Bar,
    allow_future_option,
    clock_right_option,
    find_workspace,
    json_option,
    known_writer,
    recorded_at_option,
    stated_moment,
    store_option,
    workspace_option,
)


@click.group("store", help="Xem, xuất và kiểm tra kho số liệu.")
def command() -> None:
    """Group the sub-verbs."""


@command.command("info", help="Kho có gì: khuôn, kích thước, lần ghi cuối, số dòng từng bảng.")
@store_option
@workspace_option
@json_option
def info(store: Path, folder: Path | None, as_json: bool) -> None:
    """Print what a store holds."""
    from assess.exchange.store import Store
    from assess.records import words

    about = Store(find_workspace(folder).root / store).info()
    if as_json:
        click.echo(json.dumps(about, ensure_ascii=False, indent=1, default=str))
        return
    latest = about["latest"]
    when = f"{latest:%H:%M %d/%m/%Y}" if isinstance(latest, dt.datetime) else "chưa có"
    click.echo(
        f"{about['path']}: khuôn {about['version']}, {about['bytes']} byte, {about['batches']} lượt nhận, ghi lần cuối {when}"
    )
    tables = about["tables"]
    for name, counts in tables.items() if isinstance(tables, dict) else ():
        corrected = counts["revisions"] - counts["rows"]
        shown = words.TABLE_NAMES[name]
        click.echo(f"  {shown:<18} {counts['rows']:>8} dòng, {corrected} lần sửa hoặc rút")


@command.command("log", help="Các lượt nhận, theo thứ tự; với --files thì cả từng tệp.")
@click.option("--files", "with_files", is_flag=True, help="In cả từng tệp và kết quả của nó.")
@store_option
@workspace_option
@json_option
def log(with_files: bool, store: Path, folder: Path | None, as_json: bool) -> None:
    """Print the batches of a store."""
    from assess.exchange.store import Store

    kept = Store(find_workspace(folder).root / store)
    batches, files = kept.log(), kept.files()
    if as_json:
        found = {
            "batches": batches.to_dict("records"),
            "files": files.drop(columns="findings").to_dict("records"),
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))
        return
    for row in batches.itertuples(index=False):
        click.echo(_batch(row))
        for file in (
            files[files["batch"] == row.batch].itertuples(index=False) if with_files else ()
        ):
            click.echo(
                f"  {'✗' if file.outcome == 'set_aside' else '✓'} {file.name} {file.digest[:12]}"
            )


def _batch(row: Any) -> str:
    """Return a batch in words: what it is, when, by whom, how much, why, and its link."""
    import pandas as pd

    from assess.exchange.store import SHOWN
    from assess.exchange.store.chain import KINDS, in_vietnam

    said = f"lượt {row.batch}, {row.moment:%H:%M %d/%m/%Y}"
    if row.moment != row.recorded_at:
        said += f" (trước ghi sai là {row.recorded_at:%H:%M %d/%m/%Y})"
    elif not pd.isna(row.clock):
        clock = in_vietnam(row.clock)
        if abs(clock - row.moment) > dt.timedelta(days=1):
            said += f" (ghi vào máy lúc {clock:%H:%M %d/%m/%Y})"
    said += f": {KINDS[row.kind]}; " if row.kind != "intake" else ": "
    if row.taken or row.set_aside or row.kind == "intake":
        said += f"nhận {row.taken} tệp, để riêng {row.set_aside}; "
    said += f"thêm {row.added} dòng, sửa {row.revised - row.withdrawn}, rút {row.withdrawn}"
    said += f"; lý do: {row.reason}" if row.reason else ""
    said += f"; người ghi: {row.actor}" if row.actor else ""
    return f"{said}; mã {row.link[:SHOWN]}" if row.link else said


@command.command(
    "export", help="Xuất kho ra thư mục mới: CSV, Parquet, và lịch sử mọi lần sửa (Parquet)."
)
@click.argument("target", metavar="THƯ_MỤC", type=click.Path(path_type=Path))
@click.option(
    "--as-of",
    default="",
    metavar="THỜI_ĐIỂM",
    help="Số liệu như đã biết đến lúc này; mặc định là mới nhất.",
)
@store_option
@workspace_option
def export(target: Path, as_of: str, store: Path, folder: Path | None) -> None:
    """Write a store out as plain files."""
    from assess.base.periods import FAR_OFF, moment
    from assess.exchange.store import Store

    written = Store(find_workspace(folder).root / store).export(
        target, moment(as_of) if as_of else FAR_OFF
    )
    click.echo(f"Đã ghi {len(written)} tệp vào {target}.")


@command.command("check", help="Kiểm tra kho: lịch sử nguyên vẹn, và những chỗ lạ trong số liệu.")
@click.option(
    "--contains",
    default="",
    metavar="MÃ",
    help="Mã của một lượt, như in ở phiếu kiểm soát số liệu của báo cáo: có trong kho này không.",
)
@store_option
@workspace_option
@json_option
def check(contains: str, store: Path, folder: Path | None, as_json: bool) -> None:
    """Print damage, and what is odd in the records; exit 1 when there is damage."""
    from assess.base.machine import cores
    from assess.base.periods import FAR_OFF
    from assess.exchange.intake.reread import reread
    from assess.exchange.store import SHOWN, Store
    from assess.studies.signals.habits import odd_in_records

    workspace = find_workspace(folder)
    kept = Store(workspace.root / store)
    bar = Bar()
    damage = kept.check()
    findings = [
        *damage,
        *reread(
            kept,
            workspace.rules() if damage else workspace.rules_for(kept),
            jobs=cores(),
            progress=lambda done, total: bar.show(done, total, ""),
        ),
        *odd_in_records(kept.records(FAR_OFF)),
    ]
    bar.close()
    damaged = [finding for finding in findings if finding.severity == "error"]
    if as_json:
        click.echo(
            json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=1)
        )
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{len(damaged)} lỗi, {len(findings) - len(damaged)} chỗ cần xem")
        if contains and not damaged:
            link = kept.prove(contains)
            click.echo(
                f"Mã {link.link[:SHOWN]} có trong kho: lượt {link.number}, {link.moment:%H:%M %d/%m/%Y}. "
                "Số liệu của lượt ấy và các lượt trước còn nguyên như khi ghi."
            )
    if damaged:
        sys.exit(1)


@command.command(
    "take-back",
    help="Rút lại một lượt nhận: dòng đã có trở về như trước lượt ấy, dòng mới được rút đi; THỜI_ĐIỂM là lúc ghi lượt ấy, xem bằng assess store log. Tệp gốc và lịch sử vẫn còn.",
)
@click.argument("moment", metavar="THỜI_ĐIỂM")
@click.option("--reason", default="", metavar="LÝ_DO", help="Vì sao rút; bắt buộc, giữ trong kho.")
@clock_right_option
@store_option
@workspace_option
def take_back(
    moment: str, reason: str, clock_right: bool, store: Path, folder: Path | None
) -> None:
    """Undo what was recorded at a moment."""
    from assess.base.errors import Place
    from assess.base.periods import moment as read_moment
    from assess.exchange.store import Store

    workspace = find_workspace(folder)
    at = read_moment(moment, Place("THỜI_ĐIỂM"))
    kept = Store(workspace.root / store, by=known_writer(workspace, clock_right=clock_right))
    click.echo(f"Đã rút lại {kept.take_back(at, reason)} dòng; tệp gốc và lịch sử vẫn còn.")


@command.command(
    "withdraw",
    help="Rút một dòng ghi nhầm: BẢNG và KHÓA (các phần cách nhau bằng dấu phẩy). Dòng cũ vẫn còn trong lịch sử.",
)
@click.argument("table", metavar="BẢNG")
@click.argument("key", metavar="KHÓA")
@click.option(
    "--reason",
    default="",
    metavar="LÝ_DO",
    help="Vì sao rút; bắt buộc, giữ trong kho, xem bằng assess store log.",
)
@recorded_at_option
@allow_future_option
@clock_right_option
@store_option
@workspace_option
def withdraw(
    table: str,
    key: str,
    reason: str,
    recorded_at: str,
    allow_future: bool,
    clock_right: bool,
    store: Path,
    folder: Path | None,
) -> None:
    """End a row that should not be there; earlier moments still have it."""
    from assess.exchange.store import Store
    from assess.exchange.store.chain import next_moment

    workspace = find_workspace(folder)
    kept = Store(workspace.root / store, by=known_writer(workspace, clock_right=clock_right))
    stated = stated_moment(recorded_at, reason, allow_future=allow_future)
    at = next_moment(kept.links(), stated)
    count = kept.withdraw(table, tuple(part.strip() for part in key.split(",")), at, reason)
    click.echo(
        f"Đã rút {count} dòng (một dòng của bảng {table} và các dòng phụ thuộc); các thời điểm trước đó vẫn còn."
    )


@command.command(
    "repair-clock",
    help="Sửa thời điểm của một LƯỢT mà đồng hồ máy ghi sai. Thời điểm sai vẫn còn để xem.",
)
@click.argument("number", metavar="LƯỢT", type=int)
@click.argument("moment", metavar="THỜI_ĐIỂM")
@click.option("--reason", default="", metavar="LÝ_DO", help="Vì sao sai; bắt buộc, giữ trong kho.")
@store_option
@workspace_option
def repair_clock(number: int, moment: str, reason: str, store: Path, folder: Path | None) -> None:
    """State the right moment of a batch."""
    from assess.base.errors import Place
    from assess.base.periods import moment as moment_of
    from assess.exchange.store import Store

    workspace = find_workspace(folder)
    kept = Store(workspace.root / store, by=known_writer(workspace))
    repaired = kept.repair_clock(number, moment_of(moment, Place("THỜI_ĐIỂM")), reason)
    several = ", ".join(str(each) for each in repaired)
    click.echo(f"Đã sửa thời điểm của lượt {several}; thời điểm ghi sai vẫn còn trong kho.")


@command.command(
    "redact",
    help="Che một nội dung chữ (CỘT) của một dòng (BẢNG, KHÓA), chẳng hạn tên người ghi nhầm: kho giữ mã của nó, xích vẫn nguyên. Tệp gốc có nội dung ấy không giữ nữa.",
)
@click.argument("table", metavar="BẢNG")
@click.argument("key", metavar="KHÓA")
@click.argument("column", metavar="CỘT")
@click.option("--reason", default="", metavar="LÝ_DO", help="Vì sao che; bắt buộc, giữ trong kho.")
@clock_right_option
@store_option
@workspace_option
def redact(
    table: str,
    key: str,
    column: str,
    reason: str,
    clock_right: bool,
    store: Path,
    folder: Path | None,
) -> None:
    """Black out a text on record."""
    from assess.exchange.store import Store

    workspace = find_workspace(folder)
    kept = Store(workspace.root / store, by=known_writer(workspace, clock_right=clock_right))
    done = kept.redact(table, tuple(part.strip() for part in key.split(",")), column, reason)
    click.echo(
        f"Đã che {done.revisions} lần ghi của dòng, {done.files} chỗ nhắc lại ở danh sách tệp, {done.batches} ở lý do các lượt; "
        f"bỏ {len(done.originals)} tệp gốc."
    )
    click.echo(
        "Bản xuất, bản sao lưu và báo cáo đã lập trước đây vẫn còn nội dung ấy: xóa bản không cần, lập lại báo cáo."
    )


@command.command(
    "who",
    help="Ghi một lần ai làm việc trong không gian này (CHỨC_DANH hoặc tên), để kho giữ trong từng lượt; không nêu thì in ra.",
)
@click.argument("actor", metavar="CHỨC_DANH", default="")
@workspace_option
def who(actor: str, folder: Path | None) -> None:
    """Print or set who works in this workspace."""
    workspace = find_workspace(folder)
    if actor:
        workspace.set_actor(actor)
    click.echo(f"Người ghi: {workspace.actor or 'chưa ghi'}.")
