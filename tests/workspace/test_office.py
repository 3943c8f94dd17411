"""What an office prints on its documents: dated, inherited, proved, blank where unknown."""

import json

import pytest

from assess.base.errors import InputError
from assess.records import open_slice
from assess.runs import make_plan, run_matrix
from assess.runs.page_check import html_text, pdf_pages
from assess.runs.verify import verify
from assess.workspace.office import issue_data, load_offices
from kit.batches import entry, write_matrix
from kit.rendered_tables import squeeze

WARD = """unit: phuong-vi-du
committee:
  - since: 2025-07-01
    post: "BÍ THƯ"
    stored: "Lưu Văn phòng Đảng ủy"
  - since: 2026-06-01
    symbol: "ĐU-VD"
    place: "Ví Dụ"
    authority: "T/M BAN THƯỜNG VỤ"
    post: "PHÓ BÍ THƯ"
    name: "Nguyễn Văn Mẫu"
    recipients: ["Tỉnh ủy Minh Họa (để báo cáo)", "Ban Tổ chức Tỉnh ủy"]
    stored: "Lưu Văn phòng Đảng ủy"
    kinds:
      KẾ HOẠCH: {authority: "T/L BAN THƯỜNG VỤ", post: "CHÁNH VĂN PHÒNG", name: "Trần Thị Thử"}
commission:
  - since: 2026-01-01
    symbol: "UBKT-VD"
"""


@pytest.fixture
def office(laid):
    laid.office_folder.mkdir(exist_ok=True)
    (laid.office_folder / "phuong-vi-du.yaml").write_text(WARD, encoding="utf-8")
    return laid


def settled(laid, tree, unit, day, number=""):
    import datetime as dt

    on = dt.date.fromisoformat(day)
    end = min(on, dt.date(2026, 12, 31))
    text = issue_data(load_offices(laid.office_folder), tree, unit, end, on, number)
    return json.loads(text) if text else None


def test_the_entry_of_the_day_holds_and_nothing_is_settled_before_the_first(office, source):
    tree = source.tree
    assert settled(office, tree, "phuong-vi-du", "2025-06-30") is None
    first = settled(office, tree, "phuong-vi-du", "2025-07-01")["units"]["phuong-vi-du"]
    assert first == {"committee": {"post": "BÍ THƯ", "stored": "Lưu Văn phòng Đảng ủy"}}
    later = settled(office, tree, "phuong-vi-du", "2026-12-31", "12")
    assert later["number"] == "12"
    assert later["units"]["phuong-vi-du"]["committee"]["name"] == "Nguyễn Văn Mẫu"
    assert later["units"]["phuong-vi-du"]["commission"] == {"symbol": "UBKT-VD"}


def test_the_signer_is_that_of_the_documents_day_and_not_of_the_periods_last(office, tmp_path):
    path = office.office_folder / "phuong-vi-du.yaml"
    later = '  - since: 2027-01-01\n    post: "BÍ THƯ"\n    name: "Phạm Thị Mẫu"\n'
    path.write_text(WARD.replace("commission:\n", f"{later}commission:\n"), encoding="utf-8")
    write_matrix(office, entry("upward_summary", "phuong-vi-du", "2026"))  # dated 12/01/2027
    batch = run_matrix(office.root / "params/runs/thu.yaml", office, tmp_path, draft=True)
    page = (batch.folder / "2026/phuong-vi-du/upward_summary.html").read_text(encoding="utf-8")
    assert ("Phạm Thị Mẫu" in page, "Nguyễn Văn Mẫu" in page) == (True, False)


def test_a_unit_below_takes_place_and_storage_but_no_head_number_or_signer(office, source):
    found = settled(office, source.tree, "ubnd-vi-du", "2026-12-31")["units"]["ubnd-vi-du"]
    assert found == {"committee": {"place": "Ví Dụ", "stored": "Lưu Văn phòng Đảng ủy"}}


def test_a_document_that_can_be_sent_has_number_recipients_and_signer_in_every_format(
    office, tmp_path
):
    write_matrix(
        office,
        entry(
            "period_summary", "phuong-vi-du", "2026", also="[docx]", numbers="{phuong-vi-du: '38'}"
        ),
        entry("inspection_plan", "phuong-vi-du", "2026"),
        entry("upward_summary", "qs-tinh", "2026"),
    )
    matrix = office.root / "params/runs/thu.yaml"
    batch = run_matrix(matrix, office, tmp_path)
    assert batch.failed == ()
    folder = batch.folder / "2026/phuong-vi-du"
    page = html_text((folder / "period_summary.html").read_text(encoding="utf-8"))
    printed = " ".join(" ".join(pdf_pages(folder / "period_summary.pdf")).split())
    for text in (page, printed):
        for part in (
            "Số 38-BC/ĐU-VD",
            "Ban Tổ chức Tỉnh ủy;",
            "Lưu Văn phòng Đảng ủy.",
            "PHÓ BÍ THƯ",
            "Nguyễn Văn Mẫu",
        ):
            assert squeeze(part) in squeeze(text), part
    plan = html_text((folder / "inspection_plan.html").read_text(encoding="utf-8"))
    for part in ("T/L BAN THƯỜNG VỤ", "CHÁNH VĂN PHÒNG", "Trần Thị Thử"):
        assert part in plan
    assert "38" not in plan.split("KẾ HOẠCH")[0]
    blank = html_text(
        (batch.folder / "2026/qs-tinh/upward_summary.html").read_text(encoding="utf-8")
    )
    assert "Số -BC/ĐU" in blank.replace("  ", " ")
    # a digest of its own: the content is the same whoever signs
    digest = open_slice(folder / "period_summary.slice").digest
    path = office.office_folder / "phuong-vi-du.yaml"
    path.write_text(WARD.replace("Nguyễn Văn Mẫu", "Lê Văn Thử"), encoding="utf-8")
    steps = make_plan(matrix, office, lambda name: tmp_path / name).steps
    assert [(s.run.dang_bo, s.reasons) for s in steps if s.action == "run"] == [
        ("phuong-vi-du", ("thể thức văn bản: khác",)),
        ("phuong-vi-du", ("thể thức văn bản: khác",)),
    ]
    run_matrix(matrix, office, tmp_path)
    assert open_slice(folder / "period_summary.slice").digest == digest
    assert "Lê Văn Thử" in (folder / "period_summary.html").read_text(encoding="utf-8")
    assert all(s.action == "reuse" for s in make_plan(matrix, office, lambda n: tmp_path / n).steps)
    path.unlink()
    assert verify(batch.folder).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("unit: phuong-vi-du", "unit: phuong-khac", "id-is-not-file-name"),
        ("since: 2026-06-01", "since: 2025-07-01", "office-order"),
        ("since: 2026-06-01", "since: 01/6/2026", "bad-date"),
        ('symbol: "ĐU-VD"', 'kyhieu: "ĐU-VD"', "unknown-key"),
        ("KẾ HOẠCH:", "KẾ HOẠCH NĂM:", "not-allowed"),
    ],
)
def test_what_is_wrong_in_an_office_file_is_told_at_its_place_before_anything_runs(
    office, tmp_path, old, new, code
):
    path = office.office_folder / "phuong-vi-du.yaml"
    path.write_text(WARD.replace(old, new, 1), encoding="utf-8")
    write_matrix(office, entry("period_summary"))
    with pytest.raises(InputError) as caught:
        run_matrix(office.root / "params/runs/thu.yaml", office, tmp_path)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.place.file.endswith("phuong-vi-du.yaml")
    assert finding.place.line > 0
