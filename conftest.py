"""Fixtures shared by the tests and the doctests."""

from __future__ import annotations

import datetime as dt
import gc
import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from assess.base.periods import Period, moment
from assess.records import make_slice
from assess.workspace import Workspace, lay_workspace

settings.register_profile("assess", deadline=None, max_examples=50)  # no test asserts a time
settings.register_profile("long", deadline=None, max_examples=1000)  # of `make soak`
settings.load_profile("assess")

ROOT = Path(__file__).parent
PROGRAMS = {
    "chromium": "chromium",
    "crate": ".venv-crate/bin/python",
    "libreoffice": "soffice",
    "poppler": "pdftotext",
}
"""By mark, the program that its tests need: on the PATH, or a file of this repository."""


def pytest_collection_modifyitems(items):
    """Mark property tests; skip, with the reason, tests that need a program that is not here."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")
        for mark, program in PROGRAMS.items():
            there = (ROOT / program).is_file() or shutil.which(program)
            if item.get_closest_marker(mark) and not there:
                item.add_marker(
                    pytest.mark.skip(reason=f"{program} is not installed here; .ci/run installs it")
                )


def pytest_collection_finish():
    """Leave what is loaded out of garbage collection, which took an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure():
    """Let what is loaded end in order: DuckDB's bindings would call it leaked."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def workspace():
    return Workspace(ROOT)


@pytest.fixture(scope="session")
def rules(workspace):
    return workspace.rules()


@pytest.fixture(scope="session")
def an_phu(rules):
    return rules["an-phu-hd42"]


@pytest.fixture(scope="session")
def source(workspace):
    return workspace.source()


@pytest.fixture(scope="session")
def cut(source, rules):
    """Cut a slice of the sample, each once: ``cut(dang_bo, period)``. Nobody may change it."""

    @cache
    def make(dang_bo="phuong-vi-du", period="2026", as_of="2027-01-10", rule_set="auto"):
        at = moment(as_of)
        return make_slice(
            source.records(at),
            rules,
            dang_bo=dang_bo,
            period=Period.parse(period),
            as_of=at,
            document_date=dt.date(2027, 1, 12),
            rule_set=rule_set,
        )

    return make


@pytest.fixture
def laid(tmp_path):
    """A workspace of its own, created as `assess init` does, for tests that change it."""
    return lay_workspace(tmp_path / "ws")


@pytest.fixture(autouse=True)
def doctest_names(request, doctest_namespace):
    """Names that the doctests use."""
    if type(request.node).__name__ == "DoctestItem":
        wanted = request.node.dtest.docstring
        if "workspace_rules" in wanted:
            doctest_namespace["workspace_rules"] = ROOT / "params" / "rules"
        if "an_phu" in wanted:
            doctest_namespace["an_phu"] = request.getfixturevalue("an_phu")
        if "sample_slice" in wanted:
            doctest_namespace["sample_slice"] = request.getfixturevalue("cut")("qs-tinh", "2026-Q1")
        doctest_namespace["dt"] = dt
