"""Describe in Vietnamese what differs between two slices of one report: row, column, old, new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.records.slices import Slice

TITLES = {
    "unit": "đơn vị",
    "adoption": "việc áp dụng",
    "answer": "trả lời",
    "meeting": "buổi sinh hoạt",
    "sheet": "phiếu",
    "line": "phiếu",
    "visit": "lượt dự",
    "assignment": "phân công",
    "inspection": "cuộc kiểm tra",
    "milestone": "mốc",
    "annual": "hồ sơ năm",
    "decision": "quyết định",
    "filed": "số liệu cấp dưới gửi",
    "due": "tháng phải sinh hoạt",
    "change": "việc sửa số liệu",
    "withdrawn": "việc rút số liệu",
}
_OWN_TITLES = {"in_period": "thuộc kỳ của báo cáo"}
"""Titles of the columns that only slices have."""


def record_changes(old: Slice, new: Slice) -> list[str]:
    """Return the differences of the records: rows added, removed or changed, table by table."""
    found: list[str] = []
    for name in (*TABLES, "due", "change"):
        found += _table_changes(name, old.tables.get(name), new.tables[name])
    found += _table_changes("withdrawn", old.withdrawn, new.withdrawn)
    return found


def slice_changes(old: Slice, new: Slice) -> list[str]:
    """Return the differences of the records, then of the rule sets and what was asked for."""
    found = record_changes(old, new)
    if old.origin is not None and new.origin is not None and old.origin != new.origin:
        found.append(f"lượt ghi sau cùng trong kho: {old.origin.number} → {new.origin.number}")
    texts = sorted({*old.rule_texts, *new.rule_texts})
    found += [
        f"bộ quy tắc {rule}"
        for rule in texts
        if old.rule_texts.get(rule) != new.rule_texts.get(rule)
    ]
    heads = (
        ("as_of", "thời điểm chốt số liệu"),
        ("document_date", "ngày văn bản"),
        ("rule_set", "biểu điểm chọn"),
    )
    for field, title in heads:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            found.append(f"{title}: {before} → {after}")
    return found


def _table_changes(name: str, old: pd.DataFrame | None, new: pd.DataFrame) -> Iterator[str]:
    if old is None:
        yield f"bảng {name}"
        return
    if list(old.columns) == list(new.columns) and old.equals(new):
        return
    key = TABLES[name].key if name in TABLES else tuple(new.columns)
    before, after = _by_key(old, key), _by_key(new, key)
    for row in sorted({*before, *after}):
        title = f"{TITLES[name]} {' · '.join(row)}"
        if row not in before:
            yield f"{title}: mới có"
        elif row not in after:
            yield f"{title}: không còn"
        else:
            one, other = before[row], after[row]
            said = [
                f"{_title(name, c)} {_shown(name, c, one.get(c))} → {_shown(name, c, other.get(c))}"
                for c in new.columns
                if one.get(c) != other.get(c)
            ]
            if said:
                yield f"{title}: {', '.join(said)}"


def _by_key(table: pd.DataFrame, key: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, Any]]:
    plain = {
        name: [None if pd.isna(value) else _plain(value) for value in table[name].tolist()]
        for name in table.columns
    }
    rows = [dict(zip(plain, values, strict=True)) for values in zip(*plain.values(), strict=True)]
    return {tuple(str(row[name]) for name in key): row for row in rows}


def _plain(value: Any) -> Any:
    """Turn a whole float into an integer, and a moment into text without a midnight time."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return str(value).removesuffix(" 00:00:00") if hasattr(value, "isoformat") else value


def _title(table: str, column: str) -> str:
    title = words.title_of(column, table)
    return _OWN_TITLES.get(column) or title[:1].lower() + title[1:]


def _shown(table: str, column: str, value: Any) -> str:
    """Return a value as staff read it, by its column if the records have one of that name."""
    if isinstance(value, bool):
        return words.YES if value else words.NO
    if table in TABLES and column in TABLES[table].names:
        return words.value_of(TABLES[table][column], value)
    return words.EMPTY if value is None else str(value)
