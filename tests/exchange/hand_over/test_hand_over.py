"""A ward's records handed to another office, and taken in there."""

import datetime as dt
import json
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile

import pandas as pd
import pytest

from assess.base import digests
from assess.base.errors import InputError
from assess.base.periods import FAR_OFF, Period
from assess.exchange.hand_over.give import hand_over
from assess.exchange.hand_over.ids import Choice
from assess.exchange.hand_over.sealed_file import open_hand_over
from assess.exchange.hand_over.take_over import take_over
from assess.exchange.intake import take_in
from assess.exchange.intake.reread import reread
from assess.exchange.store import Store, StoreBatch, Writer
from assess.records import make_slice
from assess.records.source import units_about
from assess.records.tables import TABLES
from assess.rules import KeptRules, RuleBook, as_used
from assess.scoring import score
from kit.small_dang_bo import unit
from kit.wards import FIRST, OFFICER, SECOND, take, ward_rows, ward_store

MAY, JUNE, JULY = (dt.datetime(2026, month, 10, 9) for month in (5, 6, 7))
TEAM = Writer("Đoàn kiểm tra thử")


@pytest.fixture(scope="module")
def made(tmp_path_factory, rules):
    path = tmp_path_factory.mktemp("phuong-a")
    ward_store(path, rules)
    return path


@pytest.fixture
def ward(made, tmp_path):
    return Store(shutil.copytree(made, tmp_path / "a") / "store.duckdb", by=OFFICER)


@pytest.fixture
def other_ward(tmp_path, rules):
    """A ward of another name whose chi bộ have the same ids and names."""
    name = "Đảng bộ phường B"
    return ward_store(tmp_path / "b", rules, ward="phuong-b", name=name, points=2.0)


@pytest.fixture
def team(tmp_path):
    return Store(tmp_path / "doan/store.duckdb", create=True, by=TEAM)


def handed(store, unit="phuong", period=None, name="ban-giao", **more):
    target = store.path.parent / f"{name}.zip"
    return target, *hand_over(store, unit, period, target, **more)


def tables_of(store, as_of):
    return {
        name: table.drop(columns="batch", errors="ignore")
        for name, table in store.records(as_of).tables.items()
    }


def scored(store, rules, dang_bo="phuong", as_of=FAR_OFF):
    made = make_slice(
        store.records(as_of),
        rules,
        dang_bo=dang_bo,
        period="2026-Q1",
        as_of=min(as_of, JULY),
        document_date=dt.date(2026, 7, 1),
    )
    return score(made).meetings.set_index("meeting_id")[["total", "class_id"]]


def refused(code, *arguments, **more):
    with pytest.raises(InputError) as caught:
        take_over(*arguments, **more)
    found = {finding.code for finding in caught.value.findings}
    assert code in found, caught.value
    return caught.value.findings


def test_a_team_with_an_empty_store_knows_at_every_moment_what_the_ward_knew(ward, team, rules):
    path, about, digest = handed(ward)
    assert (about.unit_id, about.period, about.number) == ("phuong", "", 3)
    done = take_over(team, rules, path, recorded_at=MAY)
    assert (done.moments, done.revised, done.other_rules) == (True, (), ())
    assert done.added == sum(about.rows.values())
    moments = [FIRST - dt.timedelta(days=2), FIRST - dt.timedelta(hours=1), FIRST, SECOND, FAR_OFF]
    seen = []
    for as_of in moments:
        mine, theirs = tables_of(team, as_of), tables_of(ward, as_of)
        for name in TABLES:
            pd.testing.assert_frame_equal(mine[name], theirs[name])
        seen.append(len(mine["line"]))
    assert len(set(seen)) > 1
    assert not scored(team, rules, as_of=FIRST).equals(scored(team, rules))
    pd.testing.assert_frame_equal(scored(team, rules), scored(ward, rules))
    assert list(team.records(FAR_OFF).changes["recorded_at"]) == [SECOND]
    assert team.check() == []
    assert ward.check() == []
    (told,) = [link for link in ward.links() if link.kind == "hand_over"]
    (taken,) = [link for link in team.links() if link.kind == "take_over_history"]
    assert told.about["file"] == taken.about["file"] == digest == digests.of_file(path)
    assert ward.prove(taken.about["link"]).number == about.number == taken.about["number"]


