"""Trials: files spoilt at random, and an intake that is killed at any moment.

CI runs a small share, `make soak` all of them.
"""

import contextlib
import datetime as dt
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time

import openpyxl
import pytest

from assess.base.periods import FAR_OFF
from assess.exchange.csv.folder import write_folder
from assess.exchange.forms import (
    FilledValues,
    form_of,
    monthly_table_of,
    write_forms,
    write_monthly_table,
)
from assess.exchange.forms.checklist import (
    Checklist,
    OpenRecommendation,
    checklist_of,
    write_checklists,
)
from assess.exchange.forms.ids import meeting_id_for
from assess.exchange.intake import take_in
from assess.exchange.intake.marked import safe_name
from assess.exchange.store import Store
from assess.records.tables import TABLES, from_rows
from kit.office_book import SCOPE, Edit, office_store, rows_by_key, write_book
from kit.score_forms import (
    form,
    full_entries,
    good_facts,
    little_rows,
    little_store,
    little_tree,
    month_of,
)
from kit.spoilt_files import spoil, spoil_cells

LIMIT = 1024 * 1024  # kB: the memory of any process of an intake


def intake(root, store, folder, out, at="2026-05-01", **options):
    command = [
        sys.executable,
        "-m",
        "assess",
        "intake",
        str(folder),
        "--store",
        str(store),
        "--out",
        str(out),
        "-w",
        str(root),
        "--recorded-at",
        at,
        "--reason",
        "thử",
        "--json",
        "-j",
        "2",
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def corpus(rules, tmp_path):
    """Sound score forms and tables as bytes, from which the spoilt ones are made."""
    good = []
    for i, rule_set_id in enumerate(rules):
        made = form(rules, rule_set_id)
        write_forms(
            tmp_path / "g.xlsx",
            [
                (
                    made,
                    FilledValues(
                        good_facts(rule_set_id),
                        full_entries(made),
                        {made.rules.criteria[0].id: "ghi chú"},
                    ),
                )
            ]
            * (1 + i % 2),
        )
        good.append((tmp_path / "g.xlsx").read_bytes())
    write_monthly_table(
        tmp_path / "s.xlsx",
        monthly_table_of(rules["an-phu-hd42"], little_tree(rules), "db-an-phu-hd42", "2026-03"),
        {"cb-an-phu-hd42": {"held_on": "3/3/2026", "self": 91}},
    )
    good.append((tmp_path / "s.xlsx").read_bytes())
    good.append(_checklist(rules, tmp_path / "k.xlsx"))
    store = little_store(rules, tmp_path / "b.duckdb")
    good.append(write_book(tmp_path / "b.xlsx", store, rules).read_bytes())
    rows = little_rows(rules)
    frames = {name: from_rows(name, rows.get(name, [])) for name in TABLES}
    frames["meeting"] = from_rows(
        "meeting",
        [
            {
                "meeting_id": f"m{i}",
                "chi_bo_id": "cb-an-phu-hd42",
                "for_month": "2026-03",
                "held_on": dt.date(2026, 3, 3),
                "status": "held",
                "kind": "thuong_ky",
            }
            for i in range(40)
        ],
    )
    write_folder(tmp_path / "t", frames)
    return good, [path.read_bytes() for path in sorted((tmp_path / "t").iterdir())]


def _checklist(rules, path):
    """A checklist filled in by an inspector: some lines, a finding, a remedied recommendation."""
    made = form(rules)
    facts = {column.name: None for column in made.facts} | good_facts()
    about = {
        "inspected_by": "tinh",
        "plan": "KH 1",
        "reasons": ("vì sao",),
        "open": (OpenRecommendation("kt-0", "ghi đủ sổ"),),
    }
    write_checklists(
        path,
        [
            Checklist(
                checklist_of(made, "tinh"), facts, FilledValues({}, full_entries(made)), **about
            )
        ],
    )
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]
    rows = {cell.value: cell.row for cell in sheet["A"] if cell.value}
    written = {
        ("signed", "D"): "20/4/2026",
        ("finding:1", "C"): "sổ ghi thiếu",
        ("finding:1", "G"): dt.date(2026, 5, 30),
        ("line:c1_time", "G"): 3,
    }
    for (key, column), value in written.items():
        sheet[f"{column}{rows[key]}"] = value
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("count", [80, pytest.param(2000, marks=pytest.mark.soak)])
def test_spoilt_files_are_answered_never_lost_and_never_hang(rules, root, tmp_path, count):
    little_store(rules, tmp_path / "s.duckdb")
    good, tables = corpus(rules, tmp_path)
    rng = random.Random(count)
    inbox = tmp_path / "in"
    inbox.mkdir()
    for i in range(count):
        suffix, raw = spoil(rng, good, tables)
        stem = rng.choice(["meeting", "line", "unit", "x"]) if suffix == ".csv" else "f"
        (inbox / f"{i:04d}").mkdir()
        (inbox / f"{i:04d}" / f"{stem}{suffix}").write_bytes(raw)
    process = intake(root, tmp_path / "s.duckdb", inbox, tmp_path / "out")
    out, err = process.communicate(timeout=900)
    assert b"Traceback" not in err, err[-3000:]
    assert process.returncode in (0, 1), err[-2000:]
    results = json.loads(out)["results"]
    assert len(results) == count
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < LIMIT
    # nothing is lost: what was not taken is set aside byte for byte, with its findings
    aside = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("de-rieng/*")}
    for result in results:
        assert result["outcome"] in ("taken", "set_aside", "known")
        if result["outcome"] == "set_aside":
            assert any(finding["severity"] == "error" for finding in result["findings"])
            path = inbox / result["file"]
            kept = [raw for name, raw in aside.items() if result["digest"][:8] in name]
            assert path.read_bytes() in kept
    store = Store(tmp_path / "s.duckdb")
    assert store.check() == []
    assert set(store.files()["outcome"]) <= {"taken", "set_aside"}


