"""The chain of the store: what it tells, what it proves, and what it cannot tell."""

import datetime as dt
import hashlib
import json
import shutil
import subprocess
import sys
import time
import unicodedata

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.errors import Finding, InputError, Place
from assess.base.periods import FAR_OFF
from assess.exchange.store import FileRecord, Store, StoreBatch, Writer, chain, repair
from assess.exchange.store.chain import seal_batch
from assess.exchange.store.seal import digests_by
from kit.old_stores import make_old
from kit.score_forms import little_rows

MEETING = {
    "meeting_id": "m",
    "chi_bo_id": "cb-an-phu-hd42",
    "for_month": "2026-03",
    "held_on": dt.date(2026, 3, 3),
    "status": "held",
    "kind": "thuong_ky",
    "minutes": 90.0,
    "topic": "Học tập, làm theo",
}
SHEET = {
    "sheet_id": "m.tc",
    "meeting_id": "m",
    "rater": "self",
    "rule_set_id": "an-phu-hd42",
    "signed_on": dt.date(2026, 3, 4),
}
LINES = [
    {"sheet_id": "m.tc", "criterion_id": name, "state": "entered", "points": points}
    for name, points in (("c1_time", 5.0), ("c2", 7.5))
]
FINDING = {
    "inspection_id": "kt-1",
    "chi_bo_id": "cb-an-phu-hd42",
    "form": "kiem_tra",
    "inspected_on": dt.date(2026, 4, 2),
    "finding": "Chấm khống điểm",
}
JANUARY, APRIL, MAY, JUNE = (dt.datetime(2026, month, 10, 9, 30) for month in (1, 4, 5, 6))
BY = Writer("Chuyên viên Văn phòng")


def fill(store, rules):
    store.append(StoreBatch(JANUARY, little_rows(rules)))
    file = FileRecord("d1", "a.xlsx", "taken")
    store.append(StoreBatch(APRIL, {"meeting": [MEETING], "sheet": [SHEET], "line": LINES}, [file]))
    store.append(StoreBatch(MAY, {"inspection": [FINDING]}, [FileRecord("d2", "k.csv", "taken")]))
    raised = {**LINES[0], "points": 4.0}
    store.append(StoreBatch(JUNE, {"line": [raised]}, reason="chấm nhầm"))
    return store


@pytest.fixture(scope="module")
def filled(rules, tmp_path_factory):
    made = fill(Store(tmp_path_factory.mktemp("s") / "s.duckdb", create=True, by=BY), rules)
    assert made.check() == []
    return made.path


@pytest.fixture
def store(filled, tmp_path):
    """A copy of it for each test."""
    return Store(shutil.copy(filled, tmp_path / "s.duckdb"), by=BY)


@pytest.fixture(scope="module")
def filled_before(filled, tmp_path_factory):
    """The same as a store of version 5, opened by this version."""
    path = shutil.copy(filled, tmp_path_factory.mktemp("v5") / "s.duckdb")
    make_old(path, 5)
    made = Store(path)
    assert made.check() == []
    (link,) = (each for each in made.links() if each.link)
    assert (link.kind, link.about["from"], link.moment) == ("migration", 5, JUNE)
    return path


def change(store, *statements):
    connection = duckdb.connect(str(store.path))
    for statement in statements:
        connection.execute(statement)
    connection.close()


def told(store):
    return [str(finding) for finding in store.check() if finding.code == "store-forged"]


def in_each(statement, *tables):
    return [statement.replace("TABLE", table) for table in tables]


