"""One DuckDB instance serves a whole process, and lets go of a file when nobody uses it."""

import subprocess
import sys
import threading

import duckdb
import pytest

from assess.exchange.store.attached import AttachedFile
from assess.exchange.store.sql import one, rows

WRITE = "import duckdb, sys\nduckdb.connect(sys.argv[1]).execute('INSERT INTO t VALUES (2)')"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "kho ' của tôi.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TABLE t AS SELECT 1 AS n")
    return path


def written_by_another_process(file):
    return subprocess.run(
        [sys.executable, "-c", WRITE, str(file)], capture_output=True, text=True, check=False
    )


def test_readers_share_a_file_and_the_last_one_lets_go_of_it(file):
    first, second = (AttachedFile(file, read_only=True) for _ in range(2))
    assert [one(each.connection, "SELECT n FROM t") for each in (first, second)] == [1, 1]
    first.close()
    assert one(second.connection, "SELECT n FROM t") == 1
    assert "lock" in written_by_another_process(file).stderr
    second.close()
    assert written_by_another_process(file).returncode == 0


def test_a_writer_beside_a_reader_in_one_process_is_refused_as_in_use_and_waits_outside(file):
    reader = AttachedFile(file, read_only=True)
    with pytest.raises(duckdb.Error, match="already attached"):
        AttachedFile(file, read_only=False)
    reader.close()
    writer = AttachedFile(file, read_only=False)
    rows(writer.connection, "INSERT INTO t VALUES (3)")
    writer.close()
    with duckdb.connect(str(file), read_only=True) as after:
        assert after.execute("SELECT n FROM t").fetchall() == [(1,), (3,)]


def test_what_was_not_committed_is_undone(file):
    writer = AttachedFile(file, read_only=False)
    rows(writer.connection, "BEGIN")
    rows(writer.connection, "INSERT INTO t VALUES (4)")
    writer.close()
    with duckdb.connect(str(file), read_only=True) as after:
        assert after.execute("SELECT n FROM t").fetchall() == [(1,)]


def test_a_store_that_one_thread_reads_another_thread_waits_to_write(rules, tmp_path):
    from kit.score_forms import little_store

    store = little_store(rules, tmp_path / "s.duckdb")
    begun, done = threading.Event(), []

    def write():
        begun.wait(10)
        with store._file.writer() as connection:  # noqa: SLF001 - a write as short as can be
            done.append(one(connection, "SELECT count(*) FROM unit"))

    thread = threading.Thread(target=write)
    thread.start()
    with store._file.reader() as connection:  # noqa: SLF001 - a read that lasts
        begun.set()
        thread.join(0.5)
        assert done == []
        expected = one(connection, "SELECT count(*) FROM unit")
    thread.join(10)
    assert done == [expected]
