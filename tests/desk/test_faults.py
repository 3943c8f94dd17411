"""What goes wrong around a desk: killed servers and jobs, a prefix, a store that cannot be read."""

import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.base.machine import file_lock
from assess.desk.jobs import Jobs
from assess.desk.server import take_port
from assess.exchange.store import Store
from kit import command
from kit.desk import RunningDesk, browser, multipart
from kit.desk_forms import WARD, fill_month


def wait(done, seconds=30):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def assess(*words, env):
    command = [sys.executable, "-m", "assess", *map(str, words)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def pids_of(folder):
    """The processes of a job, by the folder that stands among their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_a_job_outlives_the_server_and_its_result_is_there_when_the_desk_comes_back(
    filled, desk, tmp_path
):
    running = desk(filled)
    forms = fill_month(filled, WARD, "2026-09", tmp_path / "p")
    clerk = running.client()
    body, headers = multipart([(path.name, path.read_bytes()) for path in forms])
    status, _ = clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)
    assert status == 200
    running.process.kill()  # while the intake runs
    running.process.wait()
    (job,) = Jobs(filled).latest()
    wait(lambda: Jobs(filled).get(job.name).ended)
    assert Jobs(filled).get(job.name).code == 0
    again = desk(filled)
    status, text = again.client().get(f"/viec/{job.name}")
    assert (status, "6 đã nhận" in text.replace("\u00a0", " ")) == (200, True)


@pytest.mark.soak
def test_a_report_outlives_the_server_too(filled, desk):
    running = desk(filled)
    clerk = running.client()
    about = {"mau": "period_summary", "ky": "2026-10", "dang_bo": "phuong-gia-dinh"}
    data = urllib.parse.urlencode({"_xsrf": clerk.xsrf, **about}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert clerk.post("/bao-cao/lap", data, **form)[0] == 200
    running.process.kill()
    running.process.wait()
    (job,) = Jobs(filled).latest()
    wait(lambda: Jobs(filled).get(job.name).ended)
    assert Jobs(filled).get(job.name).code == 0
    status, text = desk(filled).client().get(f"/viec/{job.name}")
    assert (status, "Tổng hợp" in text) == (200, True)


@pytest.mark.chromium
def test_a_job_that_was_killed_is_told_and_done_to_the_end_with_one_click(filled, desk, tmp_path):
    running = desk(filled)
    forms = fill_month(filled, WARD, "2026-09", tmp_path / "p")
    clerk = running.client()
    held = Jobs(filled)
    body, headers = multipart([(path.name, path.read_bytes()) for path in forms])
    with file_lock(filled / "data/.store.duckdb.lock"):  # the intake waits in its midst
        clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)
        (job,) = held.latest()
        wait(lambda: held.get(job.name).state == "running")
        for pid in pids_of(job.folder):
            os.kill(pid, signal.SIGKILL)
        wait(lambda: held.get(job.name).state == "cut")
    assert Store(filled / "data/store.duckdb").check() == []
    with browser() as page:
        page.goto(running.address)
        assert "Dừng giữa chừng" in page.locator("ol.jobs").inner_text().replace("\u00a0", " ")
        page.click("a:has-text('Làm nốt')")
        page.click("button:has-text('Làm nốt')")
        page.wait_for_selector("h1:has-text('tệp:')", timeout=30_000)
        said = page.locator("h1").inner_text().replace("\u00a0", " ")
        assert "0 để riêng" in said


def test_below_a_prefix_every_link_stays_below_it(filled, desk):
    running = desk(filled, base_url="/van-phong/")
    assert "/van-phong/ban-lam-viec" in running.at
    clerk = running.client()
    for path in ("/hom-nay", "/phieu", "/to-chuc", "/bao-cao/lap"):
        status, text = clerk.get(path)
        assert status == 200
        links = [part.split('"')[0] for part in text.split('href="')[1:]]
        links += [part.split('"')[0] for part in text.split('action="')[1:]]
        inside = [x for x in links if not x.startswith(("#", "data:"))]
        assert len(inside) > 8
        assert all(link.startswith("/van-phong/ban-lam-viec/") for link in inside), inside


SEEN = ("/hom-nay", "/phieu", "/so-viec", "/bao-cao", "/kiem-tra", "/to-chuc", "/quy-dinh")


@pytest.mark.parametrize("spoil", ["store", "rules", "register"])
def test_each_page_says_so_when_what_it_reads_cannot_be_read(filled, desk, spoil):
    running = desk(filled)
    clerk = running.client()
    if spoil == "store":
        (filled / "data/store.duckdb").write_bytes(b"khong phai kho")
    elif spoil == "rules":
        (filled / "params/rules/an-phu-hd42.yaml").write_text("a: [", encoding="utf-8")
    else:
        (filled / "phat-hanh").mkdir()
        (filled / "phat-hanh/so-van-ban.jsonl").write_text("hỏng\n", encoding="utf-8")
    told = 0
    for path in SEEN:
        status, text = clerk.get(path)
        assert status in (200, 400), (path, status)
        assert "Traceback" not in text
        told += status == 400
        if status == 400:
            assert "Chưa làm được" in text
    assert told >= 1


def test_a_full_disk_is_one_sentence_and_nothing_is_lost(filled, desk, tmp_path):
    small = tmp_path / "nho"
    small.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(small)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        root = small / "w"
        shutil.copytree(filled, root)
        running = desk(root)
        clerk = running.client()
        assert clerk.get("/hom-nay")[0] == 200
        left = os.statvfs(small)
        (small / "day").write_bytes(bytes(max(0, left.f_bavail * left.f_bsize - 20_000)))
        body, headers = multipart([("a.xlsx", bytes(300_000))])
        status, text = clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)
        assert status == 507
        assert "Ổ đĩa hết chỗ" in text
        assert "Traceback" not in text
        (small / "day").unlink()
        assert Store(root / "data/store.duckdb").check() == []
        assert clerk.get("/hom-nay")[0] == 200
    finally:
        for each in small.glob("w/.desk-log"):
            each.unlink(missing_ok=True)
        subprocess.run(["umount", "-l", str(small)], check=False)


@pytest.mark.soak
def test_two_desks_and_the_command_line_on_one_workspace_do_each_other_no_harm(
    filled, desk, tmp_path
):
    one = desk(filled)
    again = assess("desk", "--no-browser", "--allow-root", "-w", filled, env=one.environment)
    assert f"đang mở: {one.address}" in again  # a second double-click opens the first
    other = desk(filled, JUPYTER_RUNTIME_DIR=str(tmp_path / "may-khac"))
    assert one.at != other.at
    forms = fill_month(filled, WARD, "2026-09", tmp_path / "p")
    for running, half in ((one, forms[:3]), (other, forms[3:])):
        clerk = running.client()
        body, headers = multipart([(path.name, path.read_bytes()) for path in half])
        assert clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)[0] == 200
    wait(lambda: all(job.ended for job in Jobs(filled).latest()))
    assert [job.code for job in Jobs(filled).latest()] == [0, 0]
    store = Store(filled / "data/store.duckdb")
    assert store.check() == []
    meetings = store.tables(("meeting",))["meeting"]
    assert (meetings["for_month"] == "2026-09").sum() == 6


def test_a_fault_of_ours_is_told_without_its_words_and_kept_for_whoever_helps(filled, desk):
    running = desk(filled)
    jobs = Jobs(filled)
    job = jobs.start("sao-luu", "Thử", ["khong-co-lenh-nay"])
    wait(lambda: jobs.get(job.name).ended)
    status, text = running.client().get(f"/viec/{job.name}")
    assert (status, "chưa làm được" in text) == (200, True)
    told = json.loads((job.folder / "viec.json").read_text(encoding="utf-8"))
    assert told["words"] == ["khong-co-lenh-nay"]


def test_desks_that_start_at_the_same_moment_have_a_port_each(empty, tmp_path):
    roots = [empty, *(tmp_path / str(number) for number in range(3))]
    for root in roots[1:]:
        shutil.copytree(empty, root)
    with concurrent.futures.ThreadPoolExecutor(len(roots)) as pool:
        desks = list(pool.map(RunningDesk, roots))
    try:
        assert len({desk.at for desk in desks}) == len(desks)
        assert [desk.client().get("/hom-nay")[0] for desk in desks] == [200] * len(desks)
        port = desks[0].at.split(":")[2].split("/")[0]
        shutil.copytree(empty, tmp_path / "khac")
        words = ("desk", "--no-browser", "--allow-root", "--port", port)
        told = command.assess(*words, "-w", tmp_path / "khac")
        assert (told.returncode, "[port-taken]" in told.stderr) == (2, True), told.stderr
    finally:
        for desk in desks:
            desk.stop()


def test_a_port_that_was_taken_is_held_before_anybody_listens_on_it():
    first, sockets = take_port(8890, 50)
    second, more = take_port(first, 50)
    try:
        assert first != second
        with pytest.raises(InputError):
            take_port(first, 1)
    finally:
        for each in sockets + more:
            each.close()
