"""The fonts that an office puts into its workspace: read, proved, used, digested, compared."""

import shutil
from pathlib import Path

import matplotlib as mpl
import pikepdf
import pytest

from assess.base.errors import InputError
from assess.runs import make_plan, run_matrix
from assess.runs.ledger import Ledger
from assess.runs.verify import verify
from assess.workspace.face import LETTERS, load_face
from kit.batches import entry, write_matrix
from kit.command import assess

FONTS = Path(mpl.get_data_path()) / "fonts/ttf"
SERIF = ("DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSerif-Italic.ttf")
"""A serif that comes with a package, so that no test looks for fonts of the system."""


def put(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes((FONTS / name).read_bytes())
    return folder


def fonts_of(path):
    with pikepdf.open(path) as pdf:
        return {
            str(font["/BaseFont"]).split("+")[-1].removesuffix("-Identity-H")
            for page in pdf.pages
            for font in page.Resources.get("/Font", {}).values()
        }


def test_a_face_is_a_family_of_files_and_none_is_none(tmp_path):
    assert load_face(tmp_path) is None
    assert load_face(tmp_path / "no such folder") is None
    face = load_face(put(tmp_path, *SERIF))
    assert (face.family, set(face.files)) == ("DejaVu Serif", set(SERIF))
    assert len(LETTERS) == 2 * (12 * 6 + 1)


@pytest.mark.parametrize(
    ("names", "code", "found"),
    [
        (["cmtt10.ttf"], "face-lacks", "È É Ê"),
        (["DejaVuSerif.ttf", "DejaVuSans.ttf"], "face-mixed", "DejaVu Sans"),
        (["DejaVuSerif-Bold.ttf"], "face-no-upright", "DejaVuSerif-Bold.ttf"),
    ],
)
def test_fonts_that_would_spoil_a_document_are_refused(names, code, found, tmp_path):
    with pytest.raises(InputError) as caught:
        load_face(put(tmp_path, *names))
    assert f"[{code}]" in str(caught.value)
    assert found in str(caught.value)


def test_a_file_that_is_no_font_is_one_sentence_on_the_command_line(laid):
    laid.face_folder.mkdir()
    (laid.face_folder / "times.ttf").write_bytes(b"PK\x03\x04 not a font")
    write_matrix(laid, entry("period_summary"))
    done = assess("run", "params/runs/thu.yaml", cwd=laid.root)
    assert (done.returncode, "[face-not-a-font]" in done.stderr) == (2, True), done.stderr
    assert "times.ttf" in done.stderr


def test_a_report_is_set_in_the_face_of_the_workspace_and_made_again_when_it_changes(laid):
    path = write_matrix(laid, entry("class_list"))
    out = laid.root / "reports"
    key = "2026-Q1/qs-tinh/class_list"
    batch = run_matrix(path, laid, out)
    plain = (batch.folder / f"{key}.html").read_bytes()
    assert fonts_of(batch.folder / f"{key}.pdf") == {"LibertinusSerif-Regular", "LibertinusSerif-Bold", "LibertinusSerif-Italic"}  # fmt: skip
    put(laid.face_folder, *SERIF)
    (step,) = make_plan(path, laid, lambda name: out / name).to_make
    assert any("phông chữ" in reason for reason in step.reasons)
    run_matrix(path, laid, out)
    assert {name for name in fonts_of(batch.folder / f"{key}.pdf") if "Serif" in name} >= {
        "DejaVuSerif",
        "DejaVuSerif-Bold",
    }
    assert not any("Libertinus" in name for name in fonts_of(batch.folder / f"{key}.pdf"))
    assert (batch.folder / f"{key}.html").read_bytes() == plain
    recorded = Ledger(batch.folder).entries[key].components["face"]
    assert recorded == load_face(laid.face_folder).digest
    assert not make_plan(path, laid, lambda name: out / name).to_make

    alone = verify(batch.folder)  # without the fonts: everything but the PDF's content
    assert (alone.problems, alone.incomparable) == ((), (key,))
    both = verify(batch.folder, fonts=laid.face_folder)
    assert (both.problems, both.incomparable) == ((), ())
    # a folder elsewhere has no fonts beside it, one in its workspace has
    elsewhere = shutil.copytree(batch.folder, laid.root.with_name("noi-khac") / batch.folder.name)
    for folder, lacking in ((elsewhere, True), (batch.folder, False)):
        told = assess("verify", folder)
        assert (told.returncode, "không so được" in told.stderr) == (0, lacking)