FORGERIES = {
    # what an inspector tried (A1 to A3)
    "a point of a past sheet": ["UPDATE line SET points = 9 WHERE criterion_id = 'c2'"],
    "a finding vanishes": ["DELETE FROM inspection"],
    "a whole batch vanishes": [
        *in_each("DELETE FROM TABLE WHERE batch = 3", "inspection", "file", "batch")
    ],
    "a batch is put back": [
        "UPDATE batch SET recorded_at = '2026-03-05' WHERE batch = 2",
        *in_each(
            "UPDATE TABLE SET recorded_at = '2026-03-05' WHERE batch = 2",
            *("meeting", "sheet", "line", "file"),
        ),
    ],
    "a day of signature": ["UPDATE sheet SET signed_on = '2026-03-30'"],
    "a last revision vanishes": ["DELETE FROM line WHERE revision = 2"],
    "a file's digest": ["UPDATE file SET digest = 'x' WHERE digest = 'd2'"],
    # ten more
    "a row slipped in": [
        "INSERT INTO line SELECT * REPLACE ('c3' AS criterion_id) FROM line WHERE criterion_id = 'c2'"
    ],
    "a row twice": ["INSERT INTO line SELECT * FROM line WHERE criterion_id = 'c2'"],
    "a free text": ["UPDATE inspection SET finding = 'Đúng quy định'"],
    "a free text with the salt of another": [
        "UPDATE inspection SET finding = 'Tốt', salts = '{\"finding\": \"00\"}'"
    ],
    "a withdrawal undone": ["UPDATE line SET withdrawn = true WHERE revision = 2"],
    "a reason": ["UPDATE batch SET reason = 'theo biên bản' WHERE batch = 4"],
    "an actor": ["UPDATE batch SET actor = 'Thủ quỹ' WHERE batch = 2"],
    "a clock": ["UPDATE batch SET clock = '2026-04-10' WHERE batch = 2"],
    "a row moved to a later batch": ["UPDATE inspection SET batch = 4"],
    "the content, and its link anew": [
        "UPDATE batch SET content = replace(content, 'Văn phòng', 'Ủy ban') WHERE batch = 2",
        "UPDATE batch SET link = sha256(content) WHERE batch = 2",
    ],
    "a link is emptied": ["UPDATE batch SET link = NULL, content = NULL WHERE batch = 3"],
    "all links are emptied": ["UPDATE batch SET link = NULL, content = NULL"],
    "a clock repaired without a link": [
        "INSERT INTO repair VALUES (4, 2, '2026-03-05')",
        *in_each(
            "UPDATE TABLE SET recorded_at = '2026-03-05' WHERE batch = 2",
            *("meeting", "sheet", "line", "file"),
        ),
    ],
    "a row in a batch before the first": [
        "INSERT INTO batch (batch, recorded_at) VALUES (0, '2026-01-01')",
        "INSERT INTO line SELECT * REPLACE (9 AS points, revision + 1 AS revision, 0 AS batch) FROM line WHERE criterion_id = 'c2'",
    ],
    "a free text with its digest written otherwise": [
        "UPDATE inspection SET finding = 'Tốt', salts = '{\"finding\": \"\\u003d' || sha256(json_extract_string(salts, '$.finding') || chr(10) || 'finding' || chr(10) || finding) || '\"}'"
    ],
    "half a second": in_each(
        "UPDATE TABLE SET recorded_at = recorded_at + INTERVAL 500 MILLISECOND WHERE batch = 2",
        *("meeting", "sheet", "line", "file", "batch"),
    ),
    "no clock": ["UPDATE batch SET clock = NULL WHERE batch = 2"],
    "no JSON": ["UPDATE batch SET content = 'x' WHERE batch = 2"],
    "salts that are none": ["UPDATE inspection SET salts = '[]'"],
    "a batch twice": ["INSERT INTO batch SELECT * FROM batch WHERE batch = 3"],
    "a set-aside file is made a taken one": ["UPDATE file SET outcome = 'set_aside'"],
    "the source of a row": ["UPDATE meeting SET source = 'd2'"],
}


