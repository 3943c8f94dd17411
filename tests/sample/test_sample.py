import pandas as pd
import pytest

from assess.base.errors import InputError
from assess.base.text import tidy
from assess.cli import main
from assess.exchange.csv import folder as csv_folder
from assess.sample import make_sample


@pytest.mark.parametrize(("folder", "more"), [("sample", ()), ("tu-lieu", ("--sources",))])
def test_what_is_checked_in_is_what_the_command_makes(root, tmp_path, folder, more):
    main(["sample", str(tmp_path / "made"), *more, "-w", str(root)])
    there = sorted((root / "data" / folder).glob("*.csv"))
    assert sorted(p.name for p in (tmp_path / "made").iterdir()) == [p.name for p in there]
    for path in there:
        assert (tmp_path / "made" / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_sample_has_the_troubles_that_real_records_have(source, rules):
    tables = source._tables  # noqa: SLF001 - all rows, whatever the moment
    units, meetings, lines = tables["unit"], tables["meeting"], tables["line"]
    chi_bo = units[units["level"] == "chi_bo"].drop_duplicates("unit_id")
    tops = units[(units["parent_id"] == "tinh") & units["valid_to"].isna()]
    assert len(tops) == 6
    assert 55 <= len(chi_bo) <= 65
    assert chi_bo["kind"].nunique() >= 5
    assert (~chi_bo["has_chi_uy"].astype(bool)).any()
    assert (chi_bo["official_members"] == 3).any()
    assert (~chi_bo["leads_mass_organisations"].astype(bool)).any()
    assert set(meetings["status"]) == {"held", "cancelled", "postponed", "merged"}
    assert set(meetings["kind"]) == {"thuong_ky", "chuyen_de", "ket_hop"}
    assert (meetings["exempt"] > 0).any()
    assert (meetings["special_duty"] > 0).any()
    assert meetings["held_on"].dt.day.between(7, 20).any()
    assert set(lines["state"]) == {"entered", "blank", "not_applicable"}
    assert set(tables["sheet"]["rater"]) == {"self", "superior"}
    assert units["valid_to"].eq(pd.Timestamp("2025-06-30")).sum() >= 4
    assert {m[:4] for m in meetings["for_month"]} == {"2025", "2026"}


def test_self_scores_bunch_at_ninety(source):
    tables = source._tables  # noqa: SLF001 - all rows, whatever the moment
    own = tables["sheet"].loc[tables["sheet"]["rater"] == "self", "sheet_id"]
    raw = tables["line"][tables["line"]["sheet_id"].isin(own)].groupby("sheet_id")["points"].sum()
    assert raw.between(84.5, 86.5).sum() + raw.between(90, 91).sum() > raw.between(80, 84.4).sum()


def test_every_name_is_composed_vietnamese(source):
    for name in source._tables["unit"]["name"]:  # noqa: SLF001 - all rows
        assert tidy(name) == name


@pytest.mark.parametrize("size", [1, 2, 7, 61, 200])
def test_a_province_of_any_size_has_that_many_chi_bo_and_reads_back(rules, tmp_path, size):
    tables = make_sample(rules, chi_bo=size, seed=size)
    units = tables["unit"]
    assert units.loc[units["level"] == "chi_bo", "unit_id"].nunique() == size
    csv_folder.write_folder(tmp_path, tables)
    read = csv_folder.read_folder(tmp_path)
    assert {name: len(read[name]) for name in tables} == {
        name: len(t) for name, t in tables.items()
    }


def test_another_seed_is_another_province(rules):
    one, other = make_sample(rules, 6, 1), make_sample(rules, 6, 2)
    assert not one["meeting"].equals(other["meeting"])


def test_a_size_out_of_range_is_refused(rules):
    with pytest.raises(InputError):
        make_sample(rules, 0)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_many_seeds_give_records_that_read_back(rules, tmp_path, seed):
    csv_folder.write_folder(tmp_path, make_sample(rules, chi_bo=30 + 17 * seed, seed=seed))
    csv_folder.read_folder(tmp_path)
