"""The documentation is true: examples run and print what is shown, tables match the code."""

import importlib
import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.cli import _VERBS
from assess.records import TABLES
from assess.records.tables import WANTED
from assess.rules import catalogue
from assess.runs.matrix import expand, load_matrix
from assess.workspace.office import load_offices

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
}
"""The pages at the root and in docs/, by path; recipes have a test of their own."""


def shown_outputs():
    """Each command of a page that shows what it prints: page, command, output."""
    for page, text in PAGES.items():
        for block in re.findall(r"```console\n\$ (assess .*?)```", text, re.DOTALL):
            command, shown = block.split("\n", 1)
            if shown.strip() and not shown.startswith("$ "):
                yield page, command, shown


OUTPUTS = list(shown_outputs())


@pytest.mark.parametrize(
    ("command", "shown"),
    [(command, shown) for _, command, shown in OUTPUTS],
    ids=[f"{page}: {command}" for page, command, _ in OUTPUTS],
)
def test_a_command_on_a_page_prints_what_the_page_shows(command, shown):
    words = shlex.split(command)
    done = subprocess.run(
        [str(Path(sys.executable).parent / words[0]), *words[1:]],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == shown.strip()


def test_the_tour_shows_what_four_commands_or_more_print():
    assert len([page for page, _, _ in OUTPUTS if page == "docs/tour.md"]) >= 4


def test_the_python_on_the_tour_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    examples = [
        code
        for page, text in PAGES.items()
        if page != "docs/recipes.md"
        for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    ]
    for code in examples:
        exec(compile(code, "docs", "exec"), {})  # noqa: S102 - our own example
    assert capsys.readouterr().out == "28 lines, third-party-copy\n"


def test_the_tour_names_every_verb_and_the_readme_both_make_targets():
    for verb in _VERBS:
        assert re.search(rf"^  {verb} ", PAGES["docs/tour.md"], re.MULTILINE), verb
    assert "make report" in README
    assert "make test" in README


def test_the_readme_is_one_screen_and_leads_to_every_page():
    assert len(README.splitlines()) <= 80
    linked = set(re.findall(r"\]\(([^)#]+)", README))
    assert {page for page in PAGES if page != "README.md"} <= linked


def anchors(text):
    """The names by which a page's headings are linked to."""
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }


def test_every_file_and_heading_that_the_docs_link_to_exists():
    links = 0
    for page in (*PAGES, "data/README.md", "benchmarks/RESULTS.md"):
        path = ROOT / page
        for target, anchor in re.findall(
            r"\]\((?!http)([^)#]*)(?:#([^)]+))?\)", path.read_text(encoding="utf-8")
        ):
            linked = path.parent / target if target else path
            assert linked.exists(), (page, target)
            if anchor:
                assert anchor in anchors(linked.read_text(encoding="utf-8")), (page, anchor)
            links += 1
    assert links > 50


FOLDERS = ("src", "tests", "params", "notebooks", "docs", "data", "benchmarks", r"\.ci")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_path_that_a_page_for_engineers_names_exists(page):
    named = re.findall(rf"(?<![\w/])(?:{'|'.join(FOLDERS)})/[\w./*-]*", PAGES[page])
    assert len(named) >= 5
    for path in named:
        assert list(ROOT.glob(path.rstrip("./"))), path


def test_the_make_targets_that_pages_name_are_in_the_makefile():
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = set(
        re.findall(r"(?:`|^)make ([a-z]+)", "\n".join(PAGES.values()), re.MULTILINE | re.ASCII)
    )
    assert {"report", "test", "check"} <= named <= targets


def test_the_test_that_contributing_runs_by_name_exists():
    for path, word in re.findall(r"pytest (tests/\S+) -k (\w+)", PAGES["CONTRIBUTING.md"]):
        assert re.search(rf"def test_\w*{word}", (ROOT / path).read_text(encoding="utf-8")), word


