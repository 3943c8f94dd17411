"""Number, recipients and signer of the office's documents, from a day on."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from assess.base import numbers
from assess.base.errors import InputError
from assess.base.text import committee_of, tidy
from assess.desk.handlers import DeskHandler
from assess.exchange.written import read_day
from assess.workspace.office import load_offices

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from assess.desk.office import Office

FIELDS = (
    ("symbol", "Ký hiệu", "đứng sau số và loại văn bản, ví dụ ĐU trong 38-BC/ĐU"),
    ("authority", "Quyền hạn ký", "ví dụ T/M BAN THƯỜNG VỤ"),
    ("post", "Chức vụ người ký", "ví dụ PHÓ BÍ THƯ"),
    ("name", "Họ tên người ký", "để trống thì chừa chỗ ký"),
    ("place", "Địa danh", "ghi ở dòng ngày, tháng; để trống thì theo đơn vị"),
    ("stored", "Nơi lưu", "ví dụ Lưu Văn phòng Đảng ủy"),
)


class LetterheadPage(DeskHandler):
    """What the documents of this office print, as it holds today; a new entry from a day on."""

    section = "bao-cao"

    async def get(self) -> None:
        """Show what holds."""
        await self._show({}, "")

    async def _show(self, given: Mapping[str, str], error: str) -> None:
        office = self.desk.office
        held = await self.away(_in_force, office)
        shown = {name: str(held.get(name) or "") for name, _, _ in FIELDS}
        shown["recipients"] = "\n".join(held.get("recipients") or ())
        await self.page(
            "co-quan.html",
            400 if error else 200,
            fields=FIELDS,
            shown={**shown, **given},
            since=numbers.day(held["since"]) if held else "",
            today=office.today,
            committee=committee_of(await self.away(office.name_of, await self.away(office.home))),
            error=error,
        )

    async def post(self) -> None:
        """Write the entry that holds from a day on; earlier documents keep theirs."""
        given = {**self.fields, "recipients": self.text("recipients")}
        read = read_day(given.get("tu_ngay", ""))
        if read is None:
            await self._show(given, "Từ ngày: ghi ngày có thật, ví dụ 01/12/2026.")
            return
        entry: dict[str, Any] = {"since": read[0]}
        entry |= {name: tidy(given[name]) for name, _, _ in FIELDS if tidy(given.get(name, ""))}
        recipients = [tidy(line) for line in given["recipients"].splitlines() if tidy(line)]
        if recipients:
            entry["recipients"] = recipients
        try:
            await self.away(write_entry, self.desk.office, entry)
        except InputError as refused:
            await self._show(given, refused.findings[0].sentence)
            return
        self.redirect(self.address("bao-cao", "co-quan"))


def _path(office: Office) -> Path:
    return office.workspace.office_folder / f"{office.home()}.yaml"


def _in_force(office: Office) -> dict[str, Any]:
    """Return the entry of the committee that holds today; nothing if there is none."""
    path = _path(office)
    if not path.is_file():
        return {}
    today = office.today
    kept = load_offices(path.parent)[path.stem].committee
    held = [entry for entry in kept if entry.since <= today]
    return held[-1].model_dump() if held else {}


def write_entry(office: Office, entry: Mapping[str, Any]) -> None:
    """Add an entry to the file of the office, in the order of days; one of the same day gives way.

    What the file says of single kinds of document stays. Nothing is written if it does not hold.
    """
    path = _path(office)
    before = yaml.safe_load(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    told = {"unit": path.stem, **(before or {})}
    entries = [each for each in told.get("committee", []) if _day(each) != entry["since"]]
    earlier = [each for each in entries if _day(each) < entry["since"]]
    kinds = earlier[-1].get("kinds") if earlier else None
    new = {**entry, **({"kinds": kinds} if kinds else {})}
    told["committee"] = sorted([*entries, new], key=_day)
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100)
    with tempfile.TemporaryDirectory(prefix="assess-co-quan-") as scratch:
        trial = Path(scratch) / path.name
        trial.write_text(text, encoding="utf-8")
        load_offices(trial.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _day(entry: Mapping[str, Any]) -> dt.date:
    day: dt.date = entry["since"]
    return day


PAGES: tuple[tuple[str, Any], ...] = ((r"/bao-cao/co-quan", LetterheadPage),)
