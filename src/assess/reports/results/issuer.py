"""Who issues a document, and who acts in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from assess.base.errors import input_error
from assess.base.text import committee_of

if TYPE_CHECKING:
    from assess.reports.report import Report

Issuer = Literal["", "committee", "commission", "board"]
"""Who issues a document: the unit itself, its committee, its commission, or its board."""
COMMISSION = "Ủy ban Kiểm tra"
WITH_BOARD = ("tinh", "tren_co_so")
"""Levels whose committee acts through its standing board, and has boards that prepare its work."""


def issuing_unit(report: Report, issuer: Issuer) -> tuple[str, str, str]:
    """Return the issuing unit, its committee and the name of its superior.

    A chi bộ does not inspect itself: its superior issues inspection documents about it.
    """
    if issuer not in get_args(Issuer):
        allowed = [each for each in get_args(Issuer) if each]
        raise input_error("not-allowed", "issuer", allowed=allowed, found=str(issuer))
    made = report.slice
    units = {unit.unit_id: unit for unit in made.tree.on(made.period.end).values()}
    own = units.get(made.dang_bo)
    upper = made.tree.reports_to(made.dang_bo, made.period.end)
    if issuer and upper is not None and own is not None and own.level == "chi_bo":
        own = upper
    name = own.name if own is not None else made.name
    superior = units[own.parent_id].name if own is not None and own.parent_id in units else ""
    return (own.unit_id if own is not None else made.dang_bo), committee_of(name), superior


def acting_body(report: Report, issuer: Issuer = "") -> str:
    """Return who acts in a document: a committee or its standing board, commission or board.

    A committee above the grassroots acts through its standing board.
    """
    _, committee, _ = issuing_unit(report, issuer)
    if issuer == "commission":
        return f"{COMMISSION} {committee}"
    if issuer == "board":
        return f"{board_name(report)} {committee}"
    return f"Ban Thường vụ {committee}" if _level(report, issuer) in WITH_BOARD else committee


def _level(report: Report, issuer: Issuer) -> str:
    issuing, _, _ = issuing_unit(report, issuer)
    own = report.slice.tree.on(report.slice.period.end).get(issuing)
    return own.level if own is not None else ""


def board_name(report: Report) -> str:
    """Return the board that prepares matters of organisation, as it is called at this level."""
    return "Ban Tổ chức" if _level(report, "board") == "tinh" else "Ban Xây dựng Đảng"


def petitioner(report: Report) -> Issuer:
    """Return who usually submits a petition: the board of a committee that has one, else itself."""
    return "board" if _level(report, "board") in WITH_BOARD else "committee"


def petition_addressee(report: Report, issuer: Issuer = "") -> str:
    """Return to whom a petition is submitted; empty for a committee without a superior.

    A board submits it to the standing board of its own committee, a committee to the one above.
    """
    if issuer == "board":
        return acting_body(report, "committee")
    _, _, superior = issuing_unit(report, issuer)
    return committee_of(superior) if superior else ""


def issue_data(report: Report, issuer: Issuer, kind: str = "") -> dict[str, Any]:
    """Return what the issuer of a document has settled for it, by kind of document.

    The keys are those of :class:`assess.workspace.office.IssuerEntry`; what is not settled is
    absent.
    """
    issuing, _, _ = issuing_unit(report, issuer)
    units = report.office["units"].get(issuing, {})
    entry: dict[str, Any] = dict(units.get(issuer or "committee", {}))
    own: dict[str, Any] = entry.pop("kinds", {}).get(kind, {})
    return entry | own
