import shutil

import pytest

from assess.exchange.tables.typed import write_typed
from assess.workspace import lay_workspace
from kit.command import assess
from kit.desk import RunningDesk
from kit.desk_forms import WARD, fill_month, ward_units

ACTOR = "Cán bộ Văn phòng (thử)"


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.name or "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.chromium)


@pytest.fixture(scope="session")
def laid(tmp_path_factory):
    """A workspace as ``assess init`` lays it, with who works in it."""
    root = tmp_path_factory.mktemp("ban") / "Đảng ủy 100% [thử]"
    lay_workspace(root).set_actor(ACTOR)
    return root


@pytest.fixture
def empty(laid, tmp_path):
    """A copy of an empty workspace."""
    root = tmp_path / "không gian"
    shutil.copytree(laid, root)
    return root


@pytest.fixture(scope="session")
def _ward(laid, tmp_path_factory):
    """A workspace with a ward, its form and a month of score forms."""

    root = tmp_path_factory.mktemp("day") / "w"
    shutil.copytree(laid, root)
    write_typed(root / "vao" / "t.xlsx", ward_units(6))
    assert assess("intake", root / "vao", "-w", root, "--out", root / "intake").returncode == 0
    adopted = {
        "unit_id": WARD,
        "what": "biểu chấm thường kỳ",
        "value": "an-phu-hd42",
        "valid_from": "28/10/2025",
    }
    write_typed(root / "vao2" / "t.xlsx", {"adoption": [adopted]})
    done = assess("intake", root / "vao2", "-w", root, "--out", root / "intake")
    assert done.returncode == 0, done.stdout + done.stderr
    fill_month(root, WARD, "2026-10", root / "phieu", wrong=0)
    assert assess("intake", root / "phieu", "-w", root, "--out", root / "intake").returncode == 0
    return root


@pytest.fixture
def filled(_ward, tmp_path):
    """A copy of a workspace with a ward and a month of its score forms."""
    root = tmp_path / "w"
    shutil.copytree(_ward, root)
    return root


@pytest.fixture(scope="session")
def shared(_ward, tmp_path_factory):
    """A desk on a workspace that no test changes."""
    root = tmp_path_factory.mktemp("chung") / "w"
    shutil.copytree(_ward, root)
    running = RunningDesk(root)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def working(_ward, tmp_path_factory):
    """A desk on a workspace that several tests write to, each something of its own."""
    root = tmp_path_factory.mktemp("lam") / "w"
    shutil.copytree(_ward, root)
    running = RunningDesk(root)
    yield running
    running.stop()


@pytest.fixture
def desk(request):
    """Start a desk on a workspace; ended with the test."""
    started = []

    def start(root, **more):
        started.append(RunningDesk(root, **more))
        return started[-1]

    yield start
    for each in started:
        each.stop()
