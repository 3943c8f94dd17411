"""The synthetic province's units: six kinds of đảng bộ, and the reorganisation of 1/7/2025."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

FOUNDED = dt.date(2020, 1, 1)
REFORM = dt.date(2025, 7, 1)
BEFORE = REFORM - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DangBoShape:
    """One kind of đảng bộ in the sample: its name, relative number of chi bộ, and their traits."""

    key: str
    code: str
    name: str
    level: str
    place: str
    weight: int
    kind: str
    members: tuple[int, int]
    exempt: float
    cells: tuple[str, ...]
    old_parents: tuple[str, ...]


SHAPES = (
    DangBoShape(
        "phuong-vi-du",
        "pvd",
        "Đảng bộ phường Ví Dụ",
        "tren_co_so",
        "Ví Dụ",
        15,
        "thon_to_dan_pho",
        (14, 58),
        0.22,
        ("Chi bộ tổ dân phố {n}",),
        ("tt-vi-du", "xa-vi-du-dong"),
    ),
    DangBoShape(
        "xa-mau-thu",
        "xmt",
        "Đảng bộ xã Mẫu Thử",
        "tren_co_so",
        "Mẫu Thử",
        14,
        "thon_to_dan_pho",
        (3, 34),
        0.12,
        ("Chi bộ thôn Mẫu {w}",),
        ("xa-mau-thuong", "xa-mau-ha"),
    ),
    DangBoShape(
        "cq-dang-tinh",
        "cqd",
        "Đảng bộ các cơ quan Đảng tỉnh Minh Họa",
        "tren_co_so",
        "Minh Họa",
        9,
        "co_quan_hanh_chinh",
        (6, 26),
        0.0,
        (
            "Chi bộ Văn phòng {w}",
            "Chi bộ Phòng Tổng hợp {w}",
            "Chi bộ Phòng Nghiệp vụ {w}",
        ),
        ("khoi-co-quan",),
    ),
    DangBoShape(
        "dh-gia-lap",
        "dhg",
        "Đảng bộ Trường Đại học Giả Lập",
        "co_so",
        "Minh Họa",
        9,
        "don_vi_su_nghiep",
        (9, 38),
        0.02,
        ("Chi bộ Khoa Thử nghiệm {n}", "Chi bộ Phòng Đào tạo {w}", "Chi bộ Sinh viên khóa {n}"),
        (),
    ),
    DangBoShape(
        "ct-mo-phong",
        "cmp",
        "Đảng bộ Công ty Cấp nước Mô Phỏng",
        "co_so",
        "Minh Họa",
        7,
        "doanh_nghiep_nha_nuoc",
        (8, 32),
        0.03,
        ("Chi bộ Nhà máy số {n}", "Chi bộ Phân xưởng {w}"),
        (),
    ),
    DangBoShape(
        "qs-tinh",
        "qst",
        "Đảng bộ Quân sự tỉnh Minh Họa",
        "tren_co_so",
        "Minh Họa",
        6,
        "luc_luong_vu_trang",
        (8, 24),
        0.0,
        ("Chi bộ Đại đội Giả định {n}", "Chi bộ Cơ quan Tham mưu {w}"),
        (),
    ),
)

_WORDS = ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười")
_OLD = {
    "tt-vi-du": ("Đảng bộ thị trấn Ví Dụ", "Ví Dụ"),
    "xa-vi-du-dong": ("Đảng bộ xã Ví Dụ Đông", "Ví Dụ Đông"),
    "xa-mau-thuong": ("Đảng bộ xã Mẫu Thượng", "Mẫu Thượng"),
    "xa-mau-ha": ("Đảng bộ xã Mẫu Hạ", "Mẫu Hạ"),
}


@dataclass(frozen=True, slots=True)
class ChiBoProfile:
    """The traits of one chi bộ that its meetings depend on; ``quality`` in [0, 1] drives scores."""

    unit_id: str
    kind: str
    members: int
    official: int
    exempt: int
    has_chi_uy: bool
    has_deputy: bool
    leads_mass: bool
    quality: float
    habit: str
    begins: dt.date
    ends: dt.date | None


def in_words(n: int) -> str:
    """Return a small number in words, as hamlets are named.

    >>> in_words(3), in_words(12)
    ('Ba', 'Mười Hai')
    """
    if n <= len(_WORDS):
        return _WORDS[n - 1]
    tens, ones = divmod(n, 10)
    head = "Mười" if tens == 1 else f"{_WORDS[tens - 1]} Mươi"
    return f"{head} {_WORDS[ones - 1]}" if ones else head


def make_tree(chi_bo: int, seed: int) -> tuple[list[dict[str, Any]], list[ChiBoProfile]]:
    """Return the rows of ``unit`` and the profiles, for a province of ``chi_bo`` chi bộ."""
    rows: list[dict[str, Any]] = [
        _unit("tinh", "Đảng bộ tỉnh Minh Họa", "tinh", None, place="Minh Họa")
    ]
    cells: list[ChiBoProfile] = []
    rounds = max(1, round(chi_bo / sum(s.weight for s in SHAPES)))
    total, seen = sum(s.weight for s in SHAPES) * rounds, 0
    for turn in range(rounds):
        for shape in SHAPES:
            count = chi_bo * (seen + shape.weight) // total - chi_bo * seen // total
            seen += shape.weight
            if count:
                _dang_bo(rows, cells, shape, turn, count, seed)
    return rows, cells


def _dang_bo(
    rows: list[dict[str, Any]],
    cells: list[ChiBoProfile],
    shape: DangBoShape,
    turn: int,
    count: int,
    seed: int,
) -> None:
    mark = f"-{turn + 1}" if turn else ""
    word = f" {in_words(turn + 1)}" if turn else ""
    top = f"{shape.key}{mark}"
    commune = shape.key in ("phuong-vi-du", "xa-mau-thu")
    begins = REFORM if shape.old_parents else FOUNDED
    rows.append(_unit(top, f"{shape.name}{word}", shape.level, "tinh", begins, place=shape.place))
    old: list[str] = []
    if shape.old_parents:
        if commune:
            district = f"huyen-tien-le{mark}"
            if not any(r["unit_id"] == district for r in rows):
                rows.append(
                    _unit(
                        district,
                        f"Đảng bộ huyện Tiền Lệ{word}",
                        "tren_co_so",
                        "tinh",
                        FOUNDED,
                        BEFORE,
                        "tinh",
                        place="Tiền Lệ",
                    )
                )
            for key in shape.old_parents:
                name, place = _OLD[key]
                old.append(f"{key}{mark}")
                rows.append(
                    _unit(
                        old[-1],
                        f"{name}{word}",
                        "co_so",
                        district,
                        FOUNDED,
                        BEFORE,
                        top,
                        place=place,
                    )
                )
        else:
            old.append(f"{shape.old_parents[0]}{mark}")
            rows.append(
                _unit(
                    old[0],
                    f"Đảng bộ Khối các cơ quan tỉnh Minh Họa{word}",
                    "tren_co_so",
                    "tinh",
                    FOUNDED,
                    BEFORE,
                    top,
                    place="Minh Họa",
                )
            )
    between = _between(rows, shape, top, mark, begins)
    for i in range(count):
        rng = Random(f"{seed}:{top}:{i}")
        cells.append(
            _chi_bo(
                rows,
                shape,
                f"{shape.code}{turn + 1 if turn else ''}-{i + 1:02d}",
                i,
                count,
                old,
                between.get(i % count, top),
                rng,
            )
        )


def _between(
    rows: list[dict[str, Any]], shape: DangBoShape, top: str, mark: str, begins: dt.date
) -> dict[int, str]:
    """Add units between the đảng bộ and some chi bộ; return chi bộ position → unit."""
    if shape.key == "phuong-vi-du":
        unit = f"ubnd-vi-du{mark}"
        rows.append(_unit(unit, "Đảng bộ Ủy ban nhân dân phường Ví Dụ", "co_so", top, begins))
        return dict.fromkeys((1, 2, 3), unit)
    if shape.key == "dh-gia-lap":
        unit = f"bp-sinh-vien{mark}"
        rows.append(_unit(unit, "Đảng bộ bộ phận Khối Sinh viên", "bo_phan", top, begins))
        return dict.fromkeys((2, 5, 8), unit)
    return {}


def _chi_bo(
    rows: list[dict[str, Any]],
    shape: DangBoShape,
    unit_id: str,
    i: int,
    count: int,
    old: list[str],
    parent: str,
    rng: Random,
) -> ChiBoProfile:
    low, high = shape.members
    members = low + int((high - low) * rng.random() ** 1.5)
    if shape.key == "xa-mau-thu" and i in (4, 9):
        members = 3
    if shape.key == "phuong-vi-du" and i == 5:
        members = 30
    official = max(3, members - (1 if rng.random() < 0.3 else 0))
    has_chi_uy = official >= 9
    has_deputy = has_chi_uy or (official >= 5 and rng.random() < 0.6)
    mass = (
        shape.kind in ("thon_to_dan_pho", "don_vi_su_nghiep", "doanh_nghiep_nha_nuoc")
        and rng.random() < 0.9
    )
    pattern = shape.cells[i % len(shape.cells)]
    number = i // len(shape.cells) + 1
    name = pattern.format(n=number, w=in_words(number))
    kind = shape.kind
    if parent.startswith("ubnd-vi-du"):
        name, kind = f"Chi bộ Phòng chuyên môn {in_words(i)}", "co_quan_hanh_chinh"
    elif shape.key == "phuong-vi-du" and i == count - 1:
        name, kind, mass = "Chi bộ Công ty TNHH May Thử", "doanh_nghiep_tu_nhan", False
    begins, ends, successor = FOUNDED, None, None
    if shape.key == "ct-mo-phong" and i == count - 1 and count > 1:
        begins = dt.date(2026, 5, 1)
    if shape.key == "xa-mau-thu" and i == count - 1 and count > 1:
        ends, successor = dt.date(2026, 3, 31), unit_id.rsplit("-", 1)[0] + "-01"
    about: dict[str, Any] = {
        "official_members": official,
        "has_chi_uy": has_chi_uy,
        "has_deputy": has_deputy,
        "leads_mass_organisations": mass,
    }
    if old and begins == FOUNDED:
        was = old[i % len(old)]
        rows.append(_unit(unit_id, name, "chi_bo", was, FOUNDED, BEFORE, kind=kind, **about))
        rows.append(
            _unit(unit_id, name, "chi_bo", parent, REFORM, ends, successor, kind=kind, **about)
        )
    else:
        rows.append(
            _unit(unit_id, name, "chi_bo", parent, begins, ends, successor, kind=kind, **about)
        )
    exempt = min(round(members * shape.exempt * (0.5 + rng.random())), members - 2)
    habit = rng.choices(("start", "end", "next"), (65, 25, 10))[0]
    quality = 0.15 + 0.83 * rng.random() ** 0.7
    return ChiBoProfile(
        unit_id,
        shape.kind,
        members,
        official,
        max(0, exempt),
        has_chi_uy,
        has_deputy,
        mass,
        quality,
        habit,
        begins,
        ends,
    )


def _unit(
    unit_id: str,
    name: str,
    level: str,
    parent_id: str | None,
    valid_from: dt.date = FOUNDED,
    valid_to: dt.date | None = None,
    successor_id: str | None = None,
    *,
    kind: str = "cap_uy",
    **more: Any,
) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "name": name,
        "level": level,
        "kind": kind,
        "parent_id": parent_id,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "successor_id": successor_id,
        **more,
    }
