"""The control sheet: what a report rests on, for the office and not for its readers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assess.reports.blocks import Annex, Block, Group, Heading
from assess.reports.sections.changes import brought_in, corrections, withdrawals
from assess.reports.sections.conflicts import source_conflicts
from assess.reports.sections.frame import stamp
from assess.reports.sections.method import basis, citations, readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.reports.report import Report

TITLE = "Phiếu kiểm soát số liệu"
UNDER = "(lưu tại đơn vị lập báo cáo; không thuộc văn bản, không đóng dấu)"


def control_sheet(report: Report, *more: Block, without: Sequence[str] = ()) -> Group:
    """Return the control sheet on a page of its own: the last cell of a template.

    It holds the rule sets with their sources and how they were seen, the readings in use (but
    ``without`` those of the questions that the report tries), corrected values, sources that
    contradict each other, what was withdrawn or came with moments of its own, ``more`` of the
    template's own, and the stamp.
    """
    parts = (
        basis(report),
        citations(report),
        readings(report, without=without),
        source_conflicts(report),
        corrections(report),
        withdrawals(report),
        brought_in(report),
        *more,
    )
    blocks = (
        block for part in parts for block in (part.blocks if isinstance(part, Group) else (part,))
    )
    below = map(_lower, blocks)
    return Group((Annex(TITLE, numbered=False, under=UNDER), *below, stamp(report)))


def _lower(block: Block) -> Block:
    """Return a block whose heading is not counted among the parts of the document."""
    return replace(block, level=2) if isinstance(block, Heading) else block