@pytest.mark.parametrize("count", [5, pytest.param(600, marks=pytest.mark.soak)])
def test_spoilt_tables_are_answered_and_change_only_what_they_say(rules, tmp_path, count):
    store = office_store(tmp_path / "s.duckdb")
    rng = random.Random(count)
    path, moment = tmp_path / "so-bang.xlsx", dt.datetime(2026, 11, 20)
    outcomes = set()
    for number in range(count):
        moment += dt.timedelta(hours=1)
        raw = write_book(path, store, rules).read_bytes()
        path.write_bytes(
            spoil_cells(rng, raw) if number % 3 else spoil(rng, [raw], [b"a,b\n1,2\n"])[1]
        )
        before = rows_by_key(store)
        intake = take_in(store, rules, [path], recorded_at=moment)
        [result] = intake.files
        outcomes.add(result.outcome)
        after = rows_by_key(store)
        if result.outcome != "taken":
            assert any(f.severity == "error" for f in result.findings) or result.outcome == "known"
            assert after == before
        told = {f.code for f in result.findings}
        for name, rows in before.items():
            gone = set(rows) - set(after[name])
            assert not gone or told & {"row-taken-back"}, (name, gone)
            changed = [
                key for key, row in rows.items() if key in after[name] and after[name][key] != row
            ]
            assert not changed or told & {"revises", "completes"}, (name, changed)
    assert store.check() == []
    assert outcomes >= {"taken", "set_aside"}


def province(rules, tmp_path, months):
    """A store, and an inbox with a score form for every month of one chi bộ."""
    store = little_store(rules, tmp_path / "s.duckdb")
    inbox = tmp_path / "in"
    inbox.mkdir()
    for month in months:
        made = form_of(rules["an-phu-hd42"], little_tree(rules), "cb-an-phu-hd42", month)
        facts = {**good_facts(), "held_on": dt.date.fromisoformat(f"{month}-03")}
        write_forms(inbox / f"{month}.xlsx", [(made, FilledValues(facts, full_entries(made)))])
    return store, inbox


