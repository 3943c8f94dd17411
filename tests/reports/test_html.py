"""Reports as pages: read by everybody, on paper, on a telephone, by a screen reader."""

import pytest

from assess.runs import run_matrix
from kit.accessible import violations
from kit.desk import browser


@pytest.mark.chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_report_and_its_index_break_no_rule_of_accessible_pages(built, scheme):
    paths = sorted(built.rglob("*.html"))
    assert len(paths) > 3
    with browser(color_scheme=scheme) as page:
        for path in paths:
            page.goto(path.as_uri())
            assert violations(page) == [], path


@pytest.mark.chromium
@pytest.mark.soak
def test_nor_does_any_report_of_the_sample_years_lists(workspace, tmp_path):
    for matrix in sorted((workspace.root / "params/runs").glob("*.yaml")):
        assert run_matrix(matrix, workspace, tmp_path, draft=True).failed == ()
    paths = sorted(tmp_path.rglob("*.html"))
    assert len(paths) > 40
    with browser() as page:
        for path in paths:
            page.goto(path.as_uri())
            assert violations(page) == [], path