def test_a_period_goes_with_its_neighbours_and_the_organisation(ward, team, rules):
    path, about, _ = handed(ward, period=Period.parse("2026-03"))
    take_over(team, rules, path, recorded_at=MAY)
    tables = team.records(FAR_OFF).tables
    assert set(tables["meeting"]["for_month"]) == {"2026-02", "2026-03"}
    assert set(tables["unit"]["unit_id"]) == {"tinh", "phuong", "cb-1", "cb-2", "cb-3"}
    one = handed(ward, unit="cb-2", name="mot")[0]
    with_one = Store(team.path.with_name("mot.duckdb"), create=True, by=TEAM)
    take_over(with_one, rules, one, recorded_at=MAY)
    tables = with_one.records(FAR_OFF).tables
    assert set(tables["meeting"]["chi_bo_id"]) == {"cb-2"}
    assert set(tables["unit"]["unit_id"]) == {"tinh", "phuong", "cb-2"}
    assert len(tables["adoption"]) == 1
    assert about.rows["sheet"] == 6


def test_equal_ids_of_two_wards_never_become_one(ward, other_ward, team, rules):
    first, second = handed(ward)[0], handed(other_ward, unit="phuong-b")[0]
    take_over(team, rules, first, recorded_at=MAY)
    before = tables_of(team, FAR_OFF)
    overlap = refused("units-overlap", team, rules, second, recorded_at=JUNE)
    assert {finding.place.label for finding in overlap} == {"tinh", "cb-1", "cb-2", "cb-3"}
    for name, table in tables_of(team, FAR_OFF).items():
        pd.testing.assert_frame_equal(table, before[name])
    # said to be one, the rows of the meetings would be those of the other ward's chi bộ
    done = take_over(team, rules, second, Choice(same=True, prefix="b-"), recorded_at=JUNE)
    assert (done.prefix, done.moments) == ("b-", True)
    units = set(team.records(FAR_OFF)["unit"]["unit_id"])
    assert units == {"tinh", "phuong", "cb-1", "cb-2", "cb-3"} | {
        f"b-{each}" for each in ("phuong-b", "cb-1", "cb-2", "cb-3")
    }
    pd.testing.assert_frame_equal(scored(team, rules), scored(ward, rules))
    theirs = scored(other_ward, rules, "phuong-b")
    mine = scored(team, rules, "b-phuong-b")
    assert list(mine.index) == [f"b-{meeting}" for meeting in theirs.index]
    assert (
        mine["total"].tolist() == theirs["total"].tolist() != scored(ward, rules)["total"].tolist()
    )
    assert team.check() == []


def test_merged_wards_join_in_a_new_store_and_report_together(
    ward, other_ward, team, rules, tmp_path
):
    take_over(team, rules, handed(ward)[0], recorded_at=MAY)
    second = handed(other_ward, unit="phuong-b")[0]
    take_over(team, rules, second, Choice(same=True, prefix="b-"), recorded_at=MAY)
    units = team.records(FAR_OFF)["unit"]
    merged = dt.date(2026, 3, 1)
    ended, begun = [], [{"unit_id": "moi", "name": "Đảng bộ phường Mới", "level": "co_so"}]
    begun[0] |= {"kind": "cap_uy", "parent_id": "tinh", "valid_from": merged}
    rows = units.astype(object).where(units.notna(), None).drop(columns="batch", errors="ignore")
    for row in rows.to_dict("records"):
        if row["unit_id"] == "tinh":
            continue
        last = merged - dt.timedelta(days=1)
        ended.append(row | {"valid_to": last})
        if row["level"] == "chi_bo":
            begun.append(row | {"parent_id": "moi", "valid_from": merged})
        else:
            ended[-1]["successor_id"] = "moi"
    adopted = {
        "unit_id": "moi",
        "what": "rule_set",
        "value": "an-phu-hd42",
        "valid_from": merged,
    }
    tree = {"unit": [*ended, *begun], "adoption": [adopted]}
    take(team, rules, tmp_path / "to-chuc", tree, JUNE)
    found = scored(team, rules, "moi")
    assert len(found) == 2 * len([m for m in scored(ward, rules).index if m.endswith("2603")])
    both = [scored(ward, rules), scored(other_ward, rules, "phuong-b").add_prefix("b-", axis=0)]
    wanted = pd.concat(both)
    pd.testing.assert_frame_equal(found, wanted.loc[found.index])
    assert team.check() == []


@pytest.fixture
def upper(tmp_path, rules):
    """The store of the committee above, with the organisation and the meeting of one chi bộ."""
    store = Store(tmp_path / "tren/store.duckdb", create=True, by=OFFICER)
    rows = ward_rows(rules, months=(1,))
    tree = {name: rows.pop(name) for name in ("unit", "adoption")}
    take(store, rules, tmp_path / "tren-to-chuc", tree, FIRST - dt.timedelta(days=1))
    own = {name: [row for row in found if "cb-1" in str(row)] for name, found in rows.items()}
    take(store, rules, tmp_path / "tren-phieu", own, FIRST)
    return store


