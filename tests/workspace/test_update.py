"""A workspace lives for years: updates renew what is untouched and never lose what was changed."""

import json
import shutil

import pytest

from assess.runs.template import read_template
from assess.workspace import lay_workspace, shipped_files, update
from assess.workspace.update import NEW, RECORD, update_workspace
from kit.command import assess

TEMPLATE, RULES = "notebooks/annual_review.ipynb", "params/rules/an-phu-hd42.yaml"


def files(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def later(monkeypatch, tmp_path):
    """The files of a later package: a template and a rule set changed, one matrix added."""
    folder = tmp_path / "gói sau"
    shipped = {}
    for name, path in shipped_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shipped[name] = shutil.copyfile(path, folder / name)
    for name in (TEMPLATE, RULES, "params/annual/qd366-2025.yaml"):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("\n" if name.endswith(".ipynb") else "# bản sau\n")
    shipped["params/runs/them.yaml"] = folder / "params/runs/them.yaml"
    shipped["params/runs/them.yaml"].write_text("id: them\n", encoding="utf-8")
    monkeypatch.setattr(update, "shipped_files", lambda: shipped)
    return shipped


def edit(path, text="# của cơ quan\n"):
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    return path.read_bytes()


def test_untouched_files_are_renewed_and_edited_ones_kept_with_the_new_beside_them(laid, later):
    mine = edit(laid.root / RULES)
    same = edit(laid.root / "params/rules/lai-chau-qd14.yaml")
    own = edit(laid.root / "params/runs/rieng.yaml", "id: rieng\n")
    (laid.root / "notebooks/period_summary.ipynb").unlink()
    before = files(laid.root)
    done = update_workspace(laid)
    assert done.renewed == [TEMPLATE, "params/annual/qd366-2025.yaml"]
    assert done.added == ["params/runs/them.yaml"]
    assert (done.edited, done.kept) == ([RULES], ["params/rules/lai-chau-qd14.yaml"])
    assert (done.removed, done.gone) == (["notebooks/period_summary.ipynb"], [])
    after = files(laid.root)
    assert after[RULES] == mine
    assert after[f"{NEW}/{RULES}"] == later[RULES].read_bytes()
    assert after["params/rules/lai-chau-qd14.yaml"] == same
    assert after["params/runs/rieng.yaml"] == own
    assert after[TEMPLATE] == later[TEMPLATE].read_bytes()
    assert after[f"ban-cu/lan-1/{TEMPLATE}"] == before[TEMPLATE]
    assert "notebooks/period_summary.ipynb" not in after
    laid.rules()  # a new version beside an edited file is read by nobody
    again = update_workspace(laid)
    assert (again.renewed, again.added, again.edited, again.old) == ([], [], [], None)
    assert RULES in again.kept
    assert files(laid.root)[f"{NEW}/{RULES}"] == later[RULES].read_bytes()  # not merged yet
    shutil.copyfile(later[RULES], laid.root / RULES)
    update_workspace(laid)
    assert f"{NEW}/{RULES}" not in files(laid.root)


def test_an_update_that_is_cut_off_is_finished_by_the_next(laid, later, monkeypatch):
    before = files(laid.root)
    put, calls = update._put, []  # noqa: SLF001 - to fail in the middle

    def stop(source, target):
        calls.append(target)
        if len(calls) == 4:
            raise OSError(28, "No space left on device", str(target))
        put(source, target)

    monkeypatch.setattr(update, "_put", stop)
    with pytest.raises(OSError, match="space"):
        update_workspace(laid)
    monkeypatch.setattr(update, "_put", put)
    half = files(laid.root)
    assert all(
        half[name] in (before[name], later[name].read_bytes()) for name in before if name in later
    )
    update_workspace(laid)
    after = files(laid.root)
    assert all(after[name] == path.read_bytes() for name, path in later.items())
    assert before[TEMPLATE] in [after[name] for name in after if name.startswith("ban-cu/")]


def test_a_workspace_laid_before_records_were_kept_is_known_by_the_digests_of_then(tmp_path, root):
    """The files of every earlier version stand in the list that ships with the package."""
    known = json.loads(
        (root / "src/assess/workspace/shipped_before.json").read_text(encoding="utf-8")
    )
    assert {name for name in known if name.startswith("notebooks/")} >= {
        f"notebooks/{path.name}" for path in (root / "notebooks").glob("*.ipynb")
    }
    laid = lay_workspace(tmp_path / "ws")
    (laid.root / RECORD).unlink()
    mine = edit(laid.root / RULES)
    done = update_workspace(laid)
    assert done.edited == [RULES]
    assert (laid.root / RULES).read_bytes() == mine
    assert (laid.root / RECORD).exists()


def test_the_command_names_every_file_and_changes_nothing_the_second_time(laid):
    edit(laid.root / RULES)
    path = laid.root / RECORD
    about = json.loads(path.read_text(encoding="utf-8"))
    about["files"][RULES] = "0" * 64  # laid by another version, edited since
    about["files"]["notebooks/het.ipynb"] = "0" * 64
    (laid.root / "notebooks/het.ipynb").write_bytes((laid.root / TEMPLATE).read_bytes())
    path.write_text(json.dumps(about), encoding="utf-8")
    done = assess("init", "--update", laid.root)
    assert done.returncode == 0, done.stderr
    assert "1 tệp đã sửa, giữ nguyên; bản mới để trong ban-moi/:\n  " + RULES in done.stdout
    assert "bản mới không còn tệp này; giữ nguyên:\n  notebooks/het.ipynb" in done.stdout
    assert read_template(laid.templates_folder / "het.ipynb").name == "het"
    (laid.root / "notebooks/het.ipynb").unlink()
    shutil.copyfile(shipped_files()[RULES], laid.root / RULES)
    again = assess("init", "--update", laid.root)
    assert again.stdout == "Không gian làm việc đã theo bản mới nhất.\n"


def test_a_folder_that_is_no_workspace_is_told(tmp_path):
    done = assess("init", "--update", tmp_path)
    assert (done.returncode, "[no-workspace]" in done.stderr) == (2, True)
