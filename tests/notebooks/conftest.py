import datetime as dt
import shutil

import pytest

from assess.exchange.intake import take_in
from assess.exchange.store import Store
from assess.workspace import Workspace, lay_workspace


@pytest.fixture(scope="session")
def filled(tmp_path_factory, rules):
    """A workspace with a store that holds the sample."""
    laid = lay_workspace(tmp_path_factory.mktemp("kept") / "ws")
    store = Store(laid.root / "data/store.duckdb", create=True)
    intake = take_in(
        store, rules, [laid.root / "data/sample"], recorded_at=dt.datetime(2027, 1, 20)
    )
    assert {result.outcome for result in intake.files} == {"taken"}
    return laid


@pytest.fixture
def kept(filled, tmp_path):
    """A copy of it for each test."""
    return Workspace(shutil.copytree(filled.root, tmp_path / "ws"))