def packages_drawn():
    """The packages in the drawing of docs/architecture.md, in its order."""
    (drawing,) = re.findall(r"```\nsrc/assess/\n(.*?)```", PAGES["docs/architecture.md"], re.DOTALL)
    room = ""
    for spaces, name in re.findall(r"^( +)([\w.]+)/? ", drawing, re.MULTILINE):
        room = name if len(spaces) == 2 else room
        yield name if len(spaces) == 2 else f"{room}/{name}"


def test_the_drawing_of_the_rooms_is_the_import_contract_and_the_tree():
    drawn = list(packages_drawn())
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    assert [name.removesuffix(".py") for name in drawn if "/" not in name] == [
        name for layer in layers for name in layer.split(" | ")
    ]
    source = ROOT / "src/assess"
    packages = {p.parent.relative_to(source).as_posix() for p in source.rglob("__init__.py")}
    assert {name for name in drawn if not name.endswith(".py")} == packages - {"."}


def test_names_of_the_code_in_the_table_of_words_exist():
    words = PAGES["docs/architecture.md"].split("## Words")[1].split("## Decisions")[0]
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    classes = set(re.findall(r"`([A-Z][a-z]\w+)", words))
    assert len(classes) >= 20
    for name in classes:
        assert re.search(rf"^(?:class )?{name}\b", source, re.MULTILINE), name


def test_every_public_name_that_moved_is_told_where_it_is_now():
    moved = re.findall(r"`(assess[\w.]*)` → `(assess[\w.]*)`", PAGES["CHANGELOG.md"])
    assert len(moved) >= 3
    for old, new in moved:
        home, _, name = new.rpartition(".")
        assert hasattr(importlib.import_module(home), name) or importlib.util.find_spec(new), new
        home, _, name = old.rpartition(".")
        with pytest.raises((ImportError, AttributeError)):
            getattr(importlib.import_module(home), name)


def test_every_duty_of_the_sources_has_a_test_that_exists():
    text = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    tests = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    named = re.findall(r"`(test_[a-z0-9_]+)`", text)
    duties = re.findall(r"^\| S[0-4] \|.*$", text, re.MULTILINE)
    assert len(duties) >= 20
    assert all("`test_" in duty or "step 7" in duty for duty in duties)
    assert [name for name in named if f"def {name}(" not in tests] == []
    for mark in ("S0", "S1", "S2", "S3", "S4"):
        assert f"\n| {mark} |" in text


def test_the_templates_are_those_that_the_page_on_reports_lists():
    listed = re.findall(r"^\| `([a-z_]+)` \|", PAGES["docs/reports.md"], re.MULTILINE)
    assert {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")} == set(listed)


def test_the_rule_sets_are_those_that_the_page_on_forms_lists():
    rows = re.findall(r"^\| (`.*?) \|", PAGES["docs/forms.md"], re.MULTILINE)
    listed = set()
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row)
        listed |= {first, *(first.rpartition("-")[0] + other for other in others)}
    files = {p.stem for p in (ROOT / "params/rules").glob("*.yaml")}
    assert listed == {name for name in files if not name.endswith(".cases")}


