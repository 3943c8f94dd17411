"""Find the files of one intake that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.exchange.intake.result import FileResult


def set_contradicting_aside(results: Sequence[FileResult]) -> None:
    """Set aside files that contradict each other or themselves; only their sender can choose.

    Files that agree in all they both state, such as a form and the monthly summary, are kept.
    """
    said: dict[tuple[str, ...], dict[str, tuple[Any, FileResult, str]]] = defaultdict(dict)
    against: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for result in results:
        for name, rows in result.rows.items():
            for row in rows:
                page = f"trang “{str(row.get('address', '')).rpartition('!')[0]}”"
                known = said[(name, *(row[k] for k in TABLES[name].key))]
                for column, value in row.items():
                    if column in (
                        "address",
                        "assumed",
                        "cells",
                        "only_if_known",
                    ) or column in row.get("assumed", ()):
                        continue
                    first = known.setdefault(column, (value, result, page))
                    if first[0] != value:
                        about = row.get("meeting_id") or row[TABLES[name].key[0]]
                        both = {first[1].name, result.name}
                        copies = {first[2], page} if first[1] is result else both
                        for each in (result, first[1]):
                            against[id(each)][about] |= copies
    for result in results:
        for about, names in against.get(id(result), {}).items():
            result.outcome = "set_aside"
            facts = {"found": max(len(names), 2), "where": ", ".join(sorted(names))}
            result.findings.append(Finding("form-twice", Place(result.name, label=about), facts))