OLD_FORGERIES = {
    "what a batch of before is": [
        "UPDATE batch SET kind = 'history', actor = 'Thủ quỹ', clock = '2099-01-01' WHERE batch = 2"
    ],
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_changed_behind_the_chain_is_told(store, forgery):
    change(store, *FORGERIES[forgery])
    assert told(store), forgery


@pytest.mark.parametrize(
    "forgery",
    [
        "a point of a past sheet",
        "a finding vanishes",
        "a day of signature",
        "a last revision vanishes",
        "a reason",
        "a row slipped in",
        "a row moved to a later batch",
        "a batch is put back",
        "a row in a batch before the first",
        "half a second",
        "what a batch of before is",
    ],
)
def test_what_stood_before_the_chain_began_is_sealed_as_it_stood(filled_before, tmp_path, forgery):
    moved = Store(shutil.copy(filled_before, tmp_path / "s.duckdb"))
    change(moved, *(FORGERIES | OLD_FORGERIES)[forgery])
    assert told(moved), forgery


@pytest.mark.parametrize(
    "statements",
    [
        [
            "ALTER TABLE inspection RENAME TO i2",
            "CREATE VIEW inspection AS SELECT * FROM i2 WHERE NOT contains(current_query(), 'recorded_at <=')",
        ],
        ["CREATE MACRO contains(a, b) AS false"],
        [
            "UPDATE line SET points = 9 WHERE criterion_id = 'c2'",
            "DROP TABLE repair",
            "DROP TABLE redaction",
            "UPDATE batch SET link = NULL, content = NULL",
            "UPDATE store SET version = 5",
        ],
    ],
)
def test_what_would_answer_in_place_of_the_tables_or_have_them_sealed_anew_is_refused(
    store, statements
):
    change(store, *statements)
    with pytest.raises(InputError) as caught:
        Store(store.path)
    assert caught.value.findings[0].code == "store-strange"


def test_a_link_that_was_printed_is_proved_later_and_not_by_a_store_that_was_cut_or_made_anew(
    store, rules, tmp_path
):
    printed = store.links()[2].link[:16]
    cut = Store(shutil.copy(store.path, tmp_path / "cut.duckdb"))
    store.append(StoreBatch(dt.datetime(2026, 7, 1), {"meeting": [{**MEETING, "minutes": 60.0}]}))
    assert store.prove(printed).number == 3
    assert store.prove(printed.upper()).moment == MAY
    # the last batches cut off: nothing inside the file can tell, the printed link does
    change(
        cut,
        *in_each("DELETE FROM TABLE WHERE batch >= 3", "inspection", "line", "file", "batch"),
    )
    assert cut.check() == []
    with pytest.raises(InputError) as caught:
        cut.prove(printed)
    assert caught.value.findings[0].code == "no-link"
    # a chain made anew over changed rows, by somebody who has this code: the same
    forged = Store(shutil.copy(store.path, tmp_path / "forged.duckdb"))
    connection = duckdb.connect(str(forged.path))
    connection.execute("UPDATE line SET points = 9 WHERE criterion_id = 'c2'")
    for (number,) in connection.execute("SELECT batch FROM batch ORDER BY batch").fetchall():
        seal_batch(connection, number)
    connection.close()
    assert forged.check() == []
    with pytest.raises(InputError):
        forged.prove(printed)
    for short in ("", "0" * 15):
        with pytest.raises(InputError) as caught:
            store.prove(short)
        assert caught.value.findings[0].code == "link-short"


def test_a_link_can_be_worked_out_without_this_code(store):
    connection = duckdb.connect(str(store.path), read_only=True)
    content, link, salts = connection.execute(
        "SELECT b.content, b.link, m.salts FROM batch b JOIN meeting m USING (batch)"
    ).fetchone()
    connection.close()
    said = json.loads(content)
    assert hashlib.sha256(content.encode()).hexdigest() == link
    assert (said["actor"], said["kind"]) == ("Chuyên viên Văn phòng", "intake")
    assert said["moment"] == "2026-04-10T09:30:00+07:00"
    assert said["before"] == store.links()[0].link
    topic = f"{json.loads(salts)['topic']}\ntopic\n{MEETING['topic']}"
    line = (
        '{"chi_bo_id":"cb-an-phu-hd42","for_month":"2026-03","held_on":"2026-03-03",'
        '"kind":"thuong_ky","meeting_id":"m","minutes":"90","revision":"1","status":"held",'
        f'"topic":"{hashlib.sha256(topic.encode()).hexdigest()}","withdrawn":false}}\n'
    )
    assert said["rows"]["meeting"] == [1, hashlib.sha256(line.encode()).hexdigest()]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.text(max_size=8)),
            st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
            st.one_of(st.none(), st.booleans()),
        ),
        max_size=6,
    )
)
def test_equal_rows_have_one_digest_however_they_are_held_and_other_rows_another(values):
    def digest(found, **more):
        texts, numbers, flags = zip(*found, strict=True) if found else ((), (), ())
        columns = {
            "text": pa.array(texts, pa.string()),
            "number": pa.array(numbers, pa.float64()),
            "flag": pa.array(flags, pa.bool_()),
            "salts": pa.array([None] * len(found), pa.string()),
        }
        return digests_by([pa.record_batch(columns | more)], ())

    usual = digest(values)
    decomposed = [(t and unicodedata.normalize("NFD", t), n, f) for t, n, f in values]
    assert digest(decomposed) == usual
    # a column of a later version changes nothing while it is empty
    later = pa.array([None] * len(values), pa.string())
    assert digest(values, later=later) == usual
    for at, (text, number, flag) in enumerate(values):
        other = [*values[:at], (text, number, not flag), *values[at + 1 :]]
        assert digest(other) != usual


