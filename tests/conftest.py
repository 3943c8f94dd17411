import subprocess

import pytest

from assess.excel.confined import kept_readers
from assess.runs import run_matrix
from assess.runs.executors import kept_executor

pytest.register_assert_rewrite("kit", "bookkeeper")

collect_ignore = ["bookkeeper", "kit"]
"""Have no tests of their own."""

MATRIX = """
id: thu
title: Bộ thử
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {template: annual_review, dang_bo: [xa-mau-thu, qs-tinh], period: 2026}
  - {template: period_summary, dang_bo: [xa-mau-thu], period: 2026-Q1, as_of: 2026-04-10, document_date: 2026-04-13}
"""


LONG_FIRST = ("test_recipes.py", "/runs/", "/notebooks/", "/intake/", "/cli/", "/reports/")
"""Files that take long, in this order, so that a parallel run ends with short ones."""


def pytest_collection_modifyitems(items):
    """Put the files that take long first; the order within a file stays."""

    def place(item):
        path = item.path.as_posix()
        return next(
            (number for number, part in enumerate(LONG_FIRST) if part in path), len(LONG_FIRST)
        )

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def one_fork_server():
    """Let all batches of this process share a fork server, from the first on."""
    with kept_executor(2):
        yield


@pytest.fixture(scope="session", autouse=True)
def readers_kept_for_all_intakes():
    """Let all intakes of this process share reader processes, from the first on."""
    with kept_readers():
        yield


@pytest.fixture(scope="session")
def convert_by_office(tmp_path_factory):
    """Convert files with LibreOffice; its settings, slow to make, are made once."""
    settings = tmp_path_factory.mktemp("office")

    def convert(kind, folder, *paths):
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{settings}"]
        subprocess.run(
            [*command, "--convert-to", kind, "--outdir", folder, *paths],
            check=True,
            capture_output=True,
        )

    return convert


@pytest.fixture(scope="session")
def built(tmp_path_factory, workspace):
    """Reports really made: cells, HTML, PDF."""
    folder = tmp_path_factory.mktemp("built")
    matrix = folder / "thu.yaml"
    matrix.write_text(MATRIX, encoding="utf-8")
    batch = run_matrix(matrix, workspace, folder / "reports")
    assert batch.failed == ()
    return batch.folder