def test_in_a_store_in_use_nothing_known_before_changes(ward, upper, rules):
    before = tables_of(upper, MAY)
    path = handed(ward)[0]
    refused("units-overlap", upper, rules, path, recorded_at=JUNE)
    done = take_over(upper, rules, path, Choice(same=True), recorded_at=JUNE)
    assert not done.moments
    assert done.revised == (("line", ("cb-1.2601.tc", "c1_time")),)  # what the ward corrected
    for name, table in tables_of(upper, MAY).items():
        pd.testing.assert_frame_equal(table, before[name])
    pd.testing.assert_frame_equal(scored(upper, rules), scored(ward, rules))
    assert set(upper.records(FAR_OFF).changes["recorded_at"]) == {JUNE}
    assert upper.check() == []


def test_units_of_one_id_and_two_names_are_refused_even_when_said_to_be_one(
    other_ward, upper, rules, tmp_path
):
    renamed = {"unit": [row for row in ward_rows(rules)["unit"] if row["unit_id"] == "cb-2"]}
    renamed["unit"][0]["name"] = "Chi bộ khu phố Hai"
    take(upper, rules, tmp_path / "ten", renamed, MAY)
    path = handed(other_ward, unit="phuong-b")[0]
    found = refused("units-differ", upper, rules, path, Choice(same=True), recorded_at=JUNE)
    assert [(f.place.label, f.facts["ours"]) for f in found] == [("cb-2", "chi bộ khu phố hai")]


def test_meetings_of_one_id_and_two_chi_bo_are_refused(ward, upper, rules, tmp_path):
    stray = ward_rows(rules, months=(2,))["meeting"][1] | {"meeting_id": "cb-1.2602"}
    take(upper, rules, tmp_path / "lac", {"meeting": [stray]}, MAY)
    found = refused(
        "rows-overlap", upper, rules, handed(ward)[0], Choice(same=True), recorded_at=JUNE
    )
    assert [(f.place.label, f.facts) for f in found] == [
        ("cb-1.2602", {"theirs": "cb-1", "ours": "cb-2"})
    ]


def test_a_second_hand_over_brings_what_the_sender_changed_and_reverts_nothing(
    ward, team, rules, tmp_path
):
    take_over(team, rules, handed(ward)[0], recorded_at=MAY)
    rows = ward_rows(rules)["line"]
    mine, theirs = (
        rows[40] | {"state": "blank", "points": None},
        rows[80] | {"state": "blank", "points": None},
    )
    take(team, rules, tmp_path / "doan-sua", {"line": [mine]}, MAY + dt.timedelta(days=1))
    take(ward, rules, tmp_path / "phuong-sua", {"line": [theirs]}, JUNE)
    again = handed(ward, name="lan-2")[0]
    done = take_over(team, rules, again, recorded_at=JULY)
    assert (done.added, len(done.revised), done.moments) == (0, 1, False)
    line = team.records(FAR_OFF)["line"].set_index(["sheet_id", "criterion_id"])
    assert line.loc[(mine["sheet_id"], mine["criterion_id"]), "state"] == "blank"
    assert line.loc[(theirs["sheet_id"], theirs["criterion_id"]), "state"] == "blank"
    refused("hand-over-again", team, rules, again, recorded_at=JULY)
    assert team.check() == []


def test_files_in_any_order_bring_the_latest_of_what_each_covers(ward, team, rules, tmp_path):
    rows = ward_rows(rules)["line"]
    blank = {"state": "blank", "points": None}
    january, march = rows[5] | blank, rows[60] | blank
    whole = handed(ward, name="0")[0]
    first = handed(ward, period=Period.parse("2026-01"), name="1")[0]
    take(ward, rules, tmp_path / "sua-1", {"line": [january]}, MAY)
    second = handed(ward, period=Period.parse("2026-03"), name="2")[0]
    third = handed(ward, period=Period.parse("2026-01"), name="3")[0]
    take(ward, rules, tmp_path / "sua-3", {"line": [march]}, JUNE)
    fourth = handed(ward, period=Period.parse("2026-03"), name="4")[0]
    for day, path in enumerate((first, second, fourth, third, whole), start=1):
        take_over(team, rules, path, recorded_at=JULY + dt.timedelta(days=day))
    for name in ("meeting", "sheet", "line", "unit"):
        mine, theirs = (each.records(FAR_OFF)[name] for each in (team, ward))
        columns = [c for c in mine.columns if c not in ("recorded_at", "batch")]
        pd.testing.assert_frame_equal(mine[columns], theirs[columns])
    assert team.check() == []


