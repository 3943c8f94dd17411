"""What the correction of a rule file in use touches: meetings, reports, issued documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.base import digests
from assess.base.errors import InputError, input_error
from assess.base.periods import FAR_OFF, Period, month_end
from assess.records import make_slice
from assess.rules import KeptRules, as_used
from assess.runs.register import Register
from assess.scoring import score

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assess.records import Records
    from assess.rules import RuleBook
    from assess.workspace import Workspace

CHANGED = ("chi_bo_id", "meeting_id", "month", "total", "class", "new_total", "new_class")
"""The columns of the meetings whose points or class change; classes are titles."""


@dataclass(frozen=True)
class TouchedByCorrection:
    """What a correction touches: ``meetings`` (:data:`CHANGED`), reports and documents by name."""

    meetings: pd.DataFrame
    reports: tuple[str, ...]
    issued: tuple[str, ...]


def touched_by_correction(
    workspace: Workspace, records: Records, used: RuleBook, rule_id: str
) -> TouchedByCorrection:
    """Return what changes when the file of a rule set takes the place of the one that was used.

    Meetings are scored with both files, from all that is on record. Reports are those in the
    workspace's ``reports/``, documents those in its register, whose slices have another file.
    """
    text = workspace.rules().texts[rule_id]
    annual = rule_id in used.annual
    new = as_used(used, {rule_id: KeptRules(text, annual)})
    found = [] if annual else list(_changed(records, used, new, rule_id))
    meetings = pd.concat(found) if found else pd.DataFrame(columns=list(CHANGED))
    name = f"{'annual' if annual else 'rules'}/{rule_id}.yaml"
    return TouchedByCorrection(
        meetings.reset_index(drop=True),
        tuple(_reports(workspace.root / "reports", name, text)),
        tuple(
            document.words
            for document in Register(workspace.root).documents
            for path, digest in document.files.items()
            if path.endswith(f"/{name}") and digest != digests.of_text(text)
        ),
    )


def _changed(
    records: Records, used: RuleBook, new: RuleBook, rule_id: str
) -> Iterator[pd.DataFrame]:
    """Yield the meetings of each year and root unit that change, of those scored on a rule set."""
    sheets, meetings, units = (records[name] for name in ("sheet", "meeting", "unit"))
    on_it = sheets.loc[sheets["rule_set_id"] == rule_id, "meeting_id"]
    mine = meetings[meetings["meeting_id"].isin(on_it)]
    for year in sorted(set(mine["for_month"].str[:4])):
        for root in sorted(set(units.loc[units["parent_id"].isna(), "unit_id"])):
            period = Period.parse(year)
            due = (records.tree.chi_bo_under(root, month_end(month)) for month in period.months)
            if set().union(*due).isdisjoint(mine["chi_bo_id"]):
                continue
            before = _scored(records, used, root, period)
            try:
                after = _scored(records, new, root, period)
            except InputError as error:
                count, first = len(error.findings), error.findings[0].sentence
                raise input_error(
                    "rules-unfit", f"{rule_id}.yaml", found=first, count=count
                ) from error
            frame = before.assign(new_total=after["total"], new_class=after["class"])
            alike = (frame["total"] == frame["new_total"]) | (
                frame["total"].isna() & frame["new_total"].isna()
            )
            yield frame.loc[~alike | (frame["class"] != frame["new_class"]), list(CHANGED)]


def _scored(records: Records, rules: RuleBook, root: str, period: Period) -> pd.DataFrame:
    made = make_slice(
        records, rules, dang_bo=root, period=period, as_of=FAR_OFF, document_date=period.end
    )
    found = score(made).meetings
    pairs = zip(found["rule_set_id"], found["class_id"], strict=True)
    titles = [rules[r].class_title(c) if isinstance(c, str) else "" for r, c in pairs]
    return found[["chi_bo_id", "meeting_id", "month", "total"]].assign(**{"class": titles})


def _reports(folder: Path, name: str, text: str) -> Iterator[str]:
    for path in sorted(folder.glob(f"**/*.slice/{name}")):
        if path.read_text(encoding="utf-8") != text:
            report = path.parents[1]
            yield report.with_suffix("").relative_to(folder).as_posix()
