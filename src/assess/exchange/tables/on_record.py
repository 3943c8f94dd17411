"""The rows on record that a workbook of tables shows, and the ids of its worksheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.periods import FAR_OFF
from assess.base.table_digest import of_table
from assess.exchange.tables.code_words import CodeWords
from assess.exchange.tables.draw import TablesBook, signs_for
from assess.exchange.tables.ids import TableId
from assess.records.source import units_about
from assess.records.tables import LEVELS, from_rows
from assess.records.tree import Tree
from assess.records.unit_names import UnitNames

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from assess.exchange.store import Store
    from assess.records import RecordSource
    from assess.rules import RuleBook

_LINK = 16


def rows_in_scope(tables: Mapping[str, pd.DataFrame], about: TableId) -> pd.DataFrame:
    """Return the rows of a table that a worksheet shows, in order of their key."""
    rows = tables[about.table]
    if about.scope:
        whose = "chi_bo_id" if "chi_bo_id" in rows else "unit_id"
        rows = rows[rows[whose].isin(units_about(tables["unit"], about.scope))]
    first = [name for name in ("unit_id", "chi_bo_id") if name in rows]
    order = [*first, *(name for name in rows.columns if name not in first)]
    rows = rows.sort_values(order, kind="stable")
    if about.table == "unit":  # the upper units first
        rows = rows.sort_values("level", key=lambda levels: levels.map(LEVELS.index), kind="stable")
    return rows.reset_index(drop=True)


def digest_of(rows: pd.DataFrame) -> str:
    """Return a short digest of a table's rows, without the moments of their recording."""
    return of_table(rows.drop(columns="recorded_at", errors="ignore"))[:12]


def tables_book(
    source: RecordSource | None,
    rules: RuleBook,
    names: Sequence[str],
    *,
    as_of: dt.datetime | None = None,
    scope: str = "",
    empty: bool = False,
) -> TablesBook:
    """Return what a workbook of some tables shows: the records as of a moment, or nothing.

    ``source`` is None where nothing is on record. The choices of units are those on record also in
    an empty workbook.
    """
    link = ""
    moment = as_of or (source.latest() if source is not None else None) or FAR_OFF
    if source is None:
        tables = {name: from_rows(name, ()) for name in {*names, "unit"}}
    elif hasattr(source, "links"):
        store: Store = source  # type: ignore[assignment]
        chain = [each for each in store.links() if each.moment is None or each.moment <= moment]
        link = chain[-1].link[:_LINK] if chain else ""
        tables = store.tables({*names, "unit"}, moment)
    else:
        tables = dict(source.records(moment).tables)
    tree = Tree(tables["unit"])
    day = min(moment.date(), FAR_OFF.date())
    top = scope or tree.top_on(day)
    frames: dict[str, pd.DataFrame] = {}
    ids: dict[str, TableId] = {}
    for name in names:
        about = TableId(name, scope=scope)
        rows = rows_in_scope(tables, about)
        frames[name] = from_rows(name, ()) if empty else rows
        if not empty and link:
            about = TableId(name, link, moment.isoformat(), scope, digest_of(rows))
        ids[name] = about
    above = list(tree.above(top, day))[1:] if top else []
    own = tree.row_on(top, day) if top else None
    return TablesBook(
        frames,
        ids,
        UnitNames.of(tree),
        CodeWords(rules),
        above[0].name if above else "",
        str(own["name"]) if own else "",
        signs_for(str(own["level"])) if own else "T/M …",
        None if empty or source is None or moment == FAR_OFF else day,
    )