def test_a_copy_of_a_store_that_went_another_way_is_told(ward, team, rules, tmp_path):
    copy = Store(shutil.copytree(ward.path.parent, tmp_path / "c") / "store.duckdb", by=OFFICER)
    take_over(team, rules, handed(ward)[0], recorded_at=MAY)
    blank = {"state": "blank", "points": None}
    for number, store in enumerate((ward, copy)):
        row = ward_rows(rules)["line"][40 + number] | blank
        take(store, rules, tmp_path / f"sua-{number}", {"line": [row]}, MAY)
    take_over(team, rules, handed(ward, name="lan-2")[0], recorded_at=JUNE)
    take(copy, rules, tmp_path / "sua-4", {"line": [ward_rows(rules)["line"][45] | blank]}, JUNE)
    found = refused("hand-over-fork", team, rules, handed(copy, name="lan-2")[0], recorded_at=JULY)
    assert found[0].facts["number"] == 5


def test_a_prefix_stays_that_of_the_store_it_came_from(ward, team, rules, tmp_path):
    take_over(team, rules, handed(ward)[0], Choice(prefix="a-"), recorded_at=MAY)
    take(
        ward,
        rules,
        tmp_path / "sua-2",
        {"line": [ward_rows(rules)["line"][50] | {"points": 0.0}]},
        JUNE,
    )
    done = take_over(team, rules, handed(ward, name="lan-2")[0], recorded_at=JULY)
    assert (done.prefix, done.added, len(done.revised)) == ("a-", 0, 1)
    ids = team.records(FAR_OFF)["unit"]["unit_id"]
    assert all(unit.startswith("a-") for unit in ids)
    refused("bad-prefix", team, rules, handed(ward, name="lan-3")[0], Choice(prefix="à/"))


def test_originals_go_along_and_are_read_again_in_the_other_store(ward, team, rules):
    path, about, _ = handed(ward, originals=True)
    done = take_over(team, rules, path, recorded_at=MAY)
    assert (about.originals, done.originals) == (True, 6)
    assert team.check() == list(reread(team, rules)) == []
    kept = next(iter(team.originals.folder.glob("*/*.csv")))
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes().replace(b"2026", b"2027"))
    assert {finding.code for finding in team.check()} == {"original-changed"}


def test_a_withdrawn_row_goes_along_as_withdrawn(ward, team, rules):
    ward.withdraw("meeting", ("cb-2.2602",), MAY, "phiếu của chi bộ khác")
    take_over(team, rules, handed(ward)[0], recorded_at=JUNE)
    assert "cb-2.2602" not in set(team.records(FAR_OFF)["meeting"]["meeting_id"])
    assert "cb-2.2602" in set(team.records(SECOND)["meeting"]["meeting_id"])
    assert team.records(FAR_OFF).withdrawn["what"].tolist() == ["cb-2.2602"]


def rewritten(path, name, change):
    """Change a part of a hand-over and make its manifest fit, as somebody dishonest would."""
    target = path.with_name("gia.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as into:
        parts = {each: source.read(each) for each in source.namelist()}
        parts[name] = change(parts.get(name, b""))
        parts["MANIFEST.sha256"] = "".join(
            f"{digests.of_bytes(content)}  {each}\n"
            for each, content in parts.items()
            if each != "MANIFEST.sha256"
        ).encode()
        for each, content in parts.items():
            into.writestr(each, content)
    return target


def _newer_head(content):
    return json.dumps(json.loads(content) | {"number": 9}).encode()


def _changed_link(content):
    return content.replace(b"intake", b"intakf", 1)


def _fewer_rows(content):
    return content.split(b"\n", 1)[1]


def _other_column(content):
    return content.replace(b'"points"', b'"diem"', 1)


def _not_json(content):
    return content[:-3]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ban-giao.json", _newer_head),
        ("ban-giao.json", _not_json),
        ("xich.json", _changed_link),
        ("xich.json", _not_json),
        ("lich-su/line.jsonl", _fewer_rows),
        ("lich-su/line.jsonl", _other_column),
        ("lich-su/line.jsonl", _not_json),
        ("lich-su/unit.jsonl", lambda content: content.replace(b'"tinh"', b"7", 1)),
        ("lich-su/line.jsonl", lambda content: content.replace(b"2026-04-02T", b"2026-44-02T", 1)),
        ("lich-su/line.jsonl", lambda content: b"[" * 100_000),
        (
            "lich-su/line.jsonl",
            lambda content: re.sub(rb'"points": [0-9.]+', b'"points": 1e999', content, count=1),
        ),
        (
            "lich-su/line.jsonl",
            lambda content: re.sub(rb'"points": [0-9.]+', b'"points": NaN', content, count=1),
        ),
        (
            "lich-su/line.jsonl",
            lambda content: content.replace(b'"revision": 1', b'"revision": 2', 1),
        ),
        ("lich-su/line.jsonl", lambda content: content.replace(b'"batch": 2', b'"batch": 22', 1)),
        (
            "lich-su/line.jsonl",
            lambda content: content.replace(b'"withdrawn": false', b'"withdrawn": true', 1),
        ),
        ("lich-su/line.jsonl", lambda content: content + content.splitlines(keepends=True)[0]),
        ("lich-su/line.jsonl", lambda content: content.replace(b"2026-04-20T", b"2026-03-20T", 1)),
    ],
)
def test_a_file_that_was_changed_is_refused_and_nothing_is_taken(ward, team, rules, name, change):
    forged = rewritten(handed(ward)[0], name, change)
    refused("hand-over-damaged", team, rules, forged, recorded_at=MAY)
    assert not team.path.exists() or team.links() == []


