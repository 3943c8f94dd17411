"""*Tổ chức* and *Sổ việc*: units as they are on a day, and the tables of the year's work."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.text import tidy
from assess.desk.forms_pages import run_assess
from assess.desk.handlers import DeskHandler
from assess.desk.job_pages import send_file
from assess.desk.jobs import INBOX, RESULT
from assess.desk.names import is_like, natural
from assess.desk.unit_changes import CHANGES, NotYetError, changed_rows
from assess.exchange.tables.code_words import CodeWords
from assess.exchange.tables.ids import TableId
from assess.exchange.tables.layout import HIDDEN_KEYS, OFFICE_TABLES, columns_shown, help_of
from assess.exchange.tables.on_record import rows_in_scope
from assess.exchange.tables.rows import plain_rows, texts_of
from assess.exchange.tables.typed import write_typed
from assess.exchange.written import read_day
from assess.records import words
from assess.records.adoption import Adoptions
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assess.desk.office import Office
    from assess.records import Tree
    from assess.records.columns import ColumnSpec
    from assess.rules import RuleBook

_ROWS = 60
_BOOKS = ("visit", "inspection", "annual", "decision", "milestone", "filed", "assignment", "answer")
_TITLES = {
    "visit": "Dự sinh hoạt",
    "inspection": "Kiểm tra, giám sát",
    "annual": "Hồ sơ xếp loại",
    "decision": "Quyết định",
    "milestone": "Việc đã triển khai",
    "filed": "Số liệu đã gửi cấp trên",
    "assignment": "Phân công",
    "answer": "Trả lời của cấp trên",
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the tree as it is on a day."""

    unit_id: str
    name: str
    depth: int
    kind: str
    level: str
    members: int | None
    form: str
    since: dt.date


def unit_rows(office: Office, day: dt.date) -> list[UnitRow]:
    """Return the units of a day, each below the unit above it, in the order people name them."""
    return office.once("units", lambda: _unit_rows(office, day), day)


def _unit_rows(office: Office, day: dt.date) -> list[UnitRow]:
    store, tree, rules = office.store, office.tree, office.rules
    if store is None or tree is None:
        return []
    adoptions = Adoptions(tree, store.tables(("adoption",))["adoption"])
    standing = tree.on(day)
    below: dict[str, list[str]] = {}
    for unit in standing.values():
        above = unit.parent_id if unit.parent_id in standing else ""
        below.setdefault(above or "", []).append(unit.unit_id)

    def down(above: str, depth: int) -> Iterator[UnitRow]:
        named = sorted(below.get(above, ()), key=lambda each: natural(tree.name_on(each, day)))
        for unit_id in sorted(named, key=lambda each: each in below):
            yield _unit_row(tree, adoptions, rules, day, unit_id, depth)
            yield from down(unit_id, depth + 1)

    return list(down("", 1))


def _unit_row(
    tree: Tree, adoptions: Adoptions, rules: RuleBook, day: dt.date, unit_id: str, depth: int
) -> UnitRow:
    row = tree.row_on(unit_id, day) or {}
    form = adoptions.on(unit_id, "rule_set", day) if row["level"] == "chi_bo" else ""
    used = rules.get(form) if form else None
    members = row.get("official_members")
    return UnitRow(
        unit_id,
        str(row["name"]),
        depth,
        words.KINDS.get(row["kind"], row["kind"]),
        words.LEVELS.get(row["level"], row["level"]),
        None if members is None or members != members else int(members),
        used.short if used else form or "",
        row["valid_from"].date(),
    )