def test_adding_a_column_to_a_table_leaves_every_link(store):
    change(store, "ALTER TABLE line ADD COLUMN weight DOUBLE")
    assert store.check() == []


@pytest.fixture
def machine(monkeypatch):
    """Set the clock of the machine, in Vietnam's time."""

    def to(moment):
        for module in (chain, repair):
            monkeypatch.setattr(module, "now", lambda: moment)
            monkeypatch.setattr(module, "clock_now", lambda: moment - dt.timedelta(hours=7))

    return to


def test_a_clock_that_jumps_is_told_before_anything_is_written(rules, tmp_path, machine):
    machine(JANUARY)
    store = fill_first(tmp_path, rules)
    machine(JANUARY - dt.timedelta(hours=1))
    with pytest.raises(InputError) as caught:
        store.append(StoreBatch(APRIL, {"meeting": [MEETING]}))
    assert caught.value.findings[0].code == "clock-back"
    machine(dt.datetime(2036, 1, 10))
    with pytest.raises(InputError) as caught:
        store.append(StoreBatch(APRIL, {"meeting": [MEETING]}))
    said = str(caught.value.findings[0])
    assert "00:00:00 ngày 10/01/2036" in said
    assert "09:30:00 ngày 10/01/2026" in said
    assert len(store.log()) == 1
    machine(APRIL)  # a summer without meetings is no jump
    store.append(StoreBatch(APRIL, {"meeting": [MEETING]}))


def fill_first(tmp_path, rules):
    store = Store(tmp_path / "s.duckdb", create=True, by=BY)
    store.append(StoreBatch(JANUARY, little_rows(rules)))
    return store


def test_a_wrong_moment_is_repaired_stays_to_be_seen_and_blocks_nothing(rules, tmp_path, machine):
    machine(JANUARY)
    store = fill_first(tmp_path, rules)
    wrong = dt.datetime(2036, 4, 10)
    machine(wrong)
    sure = Store(store.path, by=Writer("Kỹ thuật", clock_right=True))
    sure.append(StoreBatch(wrong, {"meeting": [MEETING]}))
    sure.append(StoreBatch(wrong, {"sheet": [SHEET]}))
    machine(MAY)
    store = Store(store.path, by=BY)
    with pytest.raises(InputError) as caught:
        store.append(StoreBatch(MAY, {"line": LINES}))
    assert caught.value.findings[0].code == "clock-back"
    for number, moment, code in (
        (9, APRIL, "no-batch"),
        (2, JUNE, "repair-order"),  # not yet
        (2, dt.datetime(2025, 12, 1), "repair-order"),  # before the batch before it
    ):
        with pytest.raises(InputError) as caught:
            store.repair_clock(number, moment, "đồng hồ sai")
        assert caught.value.findings[0].code == code
    with pytest.raises(InputError) as caught:
        store.repair_clock(2, APRIL, " ")
    assert caught.value.findings[0].code == "no-reason"
    assert store.repair_clock(2, APRIL, "pin của máy hết, đồng hồ sai") == [2, 3]
    store.append(StoreBatch(MAY, {"line": LINES}))
    assert store.check() == []
    assert len(store.records(APRIL)["sheet"]) == 1
    assert store.records(APRIL - dt.timedelta(seconds=1))["meeting"].empty
    seen = {link.number: (link.stated, link.moment, link.repaired) for link in store.links()}
    assert seen[2] == (wrong, APRIL, True)
    assert store.records(FAR_OFF)["meeting"]["recorded_at"].tolist() == [APRIL]
    repaired = store.links()[3]
    assert (repaired.kind, repaired.actor, repaired.reason) == (
        "clock",
        BY.actor,
        "pin của máy hết, đồng hồ sai",
    )


NAME = "Nguyễn Văn Mẫu"


