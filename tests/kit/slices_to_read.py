"""Real slices for studies: small ones, and ones with what a roll-up meets."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

from assess.base.periods import Period
from assess.exchange.csv import CsvFolder
from assess.records import make_slice
from assess.rules import load_rule_sets

ROOT = Path(__file__).parents[2]


def cut(folder, dang_bo, period, as_of):
    rules = load_rule_sets(ROOT / "params/rules", ROOT / "params/annual")
    at = dt.datetime.fromisoformat(as_of)
    return make_slice(
        CsvFolder(ROOT / folder).records(at),
        rules,
        dang_bo=dang_bo,
        period=Period.parse(period),
        as_of=at,
        document_date=at.date(),
    )


SLICES = {
    "a year by tests on points": ("data/tu-lieu", "khoi-2023", "2023", "2024-01-10"),
    "a quarter": ("data/tu-lieu", "khoi-2023", "2023-Q2", "2024-01-10"),
    "a chi bộ on the sample's form": ("data/sample", "cqd-09", "2026-Q3", "2027-01-10"),
    "thematic meetings on a form of their own": (
        "data/tu-lieu",
        "huyen-2022",
        "2022",
        "2023-01-10",
    ),
    "the month of a change of form": ("data/sample", "qs-tinh", "2025-11", "2026-01-10"),
    "a quarter with a thematic form": ("data/sample", "ct-mo-phong", "2025-Q2", "2026-01-10"),
    "a body that was dissolved": ("data/sample", "khoi-co-quan", "2025", "2026-01-10"),
    "two forms in a year": ("data/sample", "qs-tinh", "2025", "2026-01-10"),
}


@lru_cache
def slice_of(name):
    return cut(*SLICES[name])
