"""Jobs go out while slices are cut: nobody waits for the last one, and no slice is kept."""

import gc
import weakref

import pytest

from assess.base.errors import InputError
from assess.records import make_slice
from assess.runs import run_matrix
from assess.runs.executors import default_executor
from assess.runs.ledger import Ledger
from kit.batches import entry, published, write_matrix

DANG_BO = ("qs-tinh", "xa-mau-thu", "cqd-09")
NOT_BEGUN = "2027-Q2"


class Watched:
    """Makes one report after the other and notes when a job is given out."""

    name = "processes"

    def __init__(self, events, slices):
        self.events, self.slices = events, slices
        self._executor = default_executor(None)

    def __enter__(self):
        self._executor.__enter__()
        return self

    def __exit__(self, *error):
        self._executor.__exit__(*error)

    def expect(self, count):
        self.expected = count

    def run(self, orders):
        for order in orders:
            gc.collect()
            alive = sum(made() is not None for made in self.slices)
            self.events.append(("job", order.run.dang_bo, alive))
            yield from self._executor.run([order])


@pytest.fixture
def watched(monkeypatch):
    """An executor, and what happens in order: slices cut, jobs given out with slices in memory."""
    events, slices = [], []

    def cut(*given, **about):
        events.append(("cut", about["dang_bo"]))
        made = make_slice(*given, **about)
        slices.append(weakref.ref(made))
        return made

    monkeypatch.setattr("assess.runs.plan.make_slice", cut)
    return Watched(events, slices)


def test_each_job_goes_out_before_the_next_slice_is_cut_and_no_slice_is_kept(
    laid, tmp_path, watched
):
    matrix = write_matrix(laid, *(entry("upward_summary", dang_bo=name) for name in DANG_BO))
    batch = run_matrix(matrix, laid, tmp_path / "out", executor=watched)
    assert batch.failed == ()
    assert watched.events == [
        event for name in DANG_BO for event in (("cut", name), ("job", name, 1))
    ]


def test_reports_of_one_slice_go_out_together_and_are_told_in_the_order_of_the_matrix(
    laid, tmp_path, watched
):
    kinds = [
        entry(template, dang_bo=name)
        for template in ("upward_summary", "period_summary")
        for name in DANG_BO[:2]
    ]
    batch = run_matrix(write_matrix(laid, *kinds), laid, tmp_path / "out", executor=watched)
    assert [event[:2] for event in watched.events] == [
        event for name in DANG_BO[:2] for event in (("cut", name), ("job", name), ("job", name))
    ]
    assert [outcome.key for outcome in batch.outcomes] == [
        f"2026-Q1/{name}/{template}"
        for template in ("upward_summary", "period_summary")
        for name in DANG_BO[:2]
    ]


def test_what_cannot_be_cut_fails_once_a_slice_could_be_and_all_is_counted(laid, tmp_path, watched):
    matrix = write_matrix(laid, entry("upward_summary", period=NOT_BEGUN), entry("upward_summary"))
    told = []
    batch = run_matrix(
        matrix,
        laid,
        tmp_path / "out",
        executor=watched,
        progress=lambda done, every, made: told.append((done, every, made and made.ok)),
    )
    assert told == [(0, 2, None), (1, 2, True), (2, 2, False)]
    assert [outcome.ok for outcome in batch.outcomes] == [False, True]
    assert "bắt đầu từ ngày 01/4/2027" in batch.failed[0].message


def test_when_no_slice_can_be_cut_nothing_is_written(laid, tmp_path, watched):
    matrix = write_matrix(laid, entry("upward_summary"))
    run_matrix(matrix, laid, tmp_path / "out", executor=watched)
    folder = tmp_path / "out/thu"
    before = published(folder), Ledger(folder).entries
    wrong = [entry("upward_summary", dang_bo=name, period=NOT_BEGUN) for name in DANG_BO]
    with pytest.raises(InputError) as caught:
        run_matrix(write_matrix(laid, *wrong), laid, tmp_path / "out", executor=watched)
    assert [found.code for found in caught.value.findings] == ["period-not-begun"] * len(wrong)
    assert (published(folder), Ledger(folder).entries) == before


def test_the_last_count_told_is_of_what_was_made(laid, tmp_path, watched):
    matrix = write_matrix(laid, *(entry("upward_summary", dang_bo=name) for name in DANG_BO))
    out = tmp_path / "out"
    batch = run_matrix(matrix, laid, out, executor=watched)
    (batch.folder / "2026-Q1" / DANG_BO[0] / "upward_summary.html").unlink()
    told = []
    batch = run_matrix(
        matrix,
        laid,
        out,
        executor=watched,
        progress=lambda done, every, made: told.append((done, every, made and made.key)),
    )
    key = f"2026-Q1/{DANG_BO[0]}/upward_summary"
    assert (batch.made, told) == (1, [(0, 3, None), (1, 3, key), (1, 1, key)])
