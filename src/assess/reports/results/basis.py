"""The instruments that a report rests on, and the committee that it is addressed to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import committee_of, listing
from assess.reports.results.issuer import issuing_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.reports.report import Report
    from assess.reports.results.issuer import Issuer
    from assess.rules.parts import CitedSource

_CENTRAL = (
    "Ban Chấp hành Trung ương",
    "Bộ Chính trị",
    "Ban Bí thư",
    "Ban Tổ chức Trung ương",
    "Ủy ban Kiểm tra Trung ương",
)
_ASIDE = re.compile(r" *\([^()]*\)")
"""A remark of ours in the title of a source; it is no part of the title."""


def instruments(report: Report, *, annual: bool = False) -> str:
    """Return the dated instruments of the rule sets in use, in full, for the opening of a document.

    Those of the rules of the annual class with ``annual``. Only those of a central body and of the
    committees above: sources without a day are copies or articles, those of illustrative rule sets
    are not what is carried out, and another committee's paper does not bind. Empty if none is left.
    """
    units = report.slice.tree.above(report.slice.dang_bo, report.slice.period.end)
    binding = {committee_of(unit.name) for unit in units}

    if annual:
        rules = report.slice.annual
        sources = list(rules.sources.values()) if rules is not None else []
    else:
        sources = [source for rules in report.forms for source in rules.sources.values()]
    return listing(dict.fromkeys(_cited(sources, binding)))


def _cited(sources: Iterable[CitedSource], binding: set[str]) -> Iterable[str]:
    for source in sources:
        binds = source.issuer.startswith(_CENTRAL) or source.issuer in binding
        if binds and source.date is not None and source.fidelity != "illustrative":
            title = _ASIDE.sub("", source.title)
            day = numbers.day(source.date)
            yield f"{source.number}, ngày {day} của {source.issuer} {title}"


def closing_addressee(report: Report, issuer: Issuer = "") -> str:
    """Return the committee that a document is sent up to; empty for one without a superior."""
    _, _, superior = issuing_unit(report, issuer)
    return committee_of(superior) if superior else ""