def test_the_guide_for_staff_names_templates_and_verbs_that_exist_and_lists_every_report(
    laid,
):
    guide = (ROOT / "docs/huong-dan.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`assess ([a-z][a-z-]*)", guide)) <= set(_VERBS)
    templates = {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert set(re.findall(r"^\| `([a-z_]+)`", guide, re.MULTILINE)) == templates - {
        "readings_case",
        "readings_study",
    }
    matrix, office = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    laid.office_folder.mkdir()
    (laid.office_folder / "phuong-vi-du.yaml").write_text(office, encoding="utf-8")
    assert load_offices(laid.office_folder)["phuong-vi-du"].committee[0].symbol == "ĐU"
    path = laid.root / "params/runs/huong-dan.yaml"
    path.write_text(matrix.replace("data/store.duckdb", "data/sample"), encoding="utf-8")
    given, marked = load_matrix(path)
    assert len(expand(given, marked, laid, laid.source("data/sample").tree).runs) == 7
    assert (laid.root / "docs/huong-dan.md").exists()


def test_the_matrix_to_copy_carries_no_moment_and_says_which_unit_to_name(laid):
    text = (
        (laid.root / "params/mau/bao-cao.yaml")
        .read_text(encoding="utf-8")
        .replace("data/store.duckdb", "data/sample")
    )
    path = laid.root / "params/runs/bao-cao.yaml"
    path.write_text(text, encoding="utf-8")
    given, marked = load_matrix(path)
    assert {(entry.as_of, entry.document_date) for entry in (given, *given.reports)} == {
        (None, None)
    }
    tree = laid.source("data/sample").tree
    with pytest.raises(InputError) as caught:
        expand(given, marked, laid, tree)
    assert {f.facts["found"] for f in caught.value.findings} == {"ma-dang-bo"}
    path.write_text(text.replace("ma-dang-bo", "qs-tinh"), encoding="utf-8")
    assert {run.as_of for run in expand(*load_matrix(path), laid, tree).runs} == {
        laid.end_of_data("data/sample")
    }
    for shipped in (laid.root / "params/runs").glob("*.yaml"):
        if "records: data/sample" in shipped.read_text(encoding="utf-8") and shipped != path:
            assert "chép params/mau/bao-cao.yaml" in shipped.read_text(encoding="utf-8"), (
                shipped.name
            )


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    extras = [
        name
        for group in ("lab", "test", "check")
        for name in project["optional-dependencies"][group]
    ]
    for requirement in (*project["dependencies"], *extras):
        name = re.match(r"[A-Za-z0-9_-]+", requirement)[0]
        assert name in reasons, name


def test_the_lock_has_hashes_and_no_address():
    for name in ("requirements.lock", "requirements-lab.lock", "requirements-crate.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "--index" not in text


def columns_shown():
    """Return table name → rows of its column table in data/README.md."""
    text = (ROOT / "data/README.md").read_text(encoding="utf-8")
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name = part.split("\n", 1)[0].strip("` ")
        rows = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in part.splitlines()
            if line.startswith("| `")
        ]
        yield name, rows


def test_the_data_readme_is_the_codes_tables():
    shown = {name: rows for name, rows in columns_shown() if name in TABLES}
    assert set(shown) == set(TABLES)
    for name, table in TABLES.items():
        assert [row[0].strip("`") for row in shown[name]] == list(table.names)
        for column, (_, kind, required, unit, allowed, about) in zip(
            table.columns, shown[name], strict=True
        ):
            assert kind == column.dtype
            assert required == ("yes" if column.required else "")
            assert unit == column.unit
            wanted = list(column.choices) or (
                [f"≥ {column.low:g}"]
                if column.low is not None
                else [f"`{column.refers_to}`"]
                if column.refers_to
                else []
            )
            assert allowed == " · ".join(wanted)
            assert about == column.about


def test_every_type_of_the_data_readme_is_explained():
    text = (ROOT / "data/README.md").read_text(encoding="utf-8")
    for kind in (*WANTED, "text", "choice"):
        assert f"- `{kind}`" in text


def test_the_register_has_every_row_with_its_questions_and_options_or_the_reason_why_not():
    text = (ROOT / "docs/readings.md").read_text(encoding="utf-8")
    rows = {int(n): cells for n, cells in re.findall(r"^\| (\d+) \| (.*) \|$", text, re.MULTILINE)}
    assert sorted(rows) == list(range(1, 51))
    for question in catalogue().values():
        if question.register_row:
            row = rows[question.register_row]
            assert f"`{question.id}`" in row
            assert " · ".join(f"`{option.id}`" for option in question.options) in row
    executed = {question.register_row for question in catalogue().values()}
    for number, row in rows.items():
        if number not in executed:
            assert row.split(" | ")[1] == "—"
            assert len(row.split(" | ")[3]) > 20
