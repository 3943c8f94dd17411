"""Which units of two stores are one, and new ids where they are not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, InputError, Place, input_error
from assess.base.text import casefold_vi, tidy
from assess.exchange.store.chain import TAKEN_OVER, TAKEN_WITH_MOMENTS
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from assess.exchange.hand_over.sealed_file import Revisions
    from assess.exchange.store import Link, SealedLink
    from assess.records.columns import TableSpec

_NAMED = 8
_PREFIX = re.compile(r"[a-z0-9][a-z0-9-]*")
_OWNERS = {"sheet": "meeting_id"}
"""The column by which equal ids of rows are of one unit, where it is not the unit itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person says about ids that both stores have.

    ``same``: units with equal ids and names are one. ``prefix``: what is handed over gets it before
    every id, so that nothing is taken for something else; units that ``same`` makes one do not.
    """

    same: bool = False
    prefix: str = ""


@dataclass
class EarlierTakeOvers:
    """What was taken over from a store before: its prefix, units and files, and its last links.

    ``batches`` are those of this store, ``heads`` the sender's last link by number.
    """

    prefix: str = ""
    same: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    batches: set[int] = field(default_factory=set)
    heads: dict[int, str] = field(default_factory=dict)


def earlier_from(links: Iterable[Link], store: str) -> EarlierTakeOvers:
    """Return what the links say was taken over from a store, named by its first link."""
    found = EarlierTakeOvers()
    for link in links:
        if link.kind in (TAKEN_OVER, TAKEN_WITH_MOMENTS) and link.about["store"] == store:
            found.prefix = link.about["prefix"]
            found.same |= set(link.about["same"])
            found.units |= set(link.about["units"])
            found.files.add(link.about["file"])
            found.batches.add(link.number)
            found.heads[link.about["number"]] = link.about["link"]
    return found


def check_same_chain(earlier: EarlierTakeOvers, chain: Sequence[SealedLink], shown: str) -> None:
    """Refuse a file whose chain is not that of the store as it handed over before.

    A store that was rewritten, or a copy of it that went another way, has other links from then on.
    """
    links = {each.number: each.link for each in chain}
    for number, link in sorted(earlier.heads.items()):
        if number <= chain[-1].number and links.get(number) != link:
            raise input_error("hand-over-fork", shown, number=number, found=link[:16])


def check_choice(earlier: EarlierTakeOvers, choice: Choice, links: Iterable[Link]) -> None:
    """Refuse a prefix that no id can begin with, another sender's, or another than last time."""
    prefix = choice.prefix
    if not prefix:
        return
    if not _PREFIX.fullmatch(prefix):
        raise input_error("bad-prefix", "--rename", found=prefix)
    if earlier.batches and prefix != earlier.prefix:
        before = f"tiền tố {earlier.prefix}" if earlier.prefix else "không có tiền tố"
        raise input_error("prefix-other", "--rename", found=prefix, before=before)
    taken = (link for link in links if link.kind in (TAKEN_OVER, TAKEN_WITH_MOMENTS))
    if any(link.about["prefix"] == prefix and link.number not in earlier.batches for link in taken):
        raise input_error("prefix-taken", "--rename", found=prefix)


def units_that_are_one(
    given: Sequence[Mapping[str, Any]],
    here: pd.DataFrame,
    inside: set[str],
    earlier: EarlierTakeOvers,
    choice: Choice,
) -> set[str]:
    """Return the units, of those handed over, that this store has by the same id.

    ``given`` and ``here`` are the rows of ``unit`` of both; ``inside`` are the units handed over,
    without those above. Raise :class:`~assess.base.errors.InputError` where nobody has said what
    equal ids are, where names or levels disagree, and where an id with its prefix is here already.
    """
    theirs, ours = _names(given), _names(here.to_dict("records"))
    prefix = earlier.prefix or choice.prefix
    if prefix:
        said = choice.same and not earlier.batches  # later it would make two of what is one here
        alike = {unit for unit in theirs if said and theirs[unit] & ours.get(unit, set())}
        same = earlier.same | (alike - inside)
        new = {f"{prefix}{unit}" for unit in theirs if unit not in same} - earlier.units
        there = sorted(new & set(ours))
        if there:
            raise input_error("prefix-taken", "--rename", found=f"{prefix} ({there[0]})")
        return same
    both = sorted(set(theirs) & set(ours) - earlier.same - earlier.units)
    differ = [unit for unit in both if not theirs[unit] & ours[unit]]
    if both and not choice.same:
        raise _overlap("units-overlap", both, theirs, ours)
    if differ:
        raise _overlap("units-differ", differ, theirs, ours)
    return earlier.same | set(both)


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        name = casefold_vi(tidy(str(row["name"])))
        found.setdefault(str(row["unit_id"]), set()).add((name, str(row["level"])))
    return found


def _overlap(
    code: str,
    units: Sequence[str],
    theirs: Mapping[str, set[tuple[str, str]]],
    ours: Mapping[str, set[tuple[str, str]]],
) -> InputError:
    def named(unit: str, of: Mapping[str, set[tuple[str, str]]]) -> str:
        return " / ".join(sorted(name for name, _ in of[unit]))

    findings = [
        Finding(
            code,
            Place("unit", label=unit),
            {"theirs": named(unit, theirs), "ours": named(unit, ours)},
        )
        for unit in units[:_NAMED]
    ]
    return InputError(findings)


def renamed(found: Revisions, same: set[str], prefix: str) -> Revisions:
    """Return all rows with a prefix before the ids of units, but ``same``, and of rows."""
    if not prefix:
        return found
    return {
        name: [_renamed_row(TABLES[name], row, same, prefix) for row in rows]
        for name, rows in found.items()
    }


def _renamed_row(
    table: TableSpec, row: Mapping[str, Any], same: set[str], prefix: str
) -> dict[str, Any]:
    new = dict(row)
    for column in table.columns:
        value = row[column.name]
        names_a_row = column.refers_to or column.name == table.key[0]
        if names_a_row and value and value not in same:
            new[column.name] = f"{prefix}{value}"
    return new


def owner_of(table: str) -> str:
    """Return the column by which a row of a table is somebody's; empty if its key says so."""
    spec = TABLES[table]
    column = _OWNERS.get(table, "chi_bo_id" if "chi_bo_id" in spec.names else "unit_id")
    return column if column in spec.names and column not in spec.key else ""


def rows_of_others(
    table: str, rows: Iterable[Mapping[str, Any]], here: pd.DataFrame
) -> Iterator[Finding]:
    """Yield a finding for each row whose id is that of a row of another unit in this store."""
    owner, key = owner_of(table), TABLES[table].key[0]
    if not owner or here.empty:
        return
    owners = dict(zip(here[key], here[owner], strict=True))
    for row in rows:
        mine = owners.get(row[key])
        if mine is not None and mine != row[owner] and not row["withdrawn"]:
            facts = {"theirs": row[owner], "ours": mine}
            yield Finding("rows-overlap", Place(table, label=str(row[key])), facts)
