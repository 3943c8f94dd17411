"""Ids for units that a workbook names without one: those on record, or new ones from the name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assess.base.errors import Finding
from assess.base.text import casefold_vi, plain
from assess.records.unit_names import UnitNames

if TYPE_CHECKING:
    from collections.abc import Container

    import pandas as pd

    from assess.exchange.text_table import TextTable

_NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")
_KIND_OF_UNIT = re.compile(r"(?:chi bo|dang bo)\s+")
_LONGEST_ID = 40

Named = tuple[str, str]
"""The name of a unit and of the unit above it, for comparison."""


def name_new_units(text: TextTable, units: pd.DataFrame) -> list[Finding]:
    """Fill in the ids of rows without one; return where an id must be written.

    A row with the name of a unit and of the one above it means that unit, on record (``units``) or
    in another row. A unit that is new gets an id made from its name, the same whenever it is sent.
    Where another unit on record has the name, nobody but the sender knows which is meant.
    """
    names = UnitNames(zip(units["unit_id"], units["name"], strict=True))
    known, sharers = _on_record(units, names)
    ids = text.columns.setdefault("unit_id", [""] * len(text.lines))
    parents = text.columns.get("parent_id", [""] * len(text.lines))
    for row, unit_id in enumerate(ids):
        if unit_id:
            named = _named(text.columns["name"][row], parents[row], names)
            known.setdefault(named, unit_id)
    taken = set(units["unit_id"]) | set(ids)
    findings = []
    for row, name in enumerate(text.columns["name"]):
        if ids[row] or not name:
            continue
        named = _named(name, parents[row], names)
        if named not in known and named[0] in sharers:
            facts = {"found": name, "id": sharers[named[0]]}
            findings.append(Finding("unit-id-needed", text.place(row, "unit_id"), facts))
            continue
        if named not in known:
            known[named] = _new_id(name, taken)
            taken.add(known[named])
        ids[row] = known[named]
    return findings


def _on_record(units: pd.DataFrame, names: UnitNames) -> tuple[dict[Named, str], dict[str, str]]:
    """Return the id of each name and name above it on record, and one id of each name."""
    known: dict[Named, str] = {}
    sharers: dict[str, str] = {}
    for unit_id, name, parent in zip(
        units["unit_id"], units["name"], units["parent_id"], strict=True
    ):
        named = _named(name, parent if isinstance(parent, str) else "", names)
        known.setdefault(named, unit_id)
        sharers.setdefault(named[0], unit_id)
    return known, sharers


def _named(name: str, parent: str, names: UnitNames) -> Named:
    found = names.find(parent) if parent else ()
    above = names.name(found[0]) if len(found) == 1 else parent
    return casefold_vi(name), casefold_vi(above)


def _new_id(name: str, taken: Container[str]) -> str:
    bare = _KIND_OF_UNIT.sub("", plain(name).casefold(), count=1)
    stem = _NOT_IN_AN_ID.sub("-", bare).strip("-")[:_LONGEST_ID].strip("-") or "don-vi"
    found, number = stem, 1
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found
