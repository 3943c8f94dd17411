"""An archive is the same bytes each time, proves itself alone, and tells any change."""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import time

import duckdb
import pytest

from assess.base.machine import now
from assess.exchange.intake import take_in
from assess.exchange.store import Store, Writer
from assess.runs import Limits, run_matrix
from assess.runs.archive import archive
from assess.runs.archive_check import check_archive, pdf_a_claim
from assess.runs.archive_names import is_plain
from assess.runs.executors import default_executor
from assess.runs.issue import check_issued, issue
from assess.runs.page_check import html_text
from assess.runs.register import Register
from assess.runs.trust import trusted
from assess.runs.verify import job_again
from assess.workspace import Workspace, lay_workspace
from kit.batches import published
from kit.command import assess

MATRIX = """id: thu
title: Thử
records: data/store.duckdb
as_of: 2024-01-15
document_date: 2024-01-16
reports:
  - {template: period_summary, dang_bo: khoi-2023, period: 2023-H1}
"""
OFFICE = """unit: khoi-2023
committee:
  - {since: 2023-01-01, symbol: "ĐUK", post: "PHÓ BÍ THƯ"}
"""
WORDS = "# Nhiệm vụ trọng tâm\nDuy trì nền nếp.\n\n# Kiến nghị, đề xuất\nKhông.\n"
FIRST = "van-ban/2024/38-BC-DUK.khoi-2023"
SECOND = "van-ban/2024/39-BC-DUK.khoi-2023"
PDF = f"{SECOND}/period_summary.pdf"
CHAIN = "chuoi/store.json"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A workspace that issued a report of 2023 from its store in 2024, and one in its place."""
    laid = lay_workspace(tmp_path_factory.mktemp("archive") / "văn phòng")
    laid.set_actor("Chuyên viên Văn phòng")
    store = Store(laid.root / "data/store.duckdb", create=True, by=Writer(laid.actor))
    names = ("unit", "adoption", "meeting", "sheet", "line")
    records = [laid.root / f"data/tu-lieu/{name}.csv" for name in names]
    taken = take_in(store, laid.rules(), records, recorded_at=dt.datetime(2024, 2, 1))
    assert {file.outcome for file in taken.files} == {"taken"}
    store.note_restored("0" * 64)
    laid.office_folder.mkdir(exist_ok=True)
    (laid.office_folder / "khoi-2023.yaml").write_text(OFFICE, encoding="utf-8")
    words = laid.words_path("2023-H1", "khoi-2023", "period_summary")
    words.parent.mkdir(parents=True)
    words.write_text(WORDS, encoding="utf-8")
    matrix = laid.root / "params/runs/thu.yaml"
    matrix.write_text(MATRIX, encoding="utf-8")
    report = run_matrix(matrix, laid, laid.root / "reports").folder
    report /= "2023-H1/khoi-2023/period_summary"
    issue(laid, report, "38")
    issue(laid, report, "39", how="replaces", earlier="38-BC/ĐUK")
    return laid


@pytest.fixture(scope="module")
def made(office):
    return archive(office, 2023)


@pytest.fixture
def folder(made, tmp_path):
    """A copy of the archive, in no workspace."""
    return shutil.copytree(made.folder, tmp_path / "2023")


@pytest.fixture
def copy(office, made, tmp_path):
    """A copy of the workspace without its archive."""
    parts = ("data/store.*", "phat-hanh", "notebooks", "params")
    root = tmp_path / "ws"
    for part in parts:
        for path in office.root.glob(part):
            target = root / path.relative_to(office.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if path.is_dir() else shutil.copy)(path, target)
    return Workspace(root)


def sums(folder):
    """Run ``sha256sum -c``, as a reader without the package does."""
    command = ["sha256sum", "-c", "--strict", "--quiet", "MANIFEST.sha256"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def with_manifest(folder):
    """Write the manifest of what the folder holds now."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "MANIFEST.sha256")
    lines = [
        f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}\n"
        for p in files
    ]
    (folder / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8")


def resealed(folder):
    """Make the manifest and the digests of the crate fit again, as a forger can."""
    crate = folder / "ro-crate-metadata.json"
    about = json.loads(crate.read_bytes())
    for entity in about["@graph"]:
        path = folder / entity["@id"]
        if "sha256" in entity and path.is_file():
            entity["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    crate.write_text(json.dumps(about), encoding="utf-8")
    with_manifest(folder)
    assert sums(folder).returncode == 0


def told(folder):
    """The problems that the command prints, outside of any workspace."""
    done = assess("archive", "--check", folder, cwd=folder.parent)
    assert done.returncode == 1
    assert f"{len(done.stderr.splitlines())} chỗ không khớp" in done.stdout
    return done.stderr


def refused(code, workspace, *words):
    done = assess("archive", *words, cwd=workspace.root)
    assert (done.returncode, f"[{code}]" in done.stderr) == (2, True), done.stderr
    assert done.stdout == ""
    return done.stderr


def rewritten(workspace, change):
    """Write the register anew with changed lines that follow each other, as a forger can."""
    path = workspace.root / "phat-hanh/so-van-ban.jsonl"
    lines, before = [], ""
    for text in path.read_bytes().splitlines():
        line = json.dumps({**change(json.loads(text)), "before": before}, sort_keys=True).encode()
        before = hashlib.sha256(line).hexdigest()
        lines.append(line + b"\n")
    path.write_bytes(b"".join(lines))


def test_it_holds_what_went_out_and_what_it_was_made_of(office, made):
    assert made.folder == office.root / "luu-tru/2023"
    register = Register(office.root)
    assert [each.sign for each in made.documents] == ["38-BC/ĐUK", "39-BC/ĐUK"]
    for document, place in zip(register.documents, (FIRST, SECOND), strict=True):
        for name, digest in document.files.items():
            content = (made.folder / place / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest
        assert (made.folder / place / "period_summary.slice/words.md").is_file()
    assert (made.folder / "so-van-ban.jsonl").read_bytes() == register.path.read_bytes()
    (template,) = (made.folder / "mau-bao-cao").iterdir()
    notebook = json.loads(template.read_bytes())
    assert all(not cell.get("outputs") for cell in notebook["cells"])
    assert b"injected-parameters" not in template.read_bytes()
    assert trusted().template_problem(notebook, "period_summary", "") == ""
    (rules,) = (made.folder / "bo-quy-tac").glob("binh-thuan-khoi.*.yaml")
    assert rules.read_bytes() == (office.rules_folder / "binh-thuan-khoi.yaml").read_bytes()
    (lock,) = (made.folder / "phien-ban").glob("*.lock")
    assert b"--hash=sha256:" in lock.read_bytes()
    (software,) = (made.folder / "phien-ban").glob("*.json")
    assert json.loads(software.read_bytes())["packages"]["pandas"]
    assert not list(made.folder.rglob("*.duckdb"))
    for path in (made.folder, *made.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_sha256sum_and_any_copy_of_the_command_find_it_whole(made, folder):
    assert sums(folder).returncode == 0
    done = assess("archive", "--check", folder, cwd=folder.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"2 văn bản, {made.files} tệp so mã: tất cả khớp" in done.stdout
    assert {pdf_a_claim(path.read_bytes()) for path in folder.rglob("*.pdf")} == {"2A"}


def test_the_page_says_in_vietnamese_what_is_there_and_what_replaced_what(made):
    page = (made.folder / "DOC-TRUOC.html").read_text(encoding="utf-8")
    text = html_text(page)
    for words in (
        "38-BC/ĐUK",
        "đã được thay thế bằng số 39-BC/ĐUK",
        "Thay thế số 38-BC/ĐUK",
        "6 tháng đầu năm 2023",
        "16/01/2024",
        "sha256sum -c MANIFEST.sha256",
    ):
        assert words in text
    (head,) = made.heads.values()
    assert head.link in text
    assert "<script" not in page
    assert "://" not in page
    for place in re.findall(r'href="([^"]+)"', page.replace('href="data:,"', "")):
        assert (made.folder / place).exists(), place


def test_each_link_is_worked_out_by_hand_and_has_the_one_that_the_slices_name(made):
    before, links = "", {}
    for each in json.loads((made.folder / CHAIN).read_bytes())["links"]:
        assert hashlib.sha256(each["content"].encode()).hexdigest() == each["link"]
        assert json.loads(each["content"])["before"] == before
        before = links[each["number"]] = each["link"]
    about = json.loads((made.folder / SECOND / "period_summary.slice/slice.json").read_bytes())
    assert links[about["origin"]["number"]] == about["origin"]["link"]
    assert len(links) > 1


def test_archived_again_elsewhere_and_after_later_records_it_is_the_same_to_the_byte(
    made, copy, tmp_path
):
    issued = dt.datetime.fromisoformat(made.documents[-1].at)
    while now() <= issued:
        time.sleep(0.05)
    Store(copy.root / "data/store.duckdb").note_restored("1" * 64)
    done = assess("archive", "2023", "--out", tmp_path / "ổ khác/năm 2023", cwd=copy.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Đã lưu trữ 2 văn bản" in done.stdout
    assert made.digest in done.stdout
    other = tmp_path / "ổ khác/năm 2023"
    assert published(other) == published(made.folder)
    done = assess("archive", "2023", "--out", other, cwd=copy.root)
    assert (done.returncode, "giống từng byte" in done.stdout) == (0, True)
    assert [path.name for path in other.parent.iterdir()] == ["năm 2023"]


def test_another_archive_and_other_files_are_never_overwritten(copy, folder, tmp_path):
    page = folder / "DOC-TRUOC.html"
    page.write_text("khác", encoding="utf-8")
    assert "DOC-TRUOC.html" in refused("archive-differs", copy, "2023", "--out", folder)
    assert page.read_text(encoding="utf-8") == "khác"
    refused("not-empty", copy, "2023", "--out", copy.root / "params")
    refused("file-exists", copy, "2023", "--out", page)
    refused("not-empty", copy, "2023", "--out", "/")
    (tmp_path / "trống").mkdir()
    assert assess("archive", "2023", "--out", tmp_path / "trống", cwd=copy.root).returncode == 0


@pytest.mark.parametrize(
    "name",
    [PDF, f"{FIRST}/period_summary.slice/meeting.parquet", CHAIN, "DOC-TRUOC.html", "so-van-ban.jsonl", "ro-crate-metadata.json", "phien-ban/*.lock"],
)  # fmt: skip
def test_one_byte_that_was_changed_is_told(folder, name):
    (path,) = folder.glob(name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert sums(folder).returncode == 1
    where = path.relative_to(folder).as_posix()
    said = [line for line in told(folder).splitlines() if where in line.partition(": ")[0]]
    assert said == [f"✗ {where}: đã bị sửa: mã SHA-256 khác với MANIFEST.sha256"]


def test_a_file_more_a_file_less_a_link_and_a_pipe_are_told(folder):
    (folder / "van-ban/thêm.txt").write_text("x", encoding="utf-8")
    (folder / PDF).unlink()
    (folder / "lien-ket").symlink_to("/etc")
    os.mkfifo(folder / "chuoi/ong")
    said = told(folder)
    assert "van-ban/thêm.txt: là tệp lạ" in said
    assert f"{PDF}: không còn" in said
    assert "lien-ket: là liên kết" in said
    assert "chuoi/ong: là liên kết hoặc tệp đặc biệt" in said


def test_a_link_that_was_forged_is_told_although_manifest_and_crate_were_made_to_fit(folder):
    path = folder / CHAIN
    chain = json.loads(path.read_bytes())
    first = chain["links"][0]
    first["content"] = first["content"].replace("Chuyên viên", "Chánh Văn phòng")
    path.write_text(json.dumps(chain), encoding="utf-8")
    resealed(folder)
    said = told(folder)
    assert "lượt 1: mã không phải của nội dung" in said
    first["link"] = hashlib.sha256(first["content"].encode()).hexdigest()
    path.write_text(json.dumps(chain), encoding="utf-8")
    resealed(folder)
    said = told(folder)
    assert "lượt 2: không nối tiếp lượt 1" in said
    assert f"{SECOND}/period_summary.slice/slice.json: số liệu của một lượt không có" in said


def test_a_document_in_place_of_another_is_told_by_the_register(folder):
    shutil.copy(folder / f"{FIRST}/period_summary.html", folder / f"{SECOND}/period_summary.html")
    resealed(folder)
    said = told(folder)
    assert f"{SECOND}/period_summary.html: không phải tệp đã phát hành" in said


def test_a_pdf_that_claims_no_pdf_a_and_a_crate_that_lists_other_files_are_told(folder):
    (folder / PDF).write_bytes(b"%PDF-1.7\n")
    crate = folder / "ro-crate-metadata.json"
    about = json.loads(crate.read_bytes())
    about["@graph"] = [each for each in about["@graph"] if each["@id"] != "DOC-TRUOC.html"]
    crate.write_text(json.dumps(about), encoding="utf-8")
    resealed(folder)
    said = told(folder)
    assert f"{PDF}: không tự khai là PDF/A" in said
    assert "DOC-TRUOC.html: không có trong ro-crate-metadata.json" in said
    about["@graph"] = [each | {"sha256": "0" * 64} for each in about["@graph"] if "sha256" in each]
    crate.write_text(json.dumps(about), encoding="utf-8")
    with_manifest(folder)
    assert "so-van-ban.jsonl: mã SHA-256 khác với ro-crate-metadata.json" in told(folder)
    crate.write_text("[" * 100_000, encoding="utf-8")
    (folder / CHAIN).write_text('{"links": [{"number": "1"}]}', encoding="utf-8")
    (folder / "so-van-ban.jsonl").write_text("[]\n", encoding="utf-8")
    with_manifest(folder)
    said = told(folder)
    for name in ("ro-crate-metadata.json", CHAIN, "so-van-ban.jsonl"):
        assert f"{name}: không đọc được" in said


def test_a_year_with_nothing_and_a_command_that_says_too_little_are_told(copy, tmp_path):
    said = refused("archive-nothing", copy, "2024")  # signed in 2024, but for a period of 2023
    assert "cho phép: 2023" in said
    refused("archive-year", copy, "hai không")
    refused("archive-what", copy)
    refused("archive-both", copy, "2023", "--check", tmp_path)
    refused("archive-none", copy, "--check", tmp_path)
    assert not (copy.root / "luu-tru").exists()


def test_what_is_not_as_it_went_out_is_not_archived_and_nothing_is_left(copy):
    path = copy.root / "phat-hanh/2024/39-BC-DUK.khoi-2023/period_summary.html"
    path.chmod(0o600)
    kept = path.read_bytes()
    path.write_bytes(kept + b"\n")
    assert "39-BC/ĐUK" in refused("archive-altered", copy, "2023")
    path.write_bytes(kept)
    (lock,) = (copy.root / "phat-hanh/phien-ban").iterdir()
    text = lock.read_bytes()
    lock.write_bytes(b"x")
    refused("archive-altered", copy, "2023")
    assert any("danh sách gói phần mềm" in problem for problem in check_issued(copy))
    lock.write_bytes(text)
    assert check_issued(copy) == []
    (copy.root / "phat-hanh/2024/40-BC-DUK.khoi-2023").mkdir()
    refused("issue-left", copy, "2023")
    assert not list((copy.root / "luu-tru").glob("*"))
    assert not list((copy.root / "luu-tru").glob(".*"))


def test_a_store_that_does_not_hold_or_is_another_is_not_archived(copy):
    path = copy.root / "data/store.duckdb"
    path.rename(copy.root / "kho-cu.duckdb")
    assert "38-BC/ĐUK" in refused("archive-link", copy, "2023")
    (copy.root / "kho-cu.duckdb").rename(path)
    connection = duckdb.connect(str(path))
    connection.execute("UPDATE line SET points = 1 WHERE points > 1")
    connection.close()
    assert "data/store.duckdb" in refused("archive-store", copy, "2023")


@pytest.mark.parametrize("name", ["../ngoài.pdf", "/etc/x", "a\\b", "C:x", "a\nb", "a//b", "."])
def test_a_name_that_leads_outside_is_refused(copy, name):
    assert not is_plain(name)
    rewritten(copy, lambda line: {**line, "files": {**line["files"], name: "0" * 64}})
    refused("archive-name", copy, "2023")


def test_a_manifest_that_leads_outside_is_refused_and_nothing_is_read_there(folder, tmp_path):
    (tmp_path / "ngoài").write_text("x", encoding="utf-8")
    with (folder / "MANIFEST.sha256").open("a", encoding="utf-8") as handle:
        handle.write(f"{hashlib.sha256(b'x').hexdigest()}  ../ngoài\n")
    done = assess("archive", "--check", folder, cwd=tmp_path)
    assert (done.returncode, "[bad-manifest]" in done.stderr) == (2, True)


def test_documents_of_before_the_version_was_written_down_are_archived_too(copy):
    rewritten(copy, lambda line: {k: v for k, v in line.items() if k != "software"})
    assert check_issued(copy) == []
    killed = copy.root / "luu-tru/.2023.dang-ghi/van-ban/x"
    killed.mkdir(parents=True)  # what an archive that was killed leaves
    made = archive(copy, 2023)
    assert [path.name for path in made.folder.parent.iterdir()] == ["2023"]
    page = (made.folder / "DOC-TRUOC.html").read_text(encoding="utf-8")
    assert "không nêu được phiên bản để lập lại" in html_text(page)
    assert not (made.folder / "phien-ban").exists()
    assert check_archive(made.folder).problems == ()


def test_fonts_of_the_office_that_a_pdf_was_set_in_are_named(copy):
    def with_face(line):
        return {**line, "software": {**line["software"], "face": "f" * 64}}

    rewritten(copy, with_face)
    page = (archive(copy, 2023).folder / "DOC-TRUOC.html").read_text(encoding="utf-8")
    assert f"phông chữ riêng của cơ quan, mã {'f' * 64}" in html_text(page)


def test_from_the_archive_alone_the_version_that_it_names_makes_the_same_bytes(folder, tmp_path):
    batch = tmp_path / "lập lại"
    shutil.copytree(folder / SECOND, batch / "2023-H1/khoi-2023")
    job = job_again(batch, "2023-H1/khoi-2023/period_summary", Limits())
    with default_executor(1) as executor:
        executor.expect(1)
        (again,) = executor.run([job])
    assert again.failure is None
    for suffix, content in again.files.items():
        assert (folder / SECOND / f"period_summary{suffix}").read_bytes() == content, suffix
    assert ".pdf" in again.files


@pytest.mark.crate
def test_roc_validator_finds_a_process_run_crate_and_tells_one_that_is_none(root, folder):
    command = [root / ".venv-crate/bin/python", root / ".ci/check-crate", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "0 required" in done.stdout) == (0, True), done.stdout + done.stderr
    crate = folder / "ro-crate-metadata.json"
    about = json.loads(crate.read_bytes())
    for entity in about["@graph"]:
        entity.pop("instrument", None)
    crate.write_text(json.dumps(about), encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "MUST have an instrument" in done.stdout) == (1, True)
