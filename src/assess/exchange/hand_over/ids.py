"""Which units of two stores are one, and new ids where they are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, InputError, Place, input_error
from assess.base.text import casefold_vi, tidy
from assess.exchange.store.chain import TAKEN_OVER, TAKEN_WITH_MOMENTS
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from assess.exchange.hand_over.sealed_rows import Revisions
    from assess.exchange.store import Link, SealedLink
    from assess.records.columns import TableSpec

_NAMED = 8
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
    equal ids are, and where names or levels disagree.
    """
    theirs, ours = _names(given), _names(here.to_dict("records"))
    taken_before = set() if earlier.prefix else earlier.units
    both = sorted(set(theirs) & set(ours) - earlier.same - taken_before)
    alike = {unit for unit in both if theirs[unit] & ours[unit]}
    if earlier.prefix or choice.prefix:
        return earlier.same | ((alike - inside) if choice.same else set())
    if both and not choice.same:
        raise _overlap("units-overlap", both, theirs, ours)
    if set(both) - alike:
        raise _overlap("units-differ", sorted(set(both) - alike), theirs, ours)
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


def check_row_ids(found: Revisions, here: Mapping[str, pd.DataFrame]) -> None:
    """Refuse rows whose id is that of a row of another unit in this store."""
    findings = []
    for name, rows in found.items():
        table = TABLES[name]
        owner = _OWNERS.get(name, "chi_bo_id" if "chi_bo_id" in table.names else "unit_id")
        if owner in table.key or owner not in table.names or here[name].empty:
            continue
        key = table.key[0]
        owners = dict(zip(here[name][key], here[name][owner], strict=True))
        other = {
            row[key]: row[owner] for row in rows if owners.get(row[key], row[owner]) != row[owner]
        }
        findings += [
            Finding(
                "rows-overlap",
                Place(name, label=each),
                {"theirs": other[each], "ours": owners[each]},
            )
            for each in sorted(other)[:_NAMED]
        ]
    if findings:
        raise InputError(findings)


def check_prefix(prefix: str) -> None:
    """Refuse a prefix that cannot stand at the beginning of an id."""
    if prefix and not (
        prefix[0].isalnum() and prefix.replace("-", "").isalnum() and prefix.isascii()
    ):
        raise input_error("bad-prefix", "--rename", found=prefix)