@pytest.fixture
def named(store):
    """A store with a name in a remark, in its correction, in a finding and in a reason."""
    for at, minutes in ((7, 70.0), (8, 80.0)):
        told = Finding("unreadable", Place("a.xlsx"), {"reason": f"{NAME} vắng"})
        store.append(
            StoreBatch(
                dt.datetime(2026, at, 1),
                {
                    "meeting": [
                        {
                            **MEETING,
                            "reason": f"{NAME} vắng",
                            "minutes": minutes,
                            "source": f"e{at}",
                        }
                    ]
                },
                [FileRecord(f"e{at}", f"{NAME} vắng.xlsx", "taken", (told,))],
                reason=f"theo đơn: {NAME} vắng",
            )
        )
    return store


def in_bytes(store, text):
    return text.encode() in store.path.read_bytes()


def test_a_text_is_blacked_out_on_record_and_the_chain_stays_whole(named, tmp_path):
    links = [link.link for link in named.links()]
    assert in_bytes(named, NAME)
    done = named.redact("meeting", ("m",), "reason", "lộ họ tên")
    assert (done.revisions, done.files, done.batches) == (2, 4, 2)
    assert done.originals == ("e7", "e8")
    assert named.check() == []
    assert [link.link for link in named.links()][: len(links)] == links
    assert not in_bytes(named, NAME)
    named.export(tmp_path / "out")
    assert not any(NAME.encode() in path.read_bytes() for path in (tmp_path / "out").rglob("*.csv"))
    assert named.records(FAR_OFF)["meeting"]["reason"].tolist() == ["(đã che)"]
    assert named.records(FAR_OFF)["meeting"]["topic"].tolist() == [MEETING["topic"]]
    for words, code in (
        (("meeting", ("m",), "reason"), "nothing-to-redact"),
        (("meeting", ("m",), "minutes"), "not-allowed"),
        (("meeting", ("x",), "topic"), "withdraw-unknown"),
        (("meeting", ("m", "n"), "topic"), "withdraw-unknown"),
        (("metting", ("m",), "topic"), "not-allowed"),
    ):
        with pytest.raises(InputError) as caught:
            named.redact(*words, "lộ họ tên")
        assert caught.value.findings[0].code == code
    with pytest.raises(InputError) as caught:
        named.redact("meeting", ("m",), "topic", " ")
    assert caught.value.findings[0].code == "no-reason"


@pytest.mark.parametrize(
    "forgery",
    [
        ["UPDATE meeting SET reason = 'Bận việc nhà' WHERE revision = 3"],
        ["DELETE FROM redaction"],
        ["UPDATE redaction SET digest = 'x' WHERE revision = 3"],
        # another text is blacked out the same way, but no link says so
        [
            "UPDATE inspection SET finding = '(đã che)', salts = json_object('finding', '=' || sha256(json_extract_string(salts, '$.finding') || chr(10) || 'finding' || chr(10) || finding))"
        ],
    ],
)
def test_nothing_is_blacked_out_or_replaced_in_silence(named, forgery):
    named.redact("meeting", ("m",), "reason", "lộ họ tên")
    change(named, *forgery)
    assert told(named)


def migrate_in_child(path):
    script = "import sys\nfrom pathlib import Path\nfrom assess.exchange.store import Store\nprint('go', flush=True)\nStore(Path(sys.argv[1]))\nprint('done', flush=True)"
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_migration_that_is_killed_leaves_the_old_store_or_the_new_one(store, tmp_path, share):
    make_old(store.path, 5)
    whole = shutil.copy(store.path, tmp_path / "whole.duckdb")
    process = migrate_in_child(whole)
    assert process.stdout.readline() == "go\n"
    ready = time.monotonic()
    process.wait()
    took = time.monotonic() - ready
    process = migrate_in_child(store.path)
    assert process.stdout.readline() == "go\n"
    time.sleep(took * share)
    process.kill()
    process.wait()
    opened = Store(store.path)
    assert opened.check() == []
    assert [link.kind for link in opened.links() if link.link] == ["migration"]
    assert len(opened.records(FAR_OFF)["line"]) == 2


def test_two_that_migrate_at_once_migrate_once(store):
    make_old(store.path, 5)
    both = [migrate_in_child(store.path) for _ in range(3)]
    assert [process.communicate()[0] for process in both] == ["go\ndone\n"] * 3
    assert [link.kind for link in Store(store.path).links() if link.link] == ["migration"]
    assert Store(store.path).check() == []


