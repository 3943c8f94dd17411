import sys
from pathlib import Path

import pytest

from assess.runs import run_matrix
from assess.runs.executors import Serial

sys.path.insert(0, str(Path(__file__).parent))

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


@pytest.fixture(scope="session")
def built(tmp_path_factory, workspace):
    """Reports really made: kernels, HTML, PDF."""
    folder = tmp_path_factory.mktemp("built")
    matrix = folder / "thu.yaml"
    matrix.write_text(MATRIX, encoding="utf-8")
    batch = run_matrix(matrix, workspace, folder / "reports", executor=Serial())
    assert batch.failed == ()
    return batch.folder
