"""The figures of a đảng bộ as a file that its superior can read."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from assess.reports.blocks import Attachment
from assess.reports.named_figures import named
from assess.studies import upward
from assess.studies.filing import with_zeros

if TYPE_CHECKING:
    from assess.reports.report import Report

FILED = "filed.csv"


def filed(report: Report) -> Attachment:
    """Return the figures as a ``filed`` table, which the superior reads with ``assess intake``."""
    made = report.slice
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["unit_id", "period", "month", "measure", "value", "filed_on"])
    totals = upward.totals(report.figures)
    found = {(made.dang_bo, r.month, r.measure): r.value for r in totals.itertuples(index=False)}
    rows: list[list[Any]] = [
        [unit_id, made.period.text, month, measure, value, made.document_date.isoformat()]
        for (unit_id, month, measure), value in with_zeros(found, made.months).items()
    ]
    writer.writerows(rows)
    return Attachment(
        FILED,
        out.getvalue(),
        f"Gửi kèm: tệp số liệu {FILED}, {named('filed.rows', len(rows))} dòng.",
    )
