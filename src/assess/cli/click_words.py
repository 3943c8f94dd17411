"""What click itself says, in Vietnamese: usage, help, and errors in arguments.

click looks its sentences up by :mod:`gettext`, which goes by the language of the system. Staff read
Vietnamese on a system of any language, so the functions that look them up are replaced.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
SENTENCES = {
    # usage and help
    "Usage:": "Cách dùng:",
    "Options": "Tùy chọn",
    "Positional arguments": "Đối số",
    "Commands": "Lệnh",
    "Show this message and exit.": "Hiện phần hướng dẫn này.",
    "Show the version and exit.": "Hiện phiên bản.",
    "%(prog)s, version %(version)s": "%(prog)s, phiên bản %(version)s",
    "default: {default}": "mặc định: {default}",
    "(dynamic)": "(tùy lúc chạy)",
    "required": "bắt buộc",
    "env var: {var}": "biến môi trường: {var}",
    "deprecated": "không nên dùng nữa",
    "file": "tệp",
    "directory": "thư mục",
    "path": "tệp hoặc thư mục",
    # errors
    "Error: {message}": "Lỗi: {message}",
    "Try '{command} {option}' for help.": "Xem hướng dẫn: {command} {option}",
    "Aborted!": "Đã dừng.",
    "Invalid value: {message}": "Giá trị không dùng được: {message}",
    "Invalid value for {param_hint}: {message}": "{param_hint}: {message}",
    "Missing argument": "Thiếu",
    "Missing option": "Thiếu tùy chọn",
    "Missing parameter": "Thiếu",
    "Missing parameter: {param_name}": "Thiếu {param_name}",
    "Missing {param_type}": "Thiếu",
    "Missing command.": "Chưa nêu lệnh.",
    "No such option {name!r}.": "Không có tùy chọn {name}.",
    "No such command {name!r}.": "Không có lệnh {name}.",
    "Did you mean {possibility}?": "Có phải {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Có phải một trong số: {possibilities}?)",
    "Got unexpected extra argument ({args})": "Thừa: {args}",
    "Got unexpected extra arguments ({args})": "Thừa: {args}",
    "Takes {nargs} values but 1 was given.": "Cần {nargs} giá trị, mới có 1.",
    "Takes {nargs} values but {len} were given.": "Cần {nargs} giá trị, mà có {len}.",
    "Argument {name!r} takes {nargs} values.": "{name} cần {nargs} giá trị.",
    "Option {name!r} does not take a value.": "Tùy chọn {name} không nhận giá trị.",
    "Option {name!r} requires an argument.": "Sau tùy chọn {name} phải có giá trị.",
    "Option {name!r} requires {nargs} arguments.": "Sau tùy chọn {name} phải có {nargs} giá trị.",
    "Choose from:\n\t{choices}": "Chọn một trong:\n\t{choices}",
    "{value!r} is not {choice}.": "“{value}” không phải {choice}.",
    "{value!r} is not one of {choices}.": "“{value}” không có trong: {choices}.",
    "{value!r} is not a valid {number_type}.": "“{value}” không phải số phù hợp.",
    "{value} is not in the range {range}.": "{value} không nằm trong khoảng {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}": "“{value}” không phải có hoặc không.",
    "{name} {filename!r} does not exist.": "không có “{filename}”.",
    "{name} {filename!r} is a file.": "“{filename}” là tệp, cần thư mục.",
    "{name} {filename!r} is a directory.": "“{filename}” là thư mục, cần tệp.",
    "{name} {filename!r} is not readable.": "không đọc được “{filename}”.",
    "{name} {filename!r} is not writable.": "không ghi được “{filename}”.",
    "{name} {filename!r} is not executable.": "không chạy được “{filename}”.",
    "Could not open file {filename!r}: {message}": "Không mở được tệp “{filename}”: {message}",
    "unknown error": "không rõ vì sao",
}
_KINDS = {
    "text": "CHỮ",
    "integer": "SỐ",
    "integer range": "SỐ",
    "float": "SỐ",
    "float range": "SỐ",
    "tệp": "TỆP",
    "thư mục": "THƯ_MỤC",
    "tệp hoặc thư mục": "TỆP_HOẶC_THƯ_MỤC",
}
"""What stands for a value in the help, by the name of its type."""


def _say(sentence: str) -> str:
    return SENTENCES.get(sentence, sentence)


def _say_number(one: str, many: str, number: int) -> str:
    return _say(one if number == 1 else many)


def speak_vietnamese() -> None:
    """Let click say its own sentences in Vietnamese."""
    for name in MODULES:
        module = importlib.import_module(f"click.{name}")
        for function, ours in (("_", _say), ("ngettext", _say_number)):
            if hasattr(module, function):
                setattr(module, function, ours)


def name_values(commands: Iterable[click.Command]) -> None:
    """Name the values of commands, and of those below them, in Vietnamese in usage and help."""
    for command in commands:
        command.options_metavar = "[TÙY_CHỌN]"
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                parameter.metavar = parameter.metavar or _KINDS.get(parameter.type.name)
        if isinstance(command, click.Group):
            command.subcommand_metavar = "LỆNH [ĐỐI_SỐ]..."
            name_values(command.commands.values())
