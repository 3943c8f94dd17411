"""``assess status`` on the command line: which đảng bộ, by name, and what is refused."""

import datetime as dt

import pytest

from assess.exchange.store import Store, StoreBatch
from kit.command import assess
from kit.small_dang_bo import unit

SAMPLE = ("--records", "data/sample")


def test_a_dang_bo_is_named_and_who_has_not_sent_is_told_by_name():
    done = assess("status", "Đảng bộ phường Ví Dụ", "2026-12", *SAMPLE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Tháng 12/2026:")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Đảng bộ không có",), "không có đảng bộ"),
        (("", "2026-13"), "2026-13"),
        (("", "2026", "--on", "hôm qua"), "hôm qua"),
        (("", "2026", "--due", "40"), "40"),
    ],
)
def test_what_is_not_known_is_refused(words, said):
    done = assess("status", *words, *SAMPLE)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_with_several_units_above_all_others_one_must_be_named(tmp_path):
    store = Store(tmp_path / "s.duckdb", create=True)
    tops = [unit(name, None, "co_so", "cap_uy") for name in ("x", "y")]
    store.append(StoreBatch(dt.datetime(2026, 1, 1), {"unit": tops}))
    done = assess("status", "--records", store.path)
    assert done.returncode == 2
    assert "phải nêu đảng bộ" in done.stderr
    assert "Đảng bộ x, Đảng bộ y" in done.stderr