def test_small_steps_back_and_another_machines_clock_are_no_forgery(rules, tmp_path, machine):
    machine(APRIL)
    store = fill_first(tmp_path, rules)
    machine(APRIL - dt.timedelta(minutes=2))  # set by the network
    store.append(StoreBatch(MAY, {"meeting": [MEETING]}))
    machine(JANUARY)
    store.note_restored("0" * 64)
    machine(MAY)
    store.append(StoreBatch(JUNE, {"sheet": [SHEET]}))
    assert store.check() == []


def test_a_clock_that_was_wrong_while_the_moment_was_right_is_repaired_too(
    rules, tmp_path, machine
):
    machine(JANUARY)
    store = fill_first(tmp_path, rules)
    machine(dt.datetime(2026, 4, 1))
    store.append(StoreBatch(APRIL, {"meeting": [MEETING]}))
    machine(dt.datetime(2026, 2, 1))
    with pytest.raises(InputError):
        store.append(StoreBatch(MAY, {"sheet": [SHEET]}))
    machine(APRIL)
    assert store.repair_clock(2, APRIL, "đồng hồ sai, thời điểm đúng") == [2]
    machine(dt.datetime(2026, 4, 10, 9, 31))
    store.append(StoreBatch(MAY, {"sheet": [SHEET]}))
    assert store.check() == []


def test_an_old_store_is_worked_with_like_a_new_one(named):
    make_old(named.path, 5)
    moved = Store(named.path, by=BY)
    with pytest.raises(InputError) as caught:
        moved.repair_clock(2, MAY, "đồng hồ sai")
    assert caught.value.findings[0].code == "repair-history"
    done = moved.redact("meeting", ("m",), "reason", "lộ họ tên")
    assert (done.revisions, done.files, done.batches) == (2, 4, 2)
    assert moved.check() == []
    assert not in_bytes(moved, NAME)


def test_one_file_under_two_names_keeps_its_place_when_one_is_blacked_out(store):
    note = f"{NAME} vắng"
    both = [FileRecord("e", name, "taken") for name in ("B.xlsx", f"{note}.xlsx")]
    row = {**MEETING, "reason": note, "source": "e"}
    store.append(StoreBatch(dt.datetime(2026, 7, 1), {"meeting": [row]}, both))
    store.redact("meeting", ("m",), "reason", "lộ họ tên")
    assert store.check() == []


def test_every_original_of_the_meeting_goes_with_the_text_and_one_that_is_left_is_told(
    store, tmp_path
):
    digests = []
    for number, minutes in enumerate((70.0, 70.0)):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(f"{NAME} {number}".encode())
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
        store.originals.keep(path, digests[-1])
        row = {**MEETING, "reason": NAME, "minutes": minutes, "source": digests[-1]}
        line = {**LINES[1], "points": float(number), "source": digests[-1]}
        file = FileRecord(digests[-1], path.name, "taken", kept=True)
        store.append(
            StoreBatch(dt.datetime(2026, 7, 1 + number), {"meeting": [row], "line": [line]}, [file])
        )
    assert store.redact("meeting", ("m",), "reason", "lộ họ tên").originals == tuple(
        sorted(digests)
    )
    assert list(store.originals.folder.glob("??/*")) == []
    assert store.check() == []
    store.originals.keep(tmp_path / "1.xlsx", digests[1])
    assert [finding.code for finding in store.check()] == ["original-left"]


def test_a_short_text_blacks_out_nothing_but_itself(store):
    store.append(
        StoreBatch(
            dt.datetime(2026, 7, 1),
            {"meeting": [{**MEETING, "reason": "a"}]},
            [FileRecord("e", "bảng.xlsx", "taken")],
        )
    )
    done = store.redact("meeting", ("m",), "reason", "thử")
    assert (done.revisions, done.files, done.batches) == (1, 0, 0)


def test_a_sheet_that_was_moved_to_another_meeting_is_read_where_it_stands(store):
    other = {**MEETING, "meeting_id": "n", "chi_bo_id": "cb-nghe-an-qd27-bieu1"}
    store.append(
        StoreBatch(
            dt.datetime(2026, 7, 1), {"meeting": [other], "sheet": [{**SHEET, "meeting_id": "n"}]}
        )
    )
    assert store.records_of(FAR_OFF, MEETING["chi_bo_id"])["sheet"].empty
    assert store.records_of(FAR_OFF, other["chi_bo_id"])["sheet"]["meeting_id"].tolist() == ["n"]
