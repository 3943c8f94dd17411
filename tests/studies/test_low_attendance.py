"""Attendance below one half is worth a look; unknown attendance is not low."""

from assess import score
from assess.studies.low_attendance import known_attendance, low_attendance
from kit.small_dang_bo import meeting, unit, year_slice


def test_below_one_half_is_low_and_one_half_and_the_unknown_are_not():
    counts = [(4, 12), (5, 10), (None, 10), (10, 10), (49, 100)]
    units = [unit(f"c{i}", "xa") for i in range(len(counts))]
    rows = [
        meeting(f"c{i}", "2026-01", "2026-01-03", present=present, roll=roll)
        for i, (present, roll) in enumerate(counts)
    ]
    scores = score(year_slice("2026-01", units=units, meeting=rows))
    known = known_attendance(scores)
    assert len(known) == 4
    assert list(low_attendance(known)["chi_bo_id"]) == ["c0", "c4"]
    assert low_attendance(known)["rate"].round(3).tolist() == [0.333, 0.49]
