import datetime as dt

from assess.records import Tree
from assess.records.tables import from_rows
from kit.small_dang_bo import unit

BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


def test_the_district_ends_and_the_commune_begins_on_1_july_2025(source):
    tree = source.tree
    assert "huyen-tien-le" in tree.on(BEFORE)
    assert "huyen-tien-le" not in tree.on(AFTER)
    assert "xa-mau-thu" not in tree.on(BEFORE)
    assert tree.on(AFTER)["xa-mau-thu"].level == "tren_co_so"


def test_a_chi_bo_stands_under_the_parent_of_the_day(source):
    tree = source.tree
    assert [u.unit_id for u in tree.above("xmt-01", BEFORE)] == [
        "xmt-01",
        "xa-mau-thuong",
        "huyen-tien-le",
        "tinh",
    ]
    assert [u.unit_id for u in tree.above("xmt-01", AFTER)] == ["xmt-01", "xa-mau-thu", "tinh"]


def test_a_chi_bo_that_ended_is_not_under_anything_later(source):
    tree = source.tree
    assert "xmt-14" in tree.chi_bo_under("xa-mau-thu", dt.date(2026, 3, 31))
    assert "xmt-14" not in tree.chi_bo_under("xa-mau-thu", dt.date(2026, 4, 1))
    assert tree.name_on("xmt-14", dt.date(2026, 12, 31)) == "Chi bộ thôn Mẫu Mười Bốn"


def test_no_chi_bo_is_under_two_dang_bo_on_one_day(source):
    tree = source.tree
    for day in (BEFORE, AFTER, dt.date(2026, 12, 31)):
        tops = [u.unit_id for u in tree.on(day).values() if u.parent_id == "tinh"]
        found = [chi_bo for top in tops for chi_bo in tree.chi_bo_under(top, day)]
        assert len(found) == len(set(found))
        assert sorted(found) == list(tree.chi_bo_under("tinh", day))


def test_an_unknown_unit_has_nothing_above_or_below(source):
    assert list(source.tree.above("khong-co", AFTER)) == []
    assert source.tree.chi_bo_under("khong-co", AFTER) == ()
    assert source.tree.name_on("khong-co", AFTER) == "khong-co"


def test_each_chi_bo_is_summed_up_once_at_every_level(source):
    """S3: a chi bộ of a đảng ủy bộ phận is reported once, by the grassroots committee."""
    tree = source.tree
    for day in (dt.date(2025, 6, 30), dt.date(2025, 7, 1), dt.date(2026, 12, 31)):
        for upper in tree.on(day).values():
            if upper.level in ("chi_bo", "bo_phan"):
                continue
            counted = [
                c
                for below in tree.reporting_to(upper.unit_id, day)
                for c in (
                    tree.chi_bo_under(below, day)
                    if tree.on(day)[below].level != "chi_bo"
                    else (below,)
                )
            ]
            assert sorted(counted) == sorted(tree.chi_bo_under(upper.unit_id, day))


def test_a_bo_phan_only_proposes_and_a_cell_reports_past_it(source):
    tree, day = source.tree, dt.date(2026, 3, 31)
    under = [
        c
        for c in tree.chi_bo_under("dh-gia-lap", day)
        if tree.on(day)[c].parent_id == "bp-sinh-vien"
    ]
    assert under
    assert {tree.reports_to(c, day).unit_id for c in under} == {"dh-gia-lap"}
    assert "bp-sinh-vien" not in tree.reporting_to("dh-gia-lap", day)
    assert tree.reports_to("tinh", day) is None


def test_a_unit_has_taken_over_what_its_predecessors_had_taken_over():
    rows = [
        unit(name, "tinh", successor_id=into)
        for name, into in (("a", "b"), ("b", "c"), ("c", None), ("d", "c"), ("x", "y"), ("y", "x"))
    ]
    tree = Tree(from_rows("unit", rows))
    assert {name: sorted(tree.merged_into(name)) for name in "abcx"} == {
        "a": ["a"],
        "b": ["a", "b"],
        "c": ["a", "b", "c", "d"],
        "x": ["x", "y"],
    }
    assert tree.merged_into("khong-co") == {"khong-co"}


def test_one_unit_asked_for_is_the_unit_among_all_of_that_day(source):
    """Each answer about a unit is compared with plain loops over all units of the day."""
    tree, spans = source.tree, source.tree._spans  # noqa: SLF001 - to know the days of a change
    days = sorted({day for start, _, _ in spans for day in (start, start - dt.timedelta(days=1))})
    gone = several = 0
    for day in days:
        standing = {unit.unit_id: unit for start, end, unit in spans if start <= day <= end}
        assert tree.on(day) == standing
        for unit_id in tree.ids:
            assert tree.unit_on(unit_id, day) == standing.get(unit_id)
            gone += unit_id not in standing
            line = []
            current = standing.get(unit_id)
            while current is not None:
                line.append(current)
                current = standing.get(current.parent_id)
            assert list(tree.above(unit_id, day)) == line
            below = {
                other
                for other in standing
                if other != unit_id and unit_id in [u.unit_id for u in tree.above(other, day)]
            }
            found = tree.below(unit_id, day)
            assert ({u.unit_id for u in found}, len(found)) == (below, len(below))
            several += len(below) > 1
    assert min(len(days), gone, several) > 1


def test_units_above_each_other_in_a_circle_are_named_once():
    day = dt.date(2026, 1, 1)
    tree = Tree(from_rows("unit", [unit("a", "b"), unit("b", "a"), unit("c", "a")]))
    assert [u.unit_id for u in tree.above("c", day)] == ["c", "a", "b"]
    assert [u.unit_id for u in tree.below("a", day)] == ["b", "c"]
    assert tree.all_above({"c": [day]}) == {"a", "b", "c"}


def test_units_above_many_on_many_days_are_those_above_each_on_each_of_its_days(source):
    tree = source.tree
    days = {
        "xmt-01": [BEFORE, AFTER],
        "xmt-02": [AFTER],
        "xmt-14": [BEFORE, dt.date(2026, 4, 1)],
        "tinh": [],
        "khong-co": [AFTER],
    }
    wanted = {
        unit.unit_id
        for unit_id, own in days.items()
        for day in own
        for unit in tree.above(unit_id, day)
    }
    assert tree.all_above(days) == wanted
    assert {"xa-mau-thuong", "xa-mau-thu", "tinh"} < wanted
    assert tree.all_above({"xmt-01": [AFTER]}) < wanted
