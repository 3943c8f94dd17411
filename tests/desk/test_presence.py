"""Two machines on one network drive: the first writes, the other looks on and says so."""

import os
import time

from assess.desk.presence import Presence


def test_the_first_machine_writes_and_the_second_waits_until_it_leaves(tmp_path):
    first = Presence(tmp_path, "VP-01")
    time.sleep(0.02)
    second = Presence(tmp_path, "VP-02")
    assert first.writer() is None
    assert second.writer().host == "VP-01"
    first.beat()
    second.beat()
    assert second.writer().host == "VP-01"
    first.leave()
    assert second.writer() is None


def test_a_machine_that_went_off_without_a_word_does_not_block_for_ever(tmp_path):
    first = Presence(tmp_path, "VP-01")
    time.sleep(0.02)
    second = Presence(tmp_path, "VP-02")
    long_ago = first.path.stat().st_mtime - 600
    os.utime(first.path, (long_ago, long_ago))
    assert second.writer() is None


def test_two_desks_on_one_machine_are_no_two_machines(tmp_path):
    assert Presence(tmp_path, "VP-01").writer() is None
    assert Presence(tmp_path, "VP-01").writer() is None


def test_a_second_machine_may_look_but_not_write(filled, desk):
    elsewhere = Presence(filled, "VP-99")
    running = desk(filled)
    clerk = running.client()
    status, text = clerk.get("/phieu")
    assert status == 200
    assert "Máy VP-99 đang ghi" in text
    status, text = clerk.post(f"/sao-luu?_xsrf={clerk.xsrf}", b"")
    assert (status, "chưa ghi được" in text) == (409, True)
    assert running.jobs() == []
    elsewhere.leave()
    assert "đang ghi vào cùng thư mục" not in clerk.get("/phieu")[1]
