"""What the store says is compared with the files it came from, read again."""

import datetime as dt

import duckdb
import pytest

from assess.exchange.csv.folder import write_folder
from assess.exchange.intake import take_in
from assess.exchange.intake.reread import reread
from assess.exchange.store import Store
from assess.exchange.store.chain import seal_batch
from assess.sample import make_sample
from kit.score_forms import codes


def change_and_seal(store, statement):
    """Change rows and make the whole chain anew, as somebody who has this code can."""
    connection = duckdb.connect(str(store.path))
    connection.execute(statement)
    for (number,) in connection.execute("SELECT batch FROM batch ORDER BY batch").fetchall():
        seal_batch(connection, number)
    connection.close()


def test_rows_that_are_as_their_files_say_are_not_mentioned(store, send, take, rules):
    send()
    take()
    send("sua", facts={"minutes": 100})
    assert take().revised == 1
    assert len(store.kept_files()) == 2
    assert list(reread(store, rules)) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE meeting SET minutes = 120", "tệp gốc ghi 95, trong kho 120"),
        ("UPDATE line SET points = 0 WHERE criterion_id = 'c1_time'", "trong kho 0"),
        ("UPDATE sheet SET signed_on = '2026-03-30'", "trong kho 30/3/2026"),
        (
            "INSERT INTO line SELECT * REPLACE ('c9' AS criterion_id, 'x!A1' AS address) FROM line LIMIT 1",
            "x!A1: tệp gốc ghi không có",
        ),
    ],
)
def test_a_chain_made_anew_over_changed_rows_is_told_by_the_originals(
    store, send, take, rules, statement, said
):
    send()
    take()
    change_and_seal(store, statement)
    assert store.check() == []  # inside the file nothing can tell
    found = list(reread(store, rules))
    assert set(codes(found)) == {"original-differs"}
    assert any(said in str(finding) for finding in found)


def test_tables_are_compared_line_by_line(rules, tmp_path):
    write_folder(tmp_path / "csv", make_sample(rules, chi_bo=4))
    store = Store(tmp_path / "s.duckdb", create=True)
    intake = take_in(store, rules, [tmp_path / "csv"], recorded_at=dt.datetime(2027, 1, 20))
    assert intake.count("taken") > 8
    assert list(reread(store, rules)) == []
    change_and_seal(store, "UPDATE meeting SET present = 1 WHERE present > 1")
    assert "original-differs" in codes(reread(store, rules))


def test_a_file_that_todays_rules_do_not_parse_is_noted_and_no_alarm(store, send, take, rules):
    send()
    take()
    others = {name: each for name, each in rules.items() if name != "an-phu-hd42"}
    (finding,) = reread(store, others)
    assert (finding.code, finding.severity) == ("original-unread", "warning")
