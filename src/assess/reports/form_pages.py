"""Score forms to print and fill in by hand: all of a month in one PDF, in the order of the list."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.text import tidy
from assess.exchange.forms import FilledValues
from assess.exchange.forms.find_cells import SIGNED
from assess.exchange.forms.layout import COLUMN_TITLES, hint
from assess.exchange.forms.score_form import (
    FACTS_TITLE,
    HOW_MARKS_PRINTED,
    HOW_PRINTED,
    SIGNATURES,
    lines_title,
    title_of,
    unit_of,
)
from assess.records import words
from assess.reports.layouts import PRACTICE
from assess.reports.pdf import FONTS, compile_data
from assess.rules import FIDELITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assess.exchange.forms import ScoreForm

_RATERS = ("self", "superior")


def forms_pdf(
    forms: Iterable[tuple[ScoreForm, FilledValues | None]], title: str, *, practice: bool = False
) -> bytes:
    """Return forms as one PDF, each from a new page; the same arguments give the same bytes.

    Pages of a ``practice`` workspace say so at their foot.
    """
    data = {
        "title": title,
        "fonts": list(FONTS),
        "mark": f"{PRACTICE} · " if practice else "",
        "forms": [_page(form, filled or FilledValues()) for form, filled in forms],
    }
    return compile_data("form.typ", json.dumps(data, ensure_ascii=False))


def _page(form: ScoreForm, filled: FilledValues) -> dict[str, Any]:
    """Return what stands on the page of a form, as text."""
    rules, month = form.rules, form.form_id.month
    left, right, under = SIGNATURES
    place = f"{form.place}, " if form.place else ""
    return {
        "superior": tidy(form.superior).upper(),
        "chi_bo": tidy(form.chi_bo).upper(),
        "dated": f"{place}ngày      tháng      năm {month[:4]}",
        "title": title_of(form),
        "month": f"Tháng {numbers.month(month)}",
        "rules": f"{rules.title} ({FIDELITIES[rules.fidelity]})",
        "how": HOW_PRINTED if rules.has_points else HOW_MARKS_PRINTED,
        "facts_title": FACTS_TITLE,
        "facts": [
            [words.FACTS[fact.name], _shown(filled.facts.get(fact.name)), unit_of(form, fact)]
            for fact in form.facts
        ],
        "lines_title": lines_title(form),
        "head": [
            "STT",
            COLUMN_TITLES["@title"],
            COLUMN_TITLES["@max"] if rules.has_points else "",
            *(COLUMN_TITLES[f"@{rater}"] for rater in _RATERS),
            COLUMN_TITLES["@note"],
        ],
        "lines": list(_lines(form, filled)),
        "signatures": [[left, right], ["(ký, ghi rõ họ tên)", under]],
        "foot": f"{form.chi_bo} · tháng {numbers.month(month)}",
    }


def _lines(form: ScoreForm, filled: FilledValues) -> Iterator[dict[str, Any]]:
    for number, group in enumerate(form.rules.groups, start=1):
        maximum = numbers.points(group.max) if group.max else ""
        cells = [maximum, "", "", ""]
        yield {
            "group": True,
            "number": str(number),
            "title": group.title,
            "hint": "",
            "cells": cells,
        }
        for i, criterion in enumerate(group.criteria, start=1):
            entries = [_shown(filled.entries.get((rater, criterion.id))) for rater in _RATERS]
            most = numbers.points(criterion.max) if criterion.max else ""
            yield {
                "group": False,
                "number": f"{number}.{i}",
                "title": criterion.title,
                "hint": hint(criterion),
                "cells": [most, *entries, _shown(filled.notes.get(criterion.id))],
            }
    total = numbers.points(form.rules.total) if form.rules.has_points else ""
    if form.rules.has_points:
        cells = [total, "", "", ""]
        yield {"group": True, "number": "", "title": "Tổng cộng", "hint": "", "cells": cells}
    signed = [_shown(filled.signed.get(rater)) for rater in _RATERS]
    cells = ["", *signed, ""]
    yield {"group": True, "number": "", "title": SIGNED, "hint": "", "cells": cells}


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return numbers.day(value)
    return numbers.points(value) if isinstance(value, int | float) else str(value)
