import pytest

from assess.excel.confined import kept_readers


@pytest.fixture(scope="package", autouse=True)
def readers_kept_for_all_intakes():
    """Let the intakes of these tests share reader processes."""
    with kept_readers():
        yield
