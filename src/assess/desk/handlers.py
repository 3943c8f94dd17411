"""What all pages of the desk share: who may open them, headers, templates, errors."""

from __future__ import annotations

import asyncio
import errno
import json
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web

from assess.base import numbers
from assess.base.errors import InputError, input_error
from assess.desk.typeset import keep_together
from assess.desk.uploads import field_values, typed_values
from assess.exchange.written import read_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor

    from assess.desk.jobs import Jobs
    from assess.desk.office import Office
    from assess.desk.presence import Presence

PREFIX = "/ban-lam-viec"
MENU = (
    ("hom-nay", "Hôm nay"),
    ("phieu", "Phiếu"),
    ("so-viec", "Sổ việc"),
    ("bao-cao", "Báo cáo"),
    ("kiem-tra", "Kiểm tra"),
    ("to-chuc", "Tổ chức"),
    ("quy-dinh", "Quy định"),
)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_MONTH = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_MOST_OF_A_FORM = 2 * 1024 * 1024
_T = TypeVar("_T")
_WRONG = {
    403: (
        "Phiên làm việc đã hết",
        "Đã quá lâu không dùng, hoặc trang này mở từ nơi khác. Số liệu nguyên vẹn. Mở lại từ biểu tượng Bàn làm việc.",
    ),
    404: (
        "Không có trang này",
        "Đường dẫn có thể đã cũ; kết quả của việc làm quá 120 ngày được dọn khỏi bàn làm việc. Số liệu đã ghi còn nguyên. Mở lại từ mục Hôm nay.",
    ),
    405: ("Không làm được việc này ở đây", "Chưa ghi gì. Mở lại từ mục Hôm nay."),
    507: ("Ổ đĩa hết chỗ", "Chưa ghi gì. Dọn chỗ trên ổ đĩa rồi làm lại; tệp vẫn còn nguyên."),
    409: (
        "Đang chỉ xem được, chưa ghi được",
        "Máy khác đang ghi vào cùng thư mục. Chưa ghi gì. Đóng bàn làm việc ở máy kia rồi làm lại.",
    ),
    413: (
        "Tệp gửi lên quá lớn",
        "Mỗi lượt nhận tối đa 400 MB. Chưa ghi gì; tệp vẫn còn nguyên trên máy. Chia làm nhiều lượt rồi gửi lại.",
    ),
}


class Desk(Protocol):
    """What the pages need of the running desk."""

    office: Office
    jobs: Jobs
    presence: Presence
    threads: ThreadPoolExecutor

    @property
    def alone(self) -> bool:
        """Whether the server carries nothing but the desk."""

    def stop_soon(self) -> None:
        """Stop the server once the answer has gone out."""

    def open_desk(self, folder: Path) -> str:
        """Return the address of another workspace's desk on this machine; start it if need be."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates of the desk, all text escaped."""
    folder = Path(str(files("assess.desk").joinpath("templates")))
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["count"] = numbers.count
    made.filters["day"] = numbers.day
    made.filters["month"] = numbers.month
    made.filters["points"] = numbers.points
    made.filters["percent"] = numbers.percent
    return made


class StaticFiles(web.StaticFileHandler):
    """Style and script, which hold nothing of anybody."""

    # tornado calls it with these arguments
    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:  # noqa: FBT001, FBT002
        """Send a file."""
        await super().get(path, include_body)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        """Send what is known of a file."""
        await super().get(path, include_body=False)


