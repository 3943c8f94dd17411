"""The command line: verbs are the library's functions; a command only parses, calls and prints.

Offers ``assess VERB``, one module for each verb, loaded when the verb is called; exit 0 when
done, 1 with failures or findings, 2 for wrong usage or input.
Must not know: rules, formulas and file formats. What another program could want belongs below.
"""

from __future__ import annotations

import io
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from assess.base.errors import InputError, input_error
from assess.base.machine import private_files
from assess.base.machine_faults import is_no_memory, reason
from assess.base.messages import add_messages
from assess.cli.click_words import name_values, speak_vietnamese
from assess.cli.messages import FIXES, SENTENCES

add_messages(SENTENCES, FIXES)
speak_vietnamese()

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERBS = {
    "archive": (
        "assess.cli.archive",
        "Lưu trữ văn bản đã phát hành của một năm; kiểm tra một bản lưu trữ.",
    ),
    "backup": (
        "assess.cli.backup",
        "Sao lưu kho số liệu, tệp gốc, biểu điểm, mẫu, văn bản đã phát hành vào một tệp.",
    ),
    "desk": (
        "assess.cli.desk",
        "Mở bàn làm việc trong trình duyệt: phiếu, sổ việc, báo cáo, không cần gõ lệnh.",
    ),
    "explain": (
        "assess.cli.explain",
        "Giải thích điểm và xếp loại của một buổi sinh hoạt, từng dòng.",
    ),
    "form": ("assess.cli.form", "Lập phiếu chấm điểm Excel và bảng tổng hợp tháng để gửi đi."),
    "init": (
        "assess.cli.init",
        "Tạo một không gian làm việc mới: biểu điểm, mẫu báo cáo, số liệu mẫu.",
    ),
    "inspect": (
        "assess.cli.inspect",
        "Kiểm tra sinh hoạt chi bộ: điểm cần xem, chọn chi bộ, phiếu mang theo.",
    ),
    "intake": ("assess.cli.intake", "Nhận phiếu Excel, bảng tổng hợp và bảng CSV vào kho số liệu."),
    "issue": (
        "assess.cli.issue",
        "Phát hành một báo cáo: số, bản lưu nguyên trạng, sổ văn bản; thay thế, bổ sung.",
    ),
    "matrix": ("assess.cli.matrix", "Lập danh mục báo cáo của năm mới từ danh mục năm trước."),
    "mend": (
        "assess.cli.mend",
        "Sửa vài ô của một phiếu để riêng rồi nhận bản đã sửa, có ghi lý do.",
    ),
    "plan": ("assess.cli.plan", "Cho biết báo cáo nào sẽ được lập lại và vì sao."),
    "hand-over": (
        "assess.cli.hand_over",
        "Bàn giao số liệu của một đơn vị vào một tệp có niêm mã.",
    ),
    "take-over": ("assess.cli.hand_over", "Nhận tệp bàn giao của nơi khác vào kho."),
    "restore": ("assess.cli.backup", "Khôi phục một bản sao lưu vào thư mục mới."),
    "rules": ("assess.cli.rules", "Xem và kiểm tra các bộ quy tắc."),
    "run": ("assess.cli.run", "Lập mọi báo cáo trong một tệp danh mục (ma trận)."),
    "sample": ("assess.cli.sample", "Tạo số liệu mẫu của một tỉnh giả định."),
    "status": (
        "assess.cli.status",
        "Cho biết chi bộ nào đã gửi phiếu, chưa gửi, gửi chậm, có phiếu để riêng.",
    ),
    "store": ("assess.cli.store", "Xem, xuất và kiểm tra kho số liệu."),
    "study": (
        "assess.cli.study",
        "Nghiên cứu các cách hiểu: câu hỏi nào đổi được điểm và xếp loại của ai.",
    ),
    "tables": (
        "assess.cli.tables",
        "Lập sổ Excel của các bảng: đơn vị, phân công, dự sinh hoạt, hồ sơ năm và các bảng khác.",
    ),
    "templates": (
        "assess.cli.templates",
        "Liệt kê các mẫu báo cáo: dùng để làm gì, có tham số nào.",
    ),
    "verify": (
        "assess.cli.verify",
        "Kiểm tra báo cáo đã lập: còn nguyên vẹn không, lập lại có giống không.",
    ),
}


class _Lazy(click.Group):
    """Loads a verb's module only when that verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module = import_module(_VERBS[cmd_name][0])
        own = f"{cmd_name.replace('-', '_')}_command"
        command: click.Command = getattr(module, own, None) or module.command
        name_values([command])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Lệnh"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(_VERBS.items())])


@click.group(
    cls=_Lazy,
    help="Đánh giá chất lượng sinh hoạt chi bộ: từ phiếu chấm điểm đến báo cáo.",
    options_metavar="[TÙY_CHỌN]",
    subcommand_metavar="LỆNH [ĐỐI_SỐ]...",
)
@click.version_option(package_name="assess")
def cli() -> None:
    """Group the verbs."""


def _write_utf8() -> None:
    """Write Vietnamese to files and pipes whatever the code page of the system is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exit 0: done, 1: failures or findings, 2: wrong usage or input."""
    _write_utf8()
    try:
        with private_files():
            cli.main(
                args=None if arguments is None else list(arguments),
                prog_name="assess",
                standalone_mode=False,
            )
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Đã dừng.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except Exception as error:
        # no memory, a full disk, a vanished folder: a traceback would not help a clerk
        if is_no_memory(error):
            click.echo(str(input_error("no-memory", "assess")), err=True)
        elif isinstance(error, OSError):
            click.echo(
                str(input_error("unwritable", str(error.filename or "tệp"), reason=reason(error))),
                err=True,
            )
        else:
            raise
        sys.exit(2)
