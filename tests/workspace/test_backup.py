"""A backup holds what cannot be made again, is proved, and is laid elsewhere as it was."""

import datetime as dt
import shutil
import zipfile

import duckdb
import pytest

from assess.base.errors import InputError
from assess.exchange.intake import take_in
from assess.exchange.sealed_zip import MANIFEST
from assess.exchange.store import Store, Writer
from assess.runs import run_matrix
from assess.workspace import Workspace, lay_workspace
from assess.workspace.backup import back_up, restore
from kit.batches import published
from kit.command import assess

MATRIX = (
    "id: thu\ntitle: Thử\nrecords: data/store.duckdb\nas_of: 2027-01-25\ndocument_date: 2027-01-26\n"
    "reports:\n  - {template: class_list, dang_bo: qs-tinh, period: 2026-Q1}\n"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    laid = lay_workspace(tmp_path_factory.mktemp("o") / "văn phòng")
    laid.set_actor("Chuyên viên Văn phòng")
    store = Store(laid.root / "data/store.duckdb", create=True, by=Writer(laid.actor))
    take_in(store, laid.rules(), [laid.root / "data/sample"], recorded_at=dt.datetime(2027, 1, 20))
    (laid.root / "params/runs/thu.yaml").write_text(MATRIX, encoding="utf-8")
    issued = laid.root / "phat-hanh/2027/1-BC.x"
    issued.mkdir(parents=True)
    (issued / "a.pdf").write_bytes(b"%PDF")
    return laid


@pytest.fixture(scope="module")
def backup(office):
    return back_up(office)


def refused(code, *words):
    with pytest.raises(InputError) as caught:
        restore(*words)
    assert [finding.code for finding in caught.value.findings] == [code]


def test_restored_elsewhere_it_makes_the_same_reports_to_the_byte(office, backup, tmp_path):
    path = shutil.copy(backup.path, tmp_path / "usb.zip")
    told = assess("restore", path, tmp_path / "máy khác", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    there = Workspace(tmp_path / "máy khác")
    ours, theirs = (
        run_matrix(ws.root / "params/runs/thu.yaml", ws, ws.root / "reports", jobs=1)
        for ws in (office, there)
    )
    assert (ours.failed, theirs.failed) == ((), ())
    store = Store(there.root / "data/store.duckdb")
    before, after = published(ours.folder), published(theirs.folder)
    # the index, and so the manifest, names the last link: that of the restore
    pages = [
        page.decode().replace(f"lượt {of.number}", "").replace(of.link, "")
        for page, of in (
            (before.pop("index.html"), Store(office.root / "data/store.duckdb").links()[-1]),
            (after.pop("index.html"), store.links()[-1]),
        )
    ]
    assert pages[0] == pages[1]
    assert before.pop("MANIFEST.sha256") != after.pop("MANIFEST.sha256")
    assert before == after
    assert store.check() == []
    kept = {path.name for path in store.originals.folder.glob("??/*")}
    assert kept == {path.name for path in (office.root / "data/store.goc").glob("??/*")} != set()
    last = store.links()[-1]
    assert (last.kind, last.about, last.actor) == (
        "restore",
        {"backup": backup.digest},
        "Chuyên viên Văn phòng",
    )
    printed = backup.heads["data/store.duckdb"].link
    assert store.prove(printed).number == last.number - 1
    assert (there.root / "phat-hanh/2027/1-BC.x/a.pdf").read_bytes() == b"%PDF"
    assert not (there.root / "sao-luu").exists()  # no backup of backups
    (there.root / "data/store.goc").rename(there.root / "data/goc-cu")
    assert "original-gone" in {finding.code for finding in store.check()}


@pytest.mark.parametrize(
    "harm", ["a byte", "cut", "a file more", "a way out", "no zip", "a file less"]
)
def test_a_backup_that_does_not_hold_is_refused_and_leaves_nothing(backup, tmp_path, harm):
    path = tmp_path / "b.zip"
    raw = bytearray(backup.path.read_bytes())
    if harm == "a byte":
        with zipfile.ZipFile(backup.path) as whole:
            raw[whole.getinfo("data/store.duckdb").header_offset + 2000] ^= 1
    path.write_bytes(b"x" * 5000 if harm == "no zip" else raw[:-3000] if harm == "cut" else raw)
    if harm == "a file more":
        with zipfile.ZipFile(path, "a") as into:
            into.writestr("params/rules/them.yaml", "x")
    if harm in ("a way out", "a file less"):
        path.unlink()
        with zipfile.ZipFile(backup.path) as whole, zipfile.ZipFile(path, "w") as into:
            for name in whole.namelist():
                content = whole.read(name)
                if harm == "a file less" and name == "phat-hanh/2027/1-BC.x/a.pdf":
                    continue
                out = harm == "a way out" and name.startswith("phat-hanh")
                if name == MANIFEST and harm == "a way out":
                    content = content.replace(
                        b"phat-hanh/2027/1-BC.x/a.pdf", "../ngoài.pdf".encode()
                    )
                into.writestr("../ngoài.pdf" if out else name, content)
    refused("backup-damaged", path, tmp_path / "ws")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.zip"]


def test_a_store_that_does_not_hold_is_not_backed_up_and_nothing_is_overwritten(office, tmp_path):
    ws = Workspace(shutil.copytree(office.root, tmp_path / "ws"))
    connection = duckdb.connect(str(ws.root / "data/store.duckdb"))
    connection.execute("UPDATE line SET points = 1 WHERE points > 1")
    connection.close()
    told = assess("backup", "b.zip", cwd=ws.root)
    assert (told.returncode, "[backup-store]" in told.stderr) == (2, True)
    assert not (ws.root / "b.zip").exists()
    (tmp_path / "c.zip").write_bytes(b"x")
    told = assess("backup", tmp_path / "c.zip", cwd=office.root)
    assert (told.returncode, "[file-exists]" in told.stderr) == (2, True)
    assert (tmp_path / "c.zip").read_bytes() == b"x"
    refused("not-empty", tmp_path / "c.zip", ws.root)
