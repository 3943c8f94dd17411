"""A change of the organisation from a day on: the rows that it writes, and what will happen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import tidy
from assess.exchange.tables.rows import texts_of
from assess.exchange.written import read_day
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.desk.office import Office
    from assess.records import Tree

Rows = list[dict[str, str]]
CHANGES = (
    ("them", "Thêm chi bộ"),
    ("doi", "Đổi tên, số đảng viên"),
    ("chuyen", "Chuyển sang đảng bộ khác"),
    ("hop", "Sáp nhập vào chi bộ khác"),
    ("het", "Kết thúc hoạt động"),
)
_KEPT = (
    "unit_id",
    "name",
    "level",
    "kind",
    "parent_id",
    "successor_id",
    "place",
    "official_members",
    "has_chi_uy",
    "has_deputy",
    "leads_mass_organisations",
)
_EARLIEST = 1930
_FLAGS = ("has_chi_uy", "has_deputy", "leads_mass_organisations")


class NotYetError(Exception):
    """A field that is empty or cannot be meant."""

    def __init__(self, field: str, said: str) -> None:
        """Keep the field and what is wrong with it."""
        super().__init__(said)
        self.field, self.said = field, said


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that was asked for: the fields, the first day, and the unit as it is before."""

    office: Office
    tree: Tree
    given: Mapping[str, str]
    day: dt.date
    unit: str

    @property
    def before(self) -> dt.date:
        """The last day of how it was."""
        return self.day - dt.timedelta(days=1)

    @property
    def old(self) -> dict[str, str]:
        """The unit's row before, as typed on a worksheet."""
        return _texts(self.tree, self.unit, self.before)

    def check_parent(self, parent: str) -> None:
        """Refuse a đảng bộ that does not stand on the day."""
        unit = self.tree.unit_on(parent, self.day)
        if unit is None or unit.level == "chi_bo":
            raise NotYetError("cap_tren", "Chọn một đảng bộ đang hoạt động vào ngày ấy.")

    def until(self, row: Mapping[str, str]) -> dict[str, str]:
        """Return a row that ends before the change."""
        return {**row, "valid_to": numbers.day(self.before)}

    def since(self, row: Mapping[str, str]) -> Rows:
        """Return a row from the day on, and its earlier self ended, unless it began that day."""
        new = {**row, "valid_from": numbers.day(self.day)}
        old = _texts(self.tree, row["unit_id"], self.before)
        return [new] if old["valid_from"] == new["valid_from"] else [self.until(old), new]


def changed_rows(office: Office, given: Mapping[str, str]) -> tuple[Rows, list[str]]:
    """Return the rows of units that a change writes, and what will happen, in sentences.

    Raise :class:`NotYetError` for a field that is empty or cannot be meant.
    """
    what, tree = given.get("viec", ""), office.tree
    if what not in _DONE or tree is None:
        raise NotYetError("viec", "Chọn một việc.")
    read = read_day(given.get("tu_ngay", ""))
    if read is None or read[0].year < _EARLIEST:
        raise NotYetError("tu_ngay", "Ghi ngày có hiệu lực, ví dụ 01/01/2027.")
    change = _Change(office, tree, given, read[0], given.get("don_vi", ""))
    if what != "them" and tree.unit_on(change.unit, change.before) is None:
        said = f"Chọn một chi bộ đang hoạt động trước ngày {numbers.day(change.day)}."
        raise NotYetError("don_vi", said)
    return _DONE[what](change)


def _added(change: _Change) -> tuple[Rows, list[str]]:
    given = change.given
    name, parent = tidy(given.get("ten_moi", "")), given.get("cap_tren", "")
    if not name:
        raise NotYetError("ten_moi", "Ghi tên chi bộ, như in trên văn bản.")
    change.check_parent(parent)
    row = {
        "name": name,
        "level": words.LEVELS["chi_bo"],
        "kind": words.KINDS.get(given.get("loai", ""), ""),
        "parent_id": parent,
        "valid_from": numbers.day(change.day),
        "official_members": given.get("dang_vien", ""),
        "has_chi_uy": given.get("chi_uy", ""),
        "has_deputy": given.get("pho", ""),
        "leads_mass_organisations": given.get("doan_the", ""),
    }
    above = change.office.name_of(parent)
    return [row], [f"Từ ngày {numbers.day(change.day)} có thêm {name}, thuộc {above}."]


def _ended(change: _Change) -> tuple[Rows, list[str]]:
    old = change.old
    said = (
        f"{old['name']} hoạt động đến hết ngày {numbers.day(change.before)}; "
        f"từ ngày {numbers.day(change.day)} không phải gửi phiếu."
    )
    return [change.until(old)], [said]


def _merged(change: _Change) -> tuple[Rows, list[str]]:
    into = change.given.get("vao", "")
    if into == change.unit or change.tree.unit_on(into, change.day) is None:
        raise NotYetError("vao", "Chọn chi bộ khác, đang hoạt động, để nhập vào.")
    old, other = change.old, _texts(change.tree, into, change.day)
    counts = [old["official_members"], other["official_members"]]
    total = str(sum(map(int, counts))) if all(counts) else ""
    rows = [{**change.until(old), "successor_id": into}]
    if total:
        rows += change.since({**other, "official_members": total})
    told = [
        f"Đến hết ngày {numbers.day(change.before)} vẫn là hai chi bộ; phiếu và báo cáo của thời gian ấy không đổi.",
        f"Từ ngày {numbers.day(change.day)} chỉ còn {other['name']}, một phiếu chung"
        + (f", {total} đảng viên." if total else "."),
    ]
    return rows, told


def _moved(change: _Change) -> tuple[Rows, list[str]]:
    old, parent = change.old, change.given.get("cap_tren", "")
    if parent == old["parent_id"]:
        raise NotYetError("cap_tren", "Đang chọn đúng đảng bộ hiện nay. Chọn đảng bộ khác.")
    change.check_parent(parent)
    said = (
        f"Từ ngày {numbers.day(change.day)} {old['name']} thuộc {change.office.name_of(parent)}; "
        f"trước đó vẫn thuộc {change.office.name_of(old['parent_id'])}."
    )
    return change.since({**old, "parent_id": parent}), [said]


def _renamed(change: _Change) -> tuple[Rows, list[str]]:
    old = change.old
    name = tidy(change.given.get("ten_moi", "")) or old["name"]
    members = change.given.get("dang_vien", "") or old["official_members"]
    if (name, members) == (old["name"], old["official_members"]):
        raise NotYetError("ten_moi", "Ghi tên mới hoặc số đảng viên mới.")
    count = f"{members} đảng viên" if members else "chưa ghi số đảng viên"
    said = f"Từ ngày {numbers.day(change.day)} là {name}, {count}; phiếu và báo cáo trước đó giữ như cũ."
    return change.since({**old, "name": name, "official_members": members}), [said]


_DONE = {"them": _added, "doi": _renamed, "chuyen": _moved, "hop": _merged, "het": _ended}


def _texts(tree: Tree, unit: str, day: dt.date) -> dict[str, str]:
    """Return a unit's row of a day as it is typed on a worksheet."""
    row = tree.row_on(unit, day) or {}
    texts = texts_of(TABLES["unit"], row)
    found = {name: texts.get(name, "") for name in _KEPT}
    found["level"] = words.LEVELS.get(found["level"], found["level"])
    found["kind"] = words.KINDS.get(found["kind"], found["kind"])
    for flag in _FLAGS:
        found[flag] = {"true": words.YES, "false": words.NO}.get(found[flag], "")
    found["valid_from"] = numbers.day(row["valid_from"].date())
    return found
