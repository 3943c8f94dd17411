"""The current records as an intake looks at them: single rows, ids, lines, stated totals."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assess.records.adoption import Adoptions
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from assess.records.source import Records

Rows = dict[str, list[dict[str, Any]]]


class OnRecord:
    """The current records, indexed for access to single rows during an intake."""

    def __init__(self, records: Records) -> None:
        """Keep the records and index the frequent queries."""
        self.tree = records.tree
        self.records = records
        self.adoptions = Adoptions(records.tree, records["adoption"])
        self._rows: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}
        self._fresh: set[tuple[str, ...]] = set()
        self._lines: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.revised = False
        meetings = records["meeting"]
        regular = meetings[(meetings["status"] == "held") & (meetings["kind"] != "chuyen_de")]
        self._ids = {
            (chi_bo, month, kind == "chuyen_de"): meeting
            for chi_bo, month, kind, meeting in zip(
                *(meetings[c] for c in ("chi_bo_id", "for_month", "kind", "meeting_id")),
                strict=True,
            )
        }
        sheets = records["sheet"]
        self._sheet_ids = dict(
            zip(
                zip(sheets["meeting_id"], sheets["rater"], strict=True),
                sheets["sheet_id"],
                strict=True,
            )
        )
        self._scored = set(sheets["meeting_id"])
        self._months: dict[tuple[str, str], set[str]] = defaultdict(set)
        for chi_bo, month, meeting in zip(
            regular["chi_bo_id"], regular["for_month"], regular["meeting_id"], strict=True
        ):
            self._months[chi_bo, month].add(meeting)

    def look_up(self, tables: Iterable[Rows]) -> None:
        """Fetch the rows on record with the keys of these rows, for :meth:`row`."""
        self._rows = {}
        wanted: dict[str, set[str]] = defaultdict(set)
        for rows in tables:
            for name, theirs in rows.items():
                wanted[name].update(row[TABLES[name].key[0]] for row in theirs)
        for name, keys in wanted.items():
            table = self.records[name]
            found = table[table[TABLES[name].key[0]].isin(keys)].astype(object)
            found = found.where(found.notna(), None)
            self._rows[name] = {
                tuple(row[k] for k in TABLES[name].key): row for row in found.to_dict("records")
            }

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the row on record with the same key."""
        return self._rows.get(table, {}).get(tuple(row[k] for k in TABLES[table].key))

    def standing(self, table: str, name: str) -> dict[str, Any] | None:
        """Return the row on record with an id, of a table whose key is one column."""
        rows = self.records[table]
        found = rows[rows[TABLES[table].key[0]] == name]
        return None if found.empty else found.iloc[0].to_dict()

    def stage(self, rows: Rows) -> None:
        """Treat rows to be recorded as on record, so that the next file is compared with them."""
        for table, theirs in rows.items():
            keyed = {tuple(row[k] for k in TABLES[table].key): row for row in theirs}
            self._rows.setdefault(table, {}).update(keyed)
            self._fresh.update((table, *key) for key in keyed)
        self._scored.update(sheet["meeting_id"] for sheet in rows.get("sheet", ()))
        self.stated.update(
            (sheet["sheet_id"], sheet)
            for sheet in rows.get("sheet", ())
            if sheet.get("stated_total") is not None
        )
        for line in rows.get("line", ()):
            self._lines[line["sheet_id"]][line["criterion_id"]] = line

    def note_change(self, table: str, row: Mapping[str, Any]) -> None:
        """Set ``revised`` if a row changes one that this intake did not bring."""
        self.revised |= (table, *(row[k] for k in TABLES[table].key)) not in self._fresh

    def use_recorded_ids(self, rows: Rows) -> None:
        """Replace the ids of a form's meetings and sheets by those on record."""
        meeting_ids, sheet_ids = {}, {}
        for meeting in rows.get("meeting", ()):
            known = self._ids.get(
                (meeting["chi_bo_id"], meeting["for_month"], meeting["kind"] == "chuyen_de")
            )
            meeting_ids[meeting["meeting_id"]] = meeting["meeting_id"] = (
                known or meeting["meeting_id"]
            )
        for meeting in rows.get("meeting", ()):
            meeting_ids.setdefault(meeting["meeting_id"], meeting["meeting_id"])
        for sheet in rows.get("sheet", ()):
            sheet["meeting_id"] = meeting_ids.get(sheet["meeting_id"], sheet["meeting_id"])
            known = self._sheet_ids.get((sheet["meeting_id"], sheet["rater"]))
            sheet_ids[sheet["sheet_id"]] = known or sheet["sheet_id"]
            sheet["sheet_id"] = sheet_ids[sheet["sheet_id"]]
        for line in rows.get("line", ()):
            line["sheet_id"] = sheet_ids.get(line["sheet_id"], line["sheet_id"])

    def scored(self, meeting_id: str) -> bool:
        """Whether a score sheet of a meeting is on record."""
        return meeting_id in self._scored

    @cached_property
    def stated(self) -> dict[str, dict[str, Any]]:
        """The sheets with a total stated by a monthly table, by id."""
        sheets = self.records["sheet"]
        sheets = sheets[sheets["stated_total"].notna()].astype(object)
        return {
            row["sheet_id"]: row for row in sheets.where(sheets.notna(), None).to_dict("records")
        }

    def lines_of(self, sheet_id: str) -> dict[str, dict[str, Any]]:
        """Return a sheet's lines by criterion: those of this intake, else those on record."""
        known = self.records.lookup.rows("line", "sheet_id", [sheet_id]).to_dict("records")
        return {
            **{str(line["criterion_id"]): line for line in known},
            **self._lines.get(sheet_id, {}),
        }

    def others(self, meeting: Mapping[str, Any]) -> set[str]:
        """Return the other regular meetings of a meeting's chi bộ for the same month."""
        return self._months.get((meeting["chi_bo_id"], meeting["for_month"]), set()) - {
            meeting["meeting_id"]
        }


def names_of_rows(rows: Rows) -> Iterator[str]:
    """Yield the ids of units, meetings and other rows that some rows name."""
    for name, theirs in rows.items():
        columns = [
            c.name for c in TABLES[name].columns if c.refers_to or c.name == TABLES[name].key[0]
        ]
        for row in theirs:
            yield from (row[column] for column in columns if row.get(column))