class TreePage(DeskHandler):
    """The units on a day; a change that takes effect on a day."""

    section = "to-chuc"

    async def get(self) -> None:
        """Show them."""
        await self._show({}, {}, None)

    async def _show(
        self,
        given: Mapping[str, str],
        errors: Mapping[str, str],
        coming: Sequence[str] | None,
        status: int = 200,
    ) -> None:
        office = self.desk.office
        day = self.day("ngay", office.today)
        rows = await self.away(unit_rows, office, day)
        name = self.asked("ten")
        found = [row for row in rows if is_like(row.name, name)] if name else rows
        page = self.whole_number("trang", 1, 1, 9999)
        pages = max(1, -(-len(found) // _ROWS))
        page = min(page, pages)
        chi_bo = [row for row in rows if row.level == words.LEVELS["chi_bo"]]
        await self.page(
            "to-chuc.html",
            status,
            day=day,
            rows=found[(page - 1) * _ROWS : page * _ROWS],
            found=len(found),
            asked=name,
            page_number=page,
            pages=pages,
            chi_bo=chi_bo,
            above=[row for row in rows if row.level != words.LEVELS["chi_bo"]],
            members=sum(row.members or 0 for row in chi_bo),
            kinds=words.KINDS,
            changes=CHANGES,
            given=given,
            errors=errors,
            coming=coming,
            rule_sets=[(r.id, r.title) for r in office.rules.values() if r.meeting != "chuyen_de"],
        )

    async def post(self) -> None:
        """Say what will happen; write it once that was seen."""
        given, office = self.fields, self.desk.office
        try:
            rows, coming = await self.away(changed_rows, office, given)
        except NotYetError as error:
            await self._show(given, {error.field: error.said}, None, 400)
            return
        if given.get("buoc") != "ghi":
            await self._show(given, {}, coming)
            return
        job = await self.away(
            record_rows, self.desk, "Ghi thay đổi tổ chức", {"unit": rows}, given.get("can_cu", "")
        )
        self.redirect(self.address("viec", job.name))


def record_rows(
    desk: Any,
    title: str,
    rows: Mapping[str, Sequence[Mapping[str, str]]],
    reason: str = "",
    page: str = "to-chuc",
) -> Any:
    """Start the intake of rows that were typed on a page."""
    folder = desk.jobs.new_folder()
    write_typed(folder / INBOX / "dong-go-tay.xlsx", rows)
    command = [
        "intake",
        f"{{job}}/{INBOX}",
        "--out",
        f"{{job}}/{RESULT}",
        "-w",
        str(desk.jobs.root),
    ]
    if tidy(reason):
        command += ["--reason", tidy(reason)]
    about = {"page": page}
    return desk.jobs.start("dong", title, command, folder=folder, writes=True, about=about)


class AdoptPage(DeskHandler):
    """A rule set adopted from a day on."""

    section = "to-chuc"

    async def post(self) -> None:
        """Record it."""
        given, office = self.fields, self.desk.office
        rules = office.workspace.rules().get(given.get("bieu", ""))
        known = dict(await self.away(office.units_with_chi_bo))
        if rules is None or given.get("don_vi", "") not in known:
            raise web.HTTPError(404)
        if read_day(given.get("tu_ngay", "")) is None:
            raise input_error("not-a-day", "Từ ngày", found=given.get("tu_ngay", ""))
        row = {
            "unit_id": given.get("don_vi", ""),
            "what": words.ADOPTED["rule_set"],
            "value": rules.id,
            "valid_from": given.get("tu_ngay", ""),
        }
        job = await self.away(
            record_rows,
            self.desk,
            f"Áp dụng {rules.short or rules.title}",
            {"adoption": [row]},
            given.get("can_cu", ""),
        )
        self.redirect(self.address("viec", job.name))


class BookPage(DeskHandler):
    """A workbook of tables, empty or as on record."""

    section = "so-viec"

    async def get(self) -> None:
        """Make it and send it."""
        names = [
            each.decode("utf-8", "replace") for each in self.request.query_arguments.get("bang", [])
        ]
        if not set(names) <= set(OFFICE_TABLES):
            raise web.HTTPError(404)
        with tempfile.TemporaryDirectory(prefix="assess-so-") as folder:
            out = Path(folder) / "so-bang.xlsx"
            empty = ["--empty"] if self.asked("trong") else []
            await run_assess(
                self.desk.office.workspace.root, "tables", *names, "--out", str(out), *empty
            )
            await send_file(self, out)


class WorkPage(DeskHandler):
    """A table of the year's work: what is on record, a line to add, the workbook up and down."""

    section = "so-viec"

    async def get(self, name: str = "visit") -> None:
        """Show it."""
        await self._show(name or "visit", {}, {})

    async def _show(
        self, name: str, given: Mapping[str, str], errors: Mapping[str, str], status: int = 200
    ) -> None:
        if name not in _BOOKS:
            raise web.HTTPError(404)
        office = self.desk.office
        ready = await self.away(lambda: office.has_units)
        rows = await self.away(_table_rows, office, name) if ready else []
        asked = self.asked("ten")
        found = [row for row in rows if is_like(" ".join(row), asked)] if asked else rows
        columns = list(columns_shown(TABLES[name]))
        used = [
            n for n, column in enumerate(columns) if column.required or any(row[n] for row in rows)
        ]
        await self.page(
            "so-viec.html",
            status,
            tabs=[(each, _TITLES[each]) for each in _BOOKS],
            name=name,
            title=_TITLES[name],
            heads=[_title(columns[n], name) for n in used],
            right=[columns[n].dtype in ("integer", "number", "date", "month") for n in used],
            rows=[[row[n] for n in used] for row in found[:400]],
            many=len(rows),
            shown=min(400, len(found)),
            found=len(found),
            asked=asked,
            fields=[_field(name, column, office) for column in columns],
            given=given,
            errors=errors,
            ready=ready,
            chi_bo=[each for _, each in await self.away(office.chi_bo_like, "")] if ready else [],
            units=[each for _, each in await self.away(office.units_with_chi_bo)] if ready else [],
        )

    async def post(self, name: str = "visit") -> None:
        """Record the line that was typed."""
        if name not in _BOOKS:
            raise web.HTTPError(404)
        given = self.fields
        columns = columns_shown(TABLES[name])
        row = {column.name: given.get(column.name, "") for column in columns}
        errors = {
            column.name: "Ô bắt buộc, đang để trống. Ghi hoặc chọn một giá trị."
            for column in columns
            if column.required and not row[column.name] and column.name != HIDDEN_KEYS.get(name)
        }
        if errors:
            await self._show(name, given, errors, 400)
            return
        job = await self.away(
            record_rows,
            self.desk,
            f"Ghi sổ {_TITLES[name].lower()}",
            {name: [row]},
            "",
            f"so-viec/{name}",
        )
        self.redirect(self.address("viec", job.name))


def _title(column: ColumnSpec, table: str) -> str:
    """Return a column's title; the page shows and takes names where tables have codes."""
    title = words.title_of(column.name, table)
    return title.removeprefix("Mã ").capitalize() if column.refers_to == "unit" else title


def _field(table: str, column: ColumnSpec, office: Office) -> dict[str, Any]:
    choices: Sequence[str] = list(words.choices_of(column).values())
    if column.dtype == "flag":
        choices = [words.YES, words.NO]
    if not choices:
        choices = CodeWords(office.rules).choices(table, column.name)
    return {
        "name": column.name,
        "title": _title(column, table),
        "help": help_of(TABLES[table], column),
        "required": column.required,
        "choices": choices,
        "units": column.refers_to == "unit",
        "chi_bo": column.name == "chi_bo_id",
        "short": column.dtype in ("date", "month", "integer", "number", "year", "period"),
    }


def _table_rows(office: Office, name: str) -> list[list[str]]:
    """Return the rows of a table in words, the latest first."""
    return office.once("rows", lambda: _rows_in_words(office, name), name)


def _rows_in_words(office: Office, name: str) -> list[list[str]]:
    store, tree = office.store, office.tree
    if store is None or tree is None:
        return []
    codes, table, today = CodeWords(office.rules), TABLES[name], office.today
    found = []
    for row in plain_rows(rows_in_scope(store.tables({name, "unit"}), TableId(name))):
        texts = texts_of(table, row)
        found.append(
            [_shown(tree, today, name, column, texts, codes) for column in columns_shown(table)]
        )
    return found[::-1]


def _shown(
    tree: Tree,
    today: dt.date,
    table: str,
    column: ColumnSpec,
    texts: Mapping[str, str],
    codes: CodeWords,
) -> str:
    text = texts[column.name]
    if not text:
        return ""
    if column.refers_to == "unit":
        return tree.name_on(text, today)
    if column.dtype == "date":
        return numbers.day(dt.date.fromisoformat(text))
    if column.dtype == "month":
        return numbers.month(text)
    if column.dtype == "flag":
        return words.YES if text == "true" else words.NO
    choices = words.choices_of(column)
    return choices.get(text, text) if choices else codes.word(table, column.name, texts)


PAGES: tuple[tuple[str, Any], ...] = (
    (r"/to-chuc", TreePage),
    (r"/to-chuc/ap-dung", AdoptPage),
    (r"/so-bang", BookPage),
    (r"/so-viec", WorkPage),
    (r"/so-viec/([a-z]+)", WorkPage),
)
