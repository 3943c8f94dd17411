"""Who issues a document, and who acts in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from assess.base.errors import input_error
from assess.base.text import committee_of

if TYPE_CHECKING:
    from assess.reports.report import Report

Inspector = Literal["", "committee", "commission"]
"""The issuer of an inspection document: the unit itself, the committee or its commission."""
WITH_BOARD = ("tinh", "tren_co_so")
"""Levels whose committee acts through its standing board."""


def issuing_unit(report: Report, inspector: Inspector) -> tuple[str, str, str]:
    """Return the issuing unit, its committee and the name of its superior.

    A chi bộ does not inspect itself: its superior issues inspection documents about it.
    """
    if inspector not in get_args(Inspector):
        allowed = [each for each in get_args(Inspector) if each]
        raise input_error("not-allowed", "inspector", allowed=allowed, found=str(inspector))
    made = report.slice
    units = {unit.unit_id: unit for unit in made.tree.on(made.period.end).values()}
    own = units.get(made.dang_bo)
    upper = made.tree.reports_to(made.dang_bo, made.period.end)
    if inspector and upper is not None and own is not None and own.level == "chi_bo":
        own = upper
    name = own.name if own is not None else made.name
    superior = units[own.parent_id].name if own is not None and own.parent_id in units else ""
    return (own.unit_id if own is not None else made.dang_bo), committee_of(name), superior


def acting_body(report: Report, inspector: Inspector = "") -> str:
    """Return who acts in a document: a standing board, a committee, its commission or a chi bộ.

    A committee above the grassroots acts through its standing board.
    """
    issuing, committee, _ = issuing_unit(report, inspector)
    if inspector == "commission":
        return f"Ủy ban Kiểm tra {committee}"
    own = report.slice.tree.on(report.slice.period.end).get(issuing)
    return f"Ban Thường vụ {committee}" if own and own.level in WITH_BOARD else committee


def issue_data(report: Report, inspector: Inspector, kind: str = "") -> dict[str, Any]:
    """Return what the issuer of a document has settled for it, by kind of document.

    The keys are those of :class:`assess.workspace.office.IssuerEntry`; what is not settled is
    absent.
    """
    issuing, _, _ = issuing_unit(report, inspector)
    units = report.office["units"].get(issuing, {})
    entry: dict[str, Any] = dict(units.get(inspector or "committee", {}))
    own: dict[str, Any] = entry.pop("kinds", {}).get(kind, {})
    return entry | own
