"""Every number of every table, read back from page and PDF, equals the library's."""

import pytest

from assess.scoring import score
from assess.scoring.period import summary
from assess.studies import contradictions, losses_by_criterion, losses_by_group, rater_pairs
from kit.rendered_tables import html_tables, number, pdf_tables, squeeze

REPORTS = [
    ("2026/xa-mau-thu/annual_review", "xa-mau-thu", "2026", "2027-01-10"),
    ("2026/qs-tinh/annual_review", "qs-tinh", "2026", "2027-01-10"),
    ("2026-Q1/xa-mau-thu/period_summary", "xa-mau-thu", "2026-Q1", "2026-04-10"),
]
FORM = "an-phu-hd42"
PRINTED = ("Tỷ lệ dự", "Tự chấm", "Cấp trên", "Điểm")
CLASSES = ["tot", "kha", "trung_binh", "kem"]


def expected(made):
    """Return table id → rows of numbers, from the library's frames.

    Their slice is cut from the CSV files, not taken from the report.
    """
    scores = score(made)
    coverage, months = summary.coverage(made, scores), summary.classes_by_month(made, scores, FORM)
    cells = summary.by_chi_bo(made, scores).merge(
        summary.results_by_chi_bo(made, scores, FORM).drop(columns="assessed"), on="chi_bo_id"
    )
    counts = months[CLASSES].sum()
    total = counts.sum()
    seldom = [c for c in ("not_held", "no_record") if coverage[c].any()]
    rarely = [c for c in ("waiting", "no_sheet", "thematic") if coverage[c].any()]
    columns = ["due", "held", *seldom, "assessed", *rarely]
    pairs = rater_pairs(scores).sort_values(
        ["difference", "chi_bo_id", "month"], ascending=[False, True, True], kind="stable"
    )
    lines = losses_by_criterion(scores)
    strange = contradictions(scores)
    by_line = strange.assign(up=strange["difference"] > 0, down=strange["difference"] < 0).groupby(
        "title"
    )
    by_line = by_line.agg(
        n=("meeting_id", "size"),
        up=("up", "sum"),
        down=("down", "sum"),
        cb=("chi_bo_id", "nunique"),
    ).reset_index()
    by_line = by_line.sort_values(["n", "title"], ascending=[False, True], kind="stable")
    meetings = scores.meetings.sort_values(["chi_bo_id", "month", "meeting_id"], kind="stable")
    held = meetings["status"] == "held"
    found = {
        "ket-qua": [[counts[c], 100 * counts[c] / total] for c in CLASSES] + [[total, 100.0]],
        "pham-vi": [*coverage[columns].to_numpy().tolist(), coverage[columns].sum().tolist()],
        "chi-bo": [
            [*row[:3], row[3] * 100]
            for row in cells[["due", "held", "assessed", "attendance"]].to_numpy().tolist()
        ],
        "xep-loai-chi-bo": cells[["assessed", *CLASSES, "mean", "minimum"]].to_numpy().tolist(),
        "giam-diem": [
            [r.weight, r.lost, 100 * r.share]
            for r in sorted(losses_by_group(scores).itertuples(), key=lambda r: -r.lost)
        ],
        "dong-giam-diem": [
            [r.max, r.lost, r.short, r.sheets]
            for r in lines[lines["lost"] > 0].head(8).itertuples()
        ],
        "hai-ben": [[p.self_total, p.superior_total, p.difference] for p in pairs.itertuples()],
        "khac-so-lieu": [
            *by_line[["n", "up", "down", "cb"]].to_numpy().tolist(),
            [
                len(strange),
                (strange["difference"] > 0).sum(),
                (strange["difference"] < 0).sum(),
                strange["chi_bo_id"].nunique(),
            ],
        ],
        "tung-buoi": [
            [
                None if not h else m.attendance_rate * 100,
                m.self_total,
                m.superior_total,
                m.total if m.assessed else None,
            ]
            for m, h in zip(meetings.itertuples(), held, strict=True)
        ],
    }
    if len(made.period.months) == 12:
        found["theo-thang"] = [
            *months[[*CLASSES, "assessed"]].to_numpy().tolist(),
            months[[*CLASSES, "assessed"]].sum().tolist(),
        ]
        found["tung-dong"] = [[r.entered, r.recomputed] for r in strange.itertuples()]
    return found


def same(shown, wanted):
    """Whether a printed number is the wanted one, rounded.

    Shares may be off by one unit, so that they add up.
    """
    value = number(shown)
    if wanted is None or wanted != wanted:
        return value is None
    decimals = len(shown.removesuffix("%").partition(",")[2])
    slack = (1.0 if shown.endswith("%") else 0.5) * 10**-decimals
    return value is not None and abs(value - wanted) <= slack + 1e-9


def numeric(row):
    return [
        cell
        for cell in row
        if cell == "–" or cell.removesuffix("%").replace(",", "").lstrip("-").isdigit()
    ]


@pytest.mark.parametrize(
    ("stem", "dang_bo", "period", "as_of"), REPORTS, ids=[r[0] for r in REPORTS]
)
def test_every_number_on_the_page_is_the_librarys(built, cut, stem, dang_bo, period, as_of):
    tables = html_tables(built / f"{stem}.html")
    wanted = expected(cut(dang_bo, period, as_of=as_of))
    assert set(wanted) <= set(tables)
    checked = 0
    for name, rows in wanted.items():
        heads, shown, _ = tables[name]
        assert len(shown) == len(rows), name
        for cells, numbers in zip(shown, rows, strict=True):
            found = numeric(cells)[-len(numbers) :]
            if name == "tung-buoi":
                found = [cells[heads.index(head)] for head in PRINTED if head in heads]
                numbers = [n for n, head in zip(numbers, PRINTED, strict=True) if head in heads]  # noqa: PLW2901
            if name == "hai-ben":
                found = [cells[i] for i in (2, 4, 6)]
            assert all(same(a, b) for a, b in zip(found, numbers, strict=True)), (
                name,
                cells,
                numbers,
            )
            checked += len(numbers)
    assert checked > 300


@pytest.mark.parametrize(
    ("stem", "dang_bo", "period", "as_of"), REPORTS, ids=[r[0] for r in REPORTS]
)
def test_the_pdf_shows_the_same_tables_cell_by_cell_and_repeats_their_heads(
    built, stem, dang_bo, period, as_of
):
    page = html_tables(built / f"{stem}.html")
    pdf = pdf_tables(built / f"{stem}.pdf")
    assert len(pdf) == len(page)
    for (head, rows, bands), table in zip(page.values(), pdf, strict=True):
        assert table[0] == [squeeze(cell) for cell in head]
        body = [
            row
            for row in table[1:]
            if not (row[0] in {squeeze(b) for b in bands} and not any(row[1:]))
        ]
        assert body == [[squeeze(cell) for cell in row] for row in rows]


def test_a_year_class_is_never_invented(built):
    text = (built / "2026/xa-mau-thu/annual_review.html").read_text(encoding="utf-8")
    assert "Chưa xếp loại cả năm của chi bộ, do chưa có quy định" in text
