import pytest

from assess.base.errors import Finding, Place
from assess.exchange.entry_checks import about_points, told_once
from assess.rules.model import Criterion, Level
from assess.rules.parts import Cite


def criterion(kind="points", top=10, points=(), **more):
    levels = tuple(Level(id=f"v{i}", title="mức", points=value) for i, value in enumerate(points))
    return Criterion(
        id="c",
        title="Dòng",
        kind=kind,
        max=top,
        levels=levels,
        cite=Cite(source="s", at="đây"),
        **more,
    )


@pytest.mark.parametrize(
    ("line", "points", "code"),
    [
        (criterion("levels", 30, (30, 22.5, 15, 0)), 29, "off-form-points"),
        (criterion("levels", 30, (30, 22.5, 15, 0)), 22.5, None),
        (criterion("levels", 5, (5, 4, 3)), 4.5, "partial-points"),
        (criterion("levels", 30, (30, 22.5, 15, 0)), 31, "over-maximum"),
        (criterion("yes_no", 10), 9, "partial-points"),
        (criterion("yes_no", 10), 10, None),
        (criterion("points", 10, step=2), 7, "off-form-points"),
        (criterion("deduct", 10, step=2), 7, "off-form-points"),
        (criterion("points", 10, step=2), 8, None),
        (criterion("points", 10, step=0.1), 0.3, None),
        (criterion("points", 10, step=0.5), 7.3, "partial-points"),
        (criterion("points", 10), 7.25, None),
        (criterion("points", 10), -1, "negative-points"),
    ],
)
def test_an_entry_is_right_or_counted_by_a_reading_or_refused(line, points, code):
    found = about_points(line, points)
    assert (None if found is None else found.code) == code
    if code == "off-form-points":
        assert found.severity == "error"
        assert found.allowed


def test_what_is_told_once_names_every_place_at_the_first_of_them():
    def at(row, points, sheet="t"):
        return Finding(
            "partial-points",
            Place("f.xlsx", row, 5, "Dòng", sheet),
            {"found": points, "count": 1},
            ("10", "0"),
        )

    other = Finding("blank-line", Place("f.xlsx", 3, 5, "", "t"))
    single, kept = told_once([at(2, "9"), other])
    assert (single.facts, single.allowed, kept) == (
        {"count": 1, "found": "E2: 9"},
        ("10", "0"),
        other,
    )
    (merged,) = told_once([at(2, "9"), at(4, "3")])
    assert (merged.facts, merged.place.cell) == ({"count": 2, "found": "E2: 9; E4: 3"}, "E2")
    (merged,) = told_once([at(2, "9"), at(2, "3", "u")])
    assert merged.facts["found"] == "t!E2: 9; u!E2: 3"
    assert told_once([at(i, "1") for i in range(1, 30)])[0].facts["found"].endswith("; …")
    assert told_once([Finding("form-first-edition", Place("f.xlsx"), {"found": "x"})] * 3) == [
        Finding("form-first-edition", Place("f.xlsx"), {"found": "x"})
    ]
