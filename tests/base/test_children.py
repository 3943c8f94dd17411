import contextlib
import os
import sys

from assess.base.children import not_from_here


def test_everything_is_as_before_afterwards_also_after_an_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f".{os.pathsep}lib")
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), "lib", *sys.path])
    before, variables = list(sys.path), dict(os.environ)
    with contextlib.suppress(ZeroDivisionError), not_from_here():
        assert sys.path[0] == os.environ["PYTHONPATH"] == str(tmp_path / "lib")
        assert str(tmp_path) not in sys.path
        raise ZeroDivisionError
    assert (sys.path, dict(os.environ)) == (before, variables)


def test_the_package_is_found_also_by_those_who_stand_in_the_folder_that_holds_it(
    root, monkeypatch
):
    monkeypatch.chdir(root / "src")
    monkeypatch.setattr(
        sys, "path", ["", *(entry for entry in sys.path if entry != str(root / "src"))]
    )
    with not_from_here():
        assert sys.path[-1] == str(root / "src")