def test_a_value_that_a_table_may_not_have_is_refused_in_any_revision(ward, team, rules):
    def of_old(content):
        first = next(line for line in content.splitlines() if b'"revision": 2' in line)
        name = json.loads(first)["criterion_id"], json.loads(first)["sheet_id"]
        lines = content.splitlines(keepends=True)
        for at, line in enumerate(lines):
            row = json.loads(line)
            if (row["criterion_id"], row["sheet_id"]) == name and row["revision"] == 1:
                lines[at] = line.replace(b'"state": "entered"', b'"state": "bia"')
        return b"".join(lines)

    forged = rewritten(handed(ward)[0], "lich-su/line.jsonl", of_old)
    refused("value-not-allowed", team, rules, forged, recorded_at=MAY)


def test_a_byte_of_a_hand_over_is_told(ward, team, rules):
    path = handed(ward)[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    refused("hand-over-damaged", team, rules, path)
    path.write_bytes(b"khong phai zip")
    refused("hand-over-damaged", team, rules, path)
    path.unlink()
    refused("unreadable", team, rules, path)


def test_what_cannot_be_handed_over_is_refused(ward):
    for name, period, code in (
        ("phuong-x", None, "unknown-dang-bo"),
        ("phuong", Period.parse("2024"), "hand-over-empty"),
    ):
        with pytest.raises(InputError) as caught:
            handed(ward, unit=name, period=period)
        assert caught.value.findings[0].code == code
    handed(ward)
    with pytest.raises(InputError) as caught:
        handed(ward)
    assert caught.value.findings[0].code == "file-exists"
    assert [link.kind for link in ward.links()].count("hand_over") == 1


def test_what_is_handed_over_says_what_it_is(ward, tmp_path):
    path, about, _ = handed(ward)
    opened = open_hand_over(path, tmp_path / "mo")
    last = opened.links[-1]
    assert (last.number, last.link) == (about.number, about.link)
    assert opened.about == about
    assert {name: len(each) for name, each in opened.rows.items()} == about.rows
    assert units_about(ward.records(FAR_OFF)["unit"], "phuong") == {
        "phuong",
        "cb-1",
        "cb-2",
        "cb-3",
    }


@pytest.mark.parametrize("times", [2, pytest.param(40, marks=pytest.mark.soak)])
def test_a_take_over_that_is_killed_leaves_all_of_it_or_nothing(ward, rules, root, tmp_path, times):
    path = handed(ward, originals=True)[0]
    whole = take_over(
        Store(tmp_path / "w.duckdb", create=True, by=TEAM), rules, path, recorded_at=MAY
    )
    script = (
        "import sys, datetime as dt, pathlib\n"
        "from assess.exchange.hand_over.take_over import take_over\n"
        "from assess.exchange.store import Store, Writer\n"
        "from assess.workspace import Workspace\n"
        "rules = Workspace(pathlib.Path(sys.argv[1])).rules()\n"
        "store = Store(pathlib.Path(sys.argv[2]), create=True, by=Writer('Đoàn'))\n"
        "print('began', flush=True)\n"
        "take_over(store, rules, pathlib.Path(sys.argv[3]), recorded_at=dt.datetime(2026, 5, 10, 9))\n"
        "print('done', flush=True)\n"
    )
    seen = set()
    for number in range(times):
        target = tmp_path / f"{number}/store.duckdb"
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(root), str(target), str(path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "began\n"
        time.sleep(0.4 * (number + 1) / times)
        process.kill()
        seen.add("done\n" in process.communicate()[0])
        store = Store(target, create=True, by=TEAM)
        links = [link for link in store.links() if link.kind.startswith("take_over")]
        rows = sum(len(table) for table in store.records(FAR_OFF).tables.values())
        assert bool(rows) == bool(links)
        assert store.check() == []
        if not links:
            assert take_over(store, rules, path, recorded_at=MAY).added == whole.added
        assert store.check() == []
    assert False in seen  # something was killed at work


BLANK = {"state": "blank", "points": None}


def test_a_prefix_belongs_to_one_sender_and_to_no_unit_that_is_here(ward, other_ward, team, rules):
    first, second = handed(ward)[0], handed(other_ward, unit="phuong-b")[0]
    take_over(team, rules, first, Choice(prefix="x-"), recorded_at=MAY)
    refused("prefix-taken", team, rules, second, Choice(prefix="x-"), recorded_at=JUNE)
    own = Store(team.path.with_name("rieng.duckdb"), create=True, by=TEAM)
    units = [unit("tinh", None, "tinh", "cap_uy"), unit("b-cb-1", "tinh", name="Chi bộ Trường học")]
    own.append(StoreBatch(MAY, {"unit": units}))
    refused("prefix-taken", own, rules, second, Choice(prefix="b-"), recorded_at=JUNE)
    assert set(own.records(FAR_OFF)["unit"]["unit_id"]) == {"tinh", "b-cb-1"}


def test_another_prefix_than_last_time_would_double_everything_and_is_refused(
    ward, team, rules, tmp_path
):
    take_over(team, rules, handed(ward)[0], recorded_at=MAY)
    take(ward, rules, tmp_path / "sua", {"line": [ward_rows(rules)["line"][40] | BLANK]}, JUNE)
    again = handed(ward, name="lan-2")[0]
    refused("prefix-other", team, rules, again, Choice(prefix="x-"), recorded_at=JULY)
    assert take_over(team, rules, again, recorded_at=JULY).added == 0


def test_a_store_does_not_take_its_own_file_nor_older_rows_over_newer_ones(
    ward, upper, rules, tmp_path
):
    path = handed(ward)[0]
    refused("hand-over-own", ward, rules, path, Choice(same=True), recorded_at=JUNE)
    here = ward_rows(rules)["line"][3] | BLANK
    take(upper, rules, tmp_path / "tren-sua", {"line": [here]}, MAY)
    done = take_over(upper, rules, path, Choice(same=True), recorded_at=JUNE)
    assert done.revised == (("line", ("cb-1.2601.tc", "c1_time")),)
    lines = upper.records(FAR_OFF)["line"].set_index(["sheet_id", "criterion_id"])
    assert lines.loc[(here["sheet_id"], here["criterion_id"]), "state"] == "blank"


def test_what_was_known_at_the_last_moment_stays_known_as_it_was(ward, upper, rules):
    latest = upper.latest()
    path = handed(ward)[0]
    refused("moment-too-early", upper, rules, path, Choice(same=True), recorded_at=latest)


def test_a_unit_that_was_moved_or_withdrawn_at_the_sender_is_so_here(ward, team, rules, tmp_path):
    more = [unit("phuong-z", "tinh", "co_so", "cap_uy"), unit("cb-9", "phuong")]
    take(ward, rules, tmp_path / "them", {"unit": more}, MAY)
    take_over(team, rules, handed(ward)[0], recorded_at=JUNE)
    moved = unit("cb-3", "phuong-z", name="Chi bộ 3")
    take(ward, rules, tmp_path / "chuyen", {"unit": [moved]}, JUNE)
    ward.withdraw("unit", ("cb-9", "2024-01-01"), JULY, "ghi nhầm")
    done = take_over(team, rules, handed(ward, name="lan-2")[0], recorded_at=JULY)
    assert {key[0] for _, key in done.revised} == {"cb-3", "cb-9"}
    day = dt.date(2026, 6, 30)
    assert team.tree.chi_bo_under("phuong", day) == ward.tree.chi_bo_under("phuong", day)
    assert "cb-9" not in team.tree.ids
    assert team.check() == []


def test_corrections_of_the_sender_never_lock_out_a_later_file(ward, team, rules, tmp_path):
    rows = ward_rows(rules)
    take_over(team, rules, handed(ward)[0], recorded_at=MAY)
    take(
        ward, rules, tmp_path / "1", {"meeting": [rows["meeting"][0] | {"chi_bo_id": "cb-2"}]}, MAY
    )
    ward.withdraw("adoption", ("phuong", "rule_set", "2025-10-28"), JUNE, "nhầm ngày")
    again = rows["adoption"][0] | {"valid_from": dt.date(2025, 11, 1)}
    take(ward, rules, tmp_path / "2", {"adoption": [again]}, JUNE + dt.timedelta(hours=1))
    ward.withdraw("sheet", ("cb-3.2603.tc",), JUNE + dt.timedelta(hours=2), "nộp hai lần")
    sheet = rows["sheet"][-1] | {"sheet_id": "moi.tc"}
    lines = [row | {"sheet_id": "moi.tc"} for row in rows["line"][-28:]]
    late = JUNE + dt.timedelta(hours=3)
    take(ward, rules, tmp_path / "3", {"sheet": [sheet], "line": lines}, late)
    for number, day in ((2, JULY), (3, JULY + dt.timedelta(days=1))):
        take_over(team, rules, handed(ward, name=f"lan-{number}")[0], recorded_at=day)
        for name in ("meeting", "sheet", "line", "adoption"):
            mine, theirs = (each.records(FAR_OFF)[name] for each in (team, ward))
            columns = [c for c in mine.columns if c not in ("recorded_at", "batch")]
            pd.testing.assert_frame_equal(mine[columns], theirs[columns])
    assert team.check() == []


def test_what_was_withdrawn_here_stays_so_and_the_rest_comes(ward, team, rules, tmp_path):
    take_over(team, rules, handed(ward)[0], recorded_at=MAY)
    team.withdraw("meeting", ("cb-1.2602",), JUNE, "không thuộc đợt kiểm tra")
    rows = ward_rows(rules)["line"]
    take(ward, rules, tmp_path / "s", {"line": [rows[30] | BLANK, rows[70] | BLANK]}, JUNE)
    done = take_over(team, rules, handed(ward, name="lan-2")[0], recorded_at=JULY)
    assert (done.left_out, len(done.revised)) == (1, 1)
    assert "cb-1.2602" not in set(team.records(FAR_OFF)["meeting"]["meeting_id"])


def test_an_original_that_came_with_a_part_of_its_rows_can_still_be_taken_in(
    ward, team, rules, tmp_path
):
    take_over(team, rules, handed(ward, unit="cb-2", originals=True)[0], recorded_at=MAY)
    assert len(team.records(FAR_OFF)["meeting"]) == 3
    folder = ward.path.parent / "phieu"
    intake = take_in(team, rules, [folder], recorded_at=JUNE)
    assert {each.outcome for each in intake.files} == {"set_aside"}  # its chi bộ are not here
    tree = {"unit": [row for row in ward_rows(rules)["unit"] if row["unit_id"] != "cb-2"]}
    take(team, rules, tmp_path / "cay", {"unit": tree["unit"][2:]}, JUNE)
    intake = take_in(team, rules, [folder], recorded_at=JULY)
    assert {each.outcome for each in intake.files} == {"taken"}
    assert len(team.records(FAR_OFF)["meeting"]) == 9


def test_a_team_scores_by_the_senders_rule_files_of_each_moment(ward, team, rules):
    text = rules.texts["an-phu-hd42"]
    cut = text.replace("at_least: 90, cite", "at_least: 99, cite").replace(
        "below: 90, cite", "below: 99, cite"
    )
    new = as_used(rules, {"an-phu-hd42": KeptRules(cut, annual=False)})
    ward.correct_rules(new, "an-phu-hd42", "chép nhầm mốc", MAY)
    path = handed(ward)[0]
    bare = RuleBook({}, {}, rules.annual)  # the team's params have no such form
    done = take_over(team, bare, path, recorded_at=JUNE)
    assert done.other_rules == ()
    for as_of in (SECOND, FAR_OFF):
        theirs, mine = (
            as_used(book, each.kept_rules(as_of)) for book, each in ((rules, ward), (bare, team))
        )
        pd.testing.assert_frame_equal(
            scored(team, mine, as_of=as_of), scored(ward, theirs, as_of=as_of)
        )
    before, after = (
        scored(team, as_used(bare, team.kept_rules(at)), as_of=at) for at in (SECOND, FAR_OFF)
    )
    assert before.loc["cb-1.2601", "class_id"] != after.loc["cb-1.2601", "class_id"]
    assert team.kept_rules()["an-phu-hd42"].correction.day == MAY.date()
    assert team.check() == []


def test_a_text_that_the_sender_has_blacked_out_is_named(ward, team, rules, tmp_path):
    meeting = ward_rows(rules)["meeting"][0] | {"reason": "Nguyễn Văn Mẫu bị kỷ luật"}
    take(ward, rules, tmp_path / "ten", {"meeting": [meeting]}, MAY)
    take_over(team, rules, handed(ward)[0], recorded_at=JUNE)
    ward.redact("meeting", ("cb-1.2601",), "reason", "lộ họ tên")
    done = take_over(team, rules, handed(ward, name="lan-2")[0], recorded_at=JULY)
    assert done.blacked_out == (("meeting", "cb-1.2601", "reason"),)
    team.redact("meeting", ("cb-1.2601",), "reason", "nơi gửi đã che")
    assert team.check() == []


def test_a_unit_that_ended_hands_over_what_was_its_own(ward, team, rules, tmp_path):
    ended = [
        row | {"valid_to": dt.date(2026, 2, 15)}
        for row in ward_rows(rules)["unit"]
        if row["unit_id"] in ("phuong", "cb-1")
    ]
    later = [
        unit("moi", "tinh", "co_so", "cap_uy", begins=dt.date(2026, 2, 16), name="Đảng bộ Mới")
    ]
    later += [unit("cb-1", "moi", begins=dt.date(2026, 2, 16), name="Chi bộ 1")]
    other = [row | {"parent_id": "tinh"} for row in ward_rows(rules)["unit"][3:]]
    take(ward, rules, tmp_path / "cay", {"unit": [*ended, *later, *other]}, MAY)
    take_over(team, rules, handed(ward)[0], recorded_at=JUNE)
    meetings = team.records(FAR_OFF)["meeting"]
    mine = meetings[meetings["chi_bo_id"] == "cb-1"]
    assert set(mine["for_month"]) == {"2026-01", "2026-02"}


def test_a_team_that_hands_over_itself_still_keeps_moments(ward, other_ward, team, rules):
    take_over(team, rules, handed(ward)[0], recorded_at=MAY)
    handed(team, unit="phuong", name="lai")
    second = handed(other_ward, unit="phuong-b")[0]
    assert take_over(team, rules, second, Choice(prefix="b-"), recorded_at=JUNE).moments


def _line(**changes):
    def change(content):
        lines = content.splitlines(keepends=True)
        row = json.loads(lines[-1]) | changes
        return b"".join(lines[:-1]) + json.dumps(row).encode() + b"\n"

    return change


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("lich-su/line.jsonl", _line(criterion_id="zzz"), "criterion-not-in-form"),
        ("lich-su/line.jsonl", _line(points=-50), "value-too-small"),
        ("lich-su/line.jsonl", _line(points=10**400), "hand-over-damaged"),
        ("lich-su/line.jsonl", _line(points=True), "hand-over-damaged"),
        ("lich-su/line.jsonl", _line(state="entered "), "hand-over-damaged"),
        ("lich-su/line.jsonl", _line(source="\ud800"), "hand-over-damaged"),
        ("lich-su/line.jsonl", _line(recorded_at="2026-04-02T08:00:00+07:00"), "hand-over-damaged"),
        ("lich-su/unit.jsonl", _line(valid_from="2026-W01-1"), "hand-over-damaged"),
        ("lich-su/unit.jsonl", _line(name="Đảng\x1b[31m"), "hand-over-damaged"),
        (
            "ban-giao.json",
            lambda said: json.dumps(json.loads(said) | {"rows": 5}).encode(),
            "hand-over-damaged",
        ),
        (
            "ban-giao.json",
            lambda said: json.dumps(json.loads(said) | {"unit_id": "zzz"}).encode(),
            "hand-over-damaged",
        ),
        (
            "ban-giao.json",
            lambda said: json.dumps(json.loads(said) | {"name": 5}).encode(),
            "hand-over-damaged",
        ),
        ("goc/" + "0" * 64 + ".csv", lambda _: b"x", "hand-over-damaged"),
        ("goc/evil.exe", lambda _: b"x", "hand-over-damaged"),
        ("quy-tac/x\x1b[31m.yaml", lambda _: b"x", "hand-over-damaged"),
        ("../ra-ngoai.txt", lambda _: b"x", "hand-over-damaged"),
        ("a" * 300, lambda _: b"x", "hand-over-damaged"),
    ],
)
def test_what_no_store_has_is_refused_with_one_answer(ward, team, rules, name, change, code):
    forged = rewritten(handed(ward)[0], name, change)
    found = refused(code, team, rules, forged, recorded_at=MAY)
    assert not any("assess-ban-giao" in str(each) for each in found)
    assert not team.path.exists() or team.links() == []


def test_any_bit_that_flips_on_a_stick_is_told_without_a_traceback(ward, team, rules):
    path = handed(ward)[0]
    whole = path.read_bytes()
    rng = random.Random(5)
    told = 0
    for _ in range(120):
        content = bytearray(whole)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(content)
        try:
            open_hand_over(path, team.path.parent / "mo")
        except InputError as error:
            told += error.findings[0].code == "hand-over-damaged"
    assert told > 80  # some bits of a zip mean nothing


def test_a_locked_zip_or_one_of_another_kind_is_refused(ward, team, rules):
    path = handed(ward)[0]
    other = path.with_name("khac.zip")
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w", method) as into:
            for name in source.namelist():
                into.writestr(name, source.read(name))
        refused("hand-over-damaged", team, rules, other)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1  # says that it is encrypted
    other.write_bytes(content)
    refused("hand-over-damaged", team, rules, other)