class DeskHandler(ExtensionHandlerMixin, JupyterHandler):
    """A page of the desk: for who has the token, in Vietnamese, with nothing from elsewhere."""

    def __init_subclass__(cls, **more: Any) -> None:
        """Let no page answer whom Jupyter does not know, also where a page forgets to say so."""
        super().__init_subclass__(**more)
        for name in ("get", "post"):
            if name in vars(cls):
                setattr(cls, name, web.authenticated(vars(cls)[name]))

    section = ""
    """The entry of the menu that the page belongs to."""

    @property
    def desk(self) -> Desk:
        """The running desk."""
        # Jupyter knows it as an ExtensionApp only
        return self.extensionapp  # type: ignore[return-value]

    @property
    def content_security_policy(self) -> str:
        """Nothing is fetched from elsewhere, nothing is framed."""
        return POLICY

    def set_default_headers(self) -> None:
        """Add what keeps pages out of caches and addresses out of other servers' logs."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "same-origin")

    # tornado declares a plain method, and awaits what it returns
    async def prepare(self) -> None:  # type: ignore[override]
        """Let nobody in without the token; then take the token out of the address."""
        await super().prepare(_redirect_to_login=False)
        if not self.current_user:
            raise web.HTTPError(403)
        if len(self.request.body) > _MOST_OF_A_FORM:
            raise web.HTTPError(413)
        if self.request.method == "POST" and self.desk.presence.writer() is not None:
            raise web.HTTPError(409)
        if self.request.method == "GET" and "token" in self.request.query_arguments:
            self.redirect(self.request.path)

    def address(self, *parts: str) -> str:
        """Return the address of a page of the desk, below whatever prefix the server has."""
        base = str(self.settings["base_url"]).rstrip("/")
        return "/".join([base + PREFIX, *parts])

    async def away(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do what reads files in a thread, so that other requests are answered meanwhile."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.desk.threads, work, *arguments)

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form that was sent."""
        return field_values(self.request.body_arguments)

    def text(self, name: str) -> str:
        """Return a field of several lines, as typed."""
        return typed_values(self.request.body_arguments).get(name, "")

    def asked(self, name: str, default: str = "") -> str:
        """Return a tidy value from the address."""
        values = field_values({name: self.request.query_arguments.get(name, [])[-1:] or [b""]})
        return values[name] or default

    def whole_number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number from the address; raise ``InputError`` for anything else."""
        text = self.asked(name)
        if not text:
            return default
        if not text.isascii() or not text.isdecimal() or not low <= int(text[:9]) <= high:
            raise input_error("not-a-number", "địa chỉ", found=text[:40], low=low, high=high)
        return int(text)

    @property
    def year(self) -> int:
        """The year that is asked for; this year by default."""
        return self.whole_number("nam", self.desk.office.today.year, 1990, 2200)

    def month(self, default: str = "") -> str:
        """Return the month that is asked for; raise ``InputError`` if it is none."""
        text = self.asked("thang") or default
        if not _MONTH.fullmatch(text):
            raise input_error("not-a-month", "địa chỉ", found=text[:40])
        return text

    def day(self, name: str, default: dt.date) -> dt.date:
        """Return the day that is asked for; raise ``InputError`` if it is none."""
        text = self.asked(name)
        read = read_day(text) if text else (default, "")
        if read is None:
            raise input_error("not-a-day", "địa chỉ", found=text[:40])
        return read[0]

    async def page(self, sheet: str, status: int = 200, /, **values: Any) -> None:
        """Send a page made from a template."""
        frame = await self.away(self.desk.office.frame)
        self.set_status(status)
        self._send(sheet, {**values, "frame": frame, "writer": self.desk.presence.writer()})

    def _send(self, sheet: str, values: dict[str, Any]) -> None:
        text = (
            environment()
            .get_template(sheet)
            .render(
                at=self.address,
                menu=MENU,
                section=self.section,
                xsrf=self.xsrf_token.decode("ascii"),
                **values,
            )
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(keep_together(text))

    def answer_json(self, value: Any) -> None:
        """Send data for the desk's own script."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(value, ensure_ascii=False))

    def write_error(self, status_code: int, **about: Any) -> None:
        """Say in Vietnamese what went wrong, what is untouched and what to do."""
        error = about.get("exc_info", (None, None, None))[1]
        findings = list(error.findings) if isinstance(error, InputError) else []
        if isinstance(error, OSError) and error.errno in _FULL:
            status_code = 507
        if findings:
            status_code = 400
            title, text = "Chưa làm được", "Chưa ghi gì. Sửa chỗ dưới đây rồi làm lại."
        else:
            title, text = _WRONG.get(
                status_code,
                (
                    "Trang này gặp lỗi",
                    "Số liệu nguyên vẹn, các trang khác vẫn dùng được. Thử lại; nếu vẫn vậy, gửi phần chi tiết cho người hỗ trợ.",
                ),
            )
        self.set_status(status_code)
        detail = "" if error is None or findings else f"{type(error).__name__}: {error}"
        if isinstance(error, web.HTTPError):
            detail = f"{status_code}"
        self._send(
            "su-co.html",
            {
                "title": title,
                "text": text,
                "findings": findings,
                "detail": detail,
                "frame": None,
                "writer": None,
            },
        )

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log what nobody foresaw; bad input is an answer, not a fault."""
        if not isinstance(error, InputError):
            super().log_exception(kind, error, trace)


class NotThere(DeskHandler):
    """An address that the desk does not have."""

    async def get(self) -> None:
        """Say so."""
        raise web.HTTPError(404)

    post = get
