"""The second bookkeeper: every number of every template, worked out again from the CSV files with plain loops, and compared."""

import pytest
from bookkeeper import kit, records

SEEDS = ((11, "one"), (12, "two"))


@pytest.fixture(scope="session")
def made(tmp_path_factory, workspace, root):
    """Each seeded year's reports, made once."""
    found = {}
    for seed, forms in SEEDS:
        folder = tmp_path_factory.mktemp(f"so-{seed}")
        records.Year(root, seed, forms).write(folder)
        found[seed] = folder, kit.make(workspace, folder, kit.WANTED)
    return found


@pytest.mark.parametrize("report", kit.WANTED, ids=lambda report: report.name)
@pytest.mark.parametrize("seed", [seed for seed, _ in SEEDS])
def test_every_number_of_the_page_is_the_bookkeepers(made, root, seed, report, record_property):
    folder, out = made[seed]
    found = kit.compare(root, folder, out, report)
    print(f"\n{report.name} (seed {seed}): {found.matched} matched, {sum(found.excepted.values())} excepted, {len(found.uncovered)} uncovered, {found.share:.1%}; Excel {found.in_excel}")
    print("\n".join(found.uncovered))
    print("\n".join(f"WRONG {line}" for line in found.wrong))
    print("UNKNOWN", found.unknown)
    assert found.wrong == []