def killed_at_any_moment(root, store, inbox, tmp_path, times, whole_files):
    """Kill an intake many times; hold each store against one whose intake was left alone.

    ``whole_files`` checks a store after a kill and returns how much it holds.
    """
    script = tmp_path / "small_groups.py"  # small transactions: kills fall between and within
    script.write_text(SMALL_GROUPS, encoding="utf-8")
    whole = _copy_of(store.path, tmp_path / "whole.duckdb")
    command = [sys.executable, str(script), "intake", str(inbox), "-w", str(root)]
    command += ["--out", str(tmp_path / "out"), "--recorded-at", "2031-01-01", "--reason", "thử"]
    command += ["--allow-future", "-j", "2", "--store"]
    begun = time.monotonic()
    process = subprocess.Popen([*command, str(whole)], stdout=subprocess.DEVNULL)
    _wait_for_a_write(whole, process)
    before = time.monotonic() - begun
    assert process.wait() == 0
    writing = time.monotonic() - begun - before
    wanted = Store(whole).records(FAR_OFF)
    rng = random.Random(times)
    seen = []
    while len(seen) < times:
        mine = _copy_of(store.path, tmp_path / "killed.duckdb")
        process = subprocess.Popen(
            [*command, str(mine)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _wait_for_a_write(mine, process, before * (0.7 + 0.3 * rng.random()))
        time.sleep(writing * rng.random())
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            continue  # it had ended
        found = Store(mine, create=True)
        assert found.check() == []
        seen.append(whole_files(found))
        again = subprocess.run([*command, str(mine)], capture_output=True, check=False)
        assert again.returncode == 0, again.stderr[-1500:]
        records = Store(mine).records(FAR_OFF)
        for name in TABLES:
            assert records[name].equals(wanted[name])
    return seen


SMALL_GROUPS = """
import sys
from assess.cli import main
from assess.exchange.intake import take, to_record
if __name__ == "__main__":
    take.GROUP = to_record.GROUP = 3
    main(sys.argv[1:])
"""


def _wait_for_a_write(path, process, longest=60.0):
    """Wait until a file was written, a process has ended or some seconds are over."""
    first, until = path.stat().st_mtime_ns, time.monotonic() + longest
    while path.stat().st_mtime_ns == first and process.poll() is None:
        if time.monotonic() > until:
            return
        time.sleep(0.002)


@pytest.mark.parametrize("times", [1, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_at_any_moment_a_store_holds_whole_forms_and_a_repeat_completes_it(
    rules, root, tmp_path, times
):
    last = 2031 if times > 10 else 2027
    months = [f"{year}-{month:02d}" for year in range(2026, last) for month in range(1, 13)]
    store, inbox = province(rules, tmp_path, months)

    def whole_files(found):
        lines = found.records(FAR_OFF)["line"].groupby("sheet_id").size()
        assert set(lines) <= {28}  # a sheet is there whole or not at all
        assert len(found.records(FAR_OFF)["meeting"]) == len(lines) == len(found.files())
        return len(lines)

    seen = killed_at_any_moment(root, store, inbox, tmp_path, times, whole_files)
    if times > 20:
        assert len(set(seen)) > 3  # the kills fell at different moments


@pytest.mark.parametrize("times", [1, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_while_tables_are_taken_each_workbook_is_there_whole_or_not_at_all(
    rules, root, tmp_path, times
):
    store = office_store(tmp_path / "s.duckdb")
    path = write_book(tmp_path / "so-bang.xlsx", store, rules)
    units = Edit(path, "Đơn vị")
    for number in range(10):
        units.add(
            unit_id=f"moi-{number}",
            name=f"Chi bộ mới {number}",
            level="Chi bộ",
            kind="thôn, tổ dân phố",
            parent_id=SCOPE,
            valid_from=dt.date(2026, 5, 1),
        )
    units.save()
    changed = Edit(path, "Đơn vị")
    changed.put(changed.rows[-1], official_members=31)
    changed.save()
    before = rows_by_key(store)["unit"]

    def whole_files(found):
        after = rows_by_key(found)["unit"]
        new = len(set(after) - set(before))
        assert new == sum(after[key] != row for key, row in before.items()) * 10
        assert new == len(found.files()) * 10
        return new

    seen = killed_at_any_moment(root, store, path, tmp_path, times, whole_files)
    if times > 20:
        assert set(seen) == {0, 10}  # the kills fell before and after it was written


def _copy_of(path, to):
    to.write_bytes(path.read_bytes())
    return to


def test_a_full_disk_is_one_plain_answer_and_the_store_stays_whole(rules, root, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    ).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        store = little_store(rules, small / "s.duckdb")
        (small / "rest").write_bytes(
            bytes(max(0, os.statvfs(small).f_bavail * os.statvfs(small).f_bsize - 60_000))
        )
        inbox = province(rules, tmp_path, [f"2026-{m:02d}" for m in range(1, 13)])[1]
        process = intake(root, store.path, inbox, small / "out")
        out, err = process.communicate(timeout=120)
        assert process.returncode == 2, (out[-500:], err[-500:])
        assert b"Traceback" not in err
        (small / "rest").unlink()
        assert Store(store.path).check() == []
        assert (
            take_in(Store(store.path), rules, [inbox], recorded_at=dt.datetime(2026, 6, 1)).count(
                "set_aside"
            )
            == 0
        )
    finally:
        subprocess.run(["umount", str(small)], check=False)


@pytest.mark.parametrize(
    "setting",
    [
        {"LC_ALL": "tr_TR.UTF-8", "TZ": "America/New_York"},
        {"LC_ALL": "C", "TZ": "Asia/Ho_Chi_Minh", "PYTHONHASHSEED": "7"},
    ],
)
def test_locale_time_zone_and_hash_seed_change_nothing(rules, root, tmp_path, setting):
    store, inbox = province(rules, tmp_path, ["2026-01", "2026-02"])
    process = intake(root, store.path, inbox, tmp_path / "out", env={**os.environ, **setting})
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    told = json.loads(out)
    assert (told["taken"], told["added"], told["recorded_at"]) == (2, 60, "2026-05-01T23:59:59")
    assert set(store.records(FAR_OFF)["meeting"]["meeting_id"]) == {
        meeting_id_for("cb-an-phu-hd42", m, "thuong_ky") for m in ("2026-01", "2026-02")
    }
    assert month_of("an-phu-hd42")[0] == "2026-03"
    assert safe_name  # the names of files set aside are checked in test_marked
