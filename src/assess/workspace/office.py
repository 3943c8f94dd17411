"""What an office prints on its documents: symbol, place, recipients, who signs (``params/office``).

One file for a unit, with dated entries for each of its issuers: the committee, its
commission and its board.
What is not given is left blank for the pen, or worked out from the organisation.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from assess.base import marked_yaml, schema
from assess.base.errors import Finding, InputError
from assess.base.schema import Day, Identifier, Strict, Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assess.records import Tree, Unit

OFFICE_FILE = "office.json"
"""The file of a slice that holds what this page works out; it is no part of the slice's digest."""
ISSUERS = ("committee", "commission", "board")
_INHERITED = ("place", "stored")
"""What a unit takes from the nearest unit above it that gives it."""

DocumentKind = Literal[
    "BÁO CÁO",
    "TỜ TRÌNH",
    "KẾ HOẠCH",
    "CHƯƠNG TRÌNH",
    "THÔNG BÁO",
    "BẢNG TỔNG HỢP",
    "TÀI LIỆU PHỤC VỤ KIỂM TRA",
    "TÀI LIỆU NGHIÊN CỨU",
    "PHỤ LỤC NỘI BỘ",
]
NUMBERED: dict[str, str] = {
    "BÁO CÁO": "BC",
    "TỜ TRÌNH": "TTr",
    "KẾ HOẠCH": "KH",
    "CHƯƠNG TRÌNH": "CTr",
    "THÔNG BÁO": "TB",
}
"""The kinds of document that have a number, with the abbreviation written after it."""
Names = Annotated[tuple[Text, ...], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]


class Wording(Strict):
    """What may differ by kind of document; see :class:`IssuerEntry`."""

    authority: Text | None = None
    post: Text | None = None
    name: Text | None = None
    recipients: Names | None = None


class IssuerEntry(Wording):
    """An issuer from a day on.

    ``head`` and ``superior`` are the two lines on the left of the head, ``symbol`` follows the
    number and the kind (``-BC/ĐU``), ``authority`` and ``post`` stand above the signature (*T/M*,
    *K/T*, *T/L*), ``name`` below it; ``stored`` is the last recipient. ``kinds`` overrides some of
    this for one kind of document.
    """

    since: Day
    head: Text | None = None
    superior: Text | None = None
    symbol: Text | None = None
    place: Text | None = None
    stored: Text | None = None
    kinds: dict[DocumentKind, Wording] = {}


class Office(Strict):
    """The issuers of one unit."""

    unit: Identifier
    committee: tuple[IssuerEntry, ...] = ()
    commission: tuple[IssuerEntry, ...] = ()
    board: tuple[IssuerEntry, ...] = ()


def load_offices(folder: Path) -> dict[str, Office]:
    """Return the offices of a folder by unit; raise ``InputError`` with all that is wrong."""
    found: dict[str, Office] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        try:
            marked = marked_yaml.read(path)
            office = schema.validate(Office, marked)
        except InputError as error:
            findings.extend(error.findings)
            continue
        if office.unit != path.stem:
            facts = {"found": office.unit, "wanted": path.stem}
            findings.append(Finding("id-is-not-file-name", marked.place(("unit",)), facts))
        for issuer in ISSUERS:
            days = [entry.since for entry in getattr(office, issuer)]
            findings.extend(
                Finding(
                    "office-order",
                    marked.place((issuer, number, "since")),
                    {"found": days[number].isoformat()},
                )
                for number in range(1, len(days))
                if days[number] <= days[number - 1]
            )
        found[office.unit] = office
    if findings:
        raise InputError(findings)
    return found


def issue_data(
    offices: Mapping[str, Office],
    tree: Tree,
    unit_id: str,
    period_end: dt.date,
    document_date: dt.date,
    number: str,
    *,
    practice: bool = False,
) -> bytes:
    """Return as JSON what a document of a unit prints; empty where nothing is known.

    The entries that hold on ``document_date`` count, in the organisation of ``period_end``. It
    holds the issuers of the unit and of the unit above it, which issues documents of inspection
    about a chi bộ; the document's number; and whether the workspace is for ``practice``.
    """
    units: dict[str, Any] = {}
    upper = tree.reports_to(unit_id, period_end)
    for each in (unit_id, *([upper.unit_id] if upper is not None else [])):
        issuers = {
            issuer: entry
            for issuer in ISSUERS
            if (entry := _in_force([*tree.above(each, period_end)], offices, issuer, document_date))
        }
        if issuers:
            units[each] = issuers
    if not (units or number or practice):
        return b""
    data = {"number": number, "units": units, **({"practice": True} if practice else {})}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _in_force(
    above: Sequence[Unit], offices: Mapping[str, Office], issuer: str, day: dt.date
) -> dict[str, Any]:
    """Return the entry of an issuer that holds on a day, with what it takes from above.

    ``above`` are its unit and each unit above it.
    """
    found: dict[str, Any] = {}
    for unit in above:
        office = offices.get(unit.unit_id)
        entries = getattr(office, issuer) if office is not None else ()
        entry = next((each for each in reversed(entries) if each.since <= day), None)
        if entry is None:
            continue
        given = entry.model_dump(exclude_none=True, exclude={"since"})
        if unit is not above[0]:
            given = {name: given[name] for name in _INHERITED if name in given}
        found = given | found
    found.get("kinds") or found.pop("kinds", None)
    return found
