import os
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from assess.base.errors import InputError
from assess.excel import confined
from assess.excel.confined import kept_readers, read_workbooks

PROC = Path("/proc")


@pytest.fixture(autouse=True)
def others(monkeypatch):
    """Set aside the readers that the tests share; return their process numbers."""
    found = set(readers())
    monkeypatch.setattr(confined, "_kept", [])
    monkeypatch.setattr(confined, "_keeping", [])
    monkeypatch.setitem(globals(), "OTHERS", found)


def book(path, text="x"):
    made = xlsxwriter.Workbook(str(path))
    made.add_worksheet().write("A1", text)
    made.close()
    return path


def test_files_come_back_in_order_and_a_bad_one_stands_alone(tmp_path):
    paths = [book(tmp_path / f"{i}.xlsx", str(i)) for i in range(12)]
    paths[5].write_bytes(b"khong phai")
    found = list(read_workbooks(paths, jobs=3))
    assert [path for path, _ in found] == paths
    assert isinstance(found[5][1], InputError)
    assert [b.sheets[0].cells[1, 1][1] for _, b in found if not isinstance(b, InputError)] == [
        str(i) for i in range(12) if i != 5
    ]


def test_a_file_that_takes_too_long_is_given_up_and_the_others_are_read(tmp_path):
    made = xlsxwriter.Workbook(str(tmp_path / "slow.xlsx"), {"constant_memory": True})
    for _ in range(5):
        sheet = made.add_worksheet()
        for row in range(4000):
            sheet.write_row(row, 0, [row] * 40)
    made.close()
    paths = [book(tmp_path / "a.xlsx"), tmp_path / "slow.xlsx", book(tmp_path / "b.xlsx")]
    found = dict(read_workbooks(paths, jobs=1, seconds=1.5))
    assert not readers()  # the process that was reading it was ended
    assert found[paths[1]].findings[0].code == "workbook-slow"
    assert not isinstance(found[paths[0]], InputError)
    assert not isinstance(found[paths[2]], InputError)


def test_a_reader_that_dies_costs_its_file_only(tmp_path):
    paths = [book(tmp_path / f"{i}.xlsx") for i in range(40)]
    reading = read_workbooks(paths, jobs=1)
    first = next(reading)
    mine = readers()
    assert mine
    for pid in mine:
        os.kill(pid, 9)
    rest = list(reading)
    lost = [found for _, found in rest if isinstance(found, InputError)]
    assert not isinstance(first[1], InputError)
    assert len(rest) == 39
    assert [f.findings[0].code for f in lost] in ([], ["workbook-kills"])


OTHERS = set()


def readers():
    """Return the child processes that read workbooks for this test."""
    return [
        int(p.name)
        for p in PROC.iterdir()
        if p.name.isdigit()
        and _parent(p.name) == os.getpid()
        and "spawn_main" in _command(p.name)
        and int(p.name) not in OTHERS
    ]


def _parent(pid):
    try:
        return int(
            (PROC / pid / "stat")
            .read_text(encoding="utf-8", errors="replace")
            .rsplit(")", 1)[1]
            .split()[1]
        )
    except (OSError, IndexError):
        return 0


def _command(pid):
    try:
        return (PROC / pid / "cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def test_no_reader_is_left_when_the_caller_stops_early(tmp_path):
    paths = [book(tmp_path / f"{i}.xlsx") for i in range(20)]
    reading = read_workbooks(paths, jobs=2)
    next(reading)
    reading.close()
    assert not readers()


def test_kept_readers_read_on_in_the_next_call_and_end_with_the_block(tmp_path):
    paths = [book(tmp_path / f"{i}.xlsx", str(i)) for i in range(3)]
    with kept_readers():
        first = list(read_workbooks(paths, jobs=2))
        mine = readers()
        reading = read_workbooks(paths[:2], jobs=2)
        next(reading)
        reading.close()  # one still reads: it must not answer the next caller
        again = list(read_workbooks(paths, jobs=2))
        assert set(readers()) & set(mine)
        assert [b.sheets[0].cells for _, b in again] == [b.sheets[0].cells for _, b in first]
    assert not readers()


SPY = "import sys\nopen({seen!r}, 'a').write(' '.join(sys.argv) + '\\n')\nraise RuntimeError('taken from the current folder')\n"
READ = "from pathlib import Path; from assess.excel.confined import read_workbooks; print([type(b).__name__ for _, b in read_workbooks([Path('a.xlsx')])])"


@pytest.mark.parametrize("path", ["", ":", "."], ids=["no PYTHONPATH", "an empty entry", "a dot"])
def test_nothing_that_lies_in_the_current_folder_is_imported_by_a_reader(tmp_path, path):
    """The current folder holds files from outside, some of them named like modules."""
    book(tmp_path / "a.xlsx")
    seen = tmp_path / "seen"
    for name in ("struct", "openpyxl", "multiprocessing", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(SPY.format(seen=str(seen)), encoding="utf-8")
    # a parent whose own import path lacks that folder, like the command `assess`: its script lies
    # elsewhere
    script = tmp_path / "bin/read.py"
    script.parent.mkdir()
    changed = f"sys.path[:0] = ['', os.getcwd()] if {bool(path)} else []; os.environ['PYTHONPATH'] = {path!r}"
    script.write_text(
        f"import os, struct, sys, multiprocessing.popen_spawn_posix; {changed}; {READ}",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=60,
    )
    assert (done.stdout.strip(), done.stderr, seen.exists()) == ("['Workbook']", "", False)


def test_a_reader_works_in_a_folder_of_its_own_which_is_gone_afterwards(tmp_path, monkeypatch):
    book(tmp_path / "a.xlsx")
    book(tmp_path / "b.xlsx")
    monkeypatch.chdir(tmp_path)
    reading = read_workbooks([Path("a.xlsx"), Path("b.xlsx")])
    next(reading)
    (folder,) = {(PROC / str(pid) / "cwd").readlink() for pid in readers()}
    assert folder not in (tmp_path, Path.cwd())
    assert list(folder.iterdir()) == []
    assert not isinstance(next(reading)[1], InputError)
    reading.close()
    assert not folder.exists()


def test_a_script_without_a_main_guard_can_read_workbooks(tmp_path):
    paths = [book(tmp_path / f"{i}.xlsx") for i in range(2)]
    script = tmp_path / "script.py"
    script.write_text(
        f"print('once')\nfrom pathlib import Path\nfrom assess.excel.confined import read_workbooks\nprint(len(list(read_workbooks([Path(p) for p in {[str(p) for p in paths]}]))))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["once", "2"]
