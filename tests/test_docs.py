"""The documentation is true: examples run and print what is shown, tables match the code."""

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

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = [
    block.split("\n", 1)
    for block in re.findall(r"```console\n\$ (assess .*?)```", README, re.DOTALL)
]


@pytest.mark.parametrize(("command", "shown"), CONSOLE, ids=[c for c, _ in CONSOLE])
def test_a_command_in_the_readme_prints_what_the_readme_shows(command, shown):
    words = shlex.split(command)
    done = subprocess.run(
        [str(Path(sys.executable).parent / words[0]), *words[1:]],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == shown.strip()


def test_the_python_in_the_readme_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own example
    assert capsys.readouterr().out == "28 lines, third-party-copy\n"


def test_the_readme_names_every_verb_and_both_make_targets():
    for verb in _VERBS:
        assert f"assess {verb}" in README or re.search(rf"^  {verb} ", README, re.MULTILINE)
    assert "make report" in README
    assert "make test" in README


def test_every_file_that_the_docs_link_to_exists():
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "data/README.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


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


def test_the_templates_are_those_that_the_readme_lists():
    listed = re.findall(
        r"^\| `([a-z_]+)` \|", README[README.index("## The year's reports") :], re.MULTILINE
    )
    assert {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")} == set(listed[:14])


def test_the_guide_for_staff_names_templates_and_verbs_that_exist_and_lists_every_report_of_the_readme(
    laid,
):
    guide = (ROOT / "docs/huong-dan.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`assess ([a-z]+)", guide)) <= set(_VERBS)
    templates = {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert set(re.findall(r"^\| `([a-z_]+)`", guide, re.MULTILINE)) == templates - {
        "readings_case",
        "readings_study",
    }
    (matrix,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
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
    for name in ("requirements.lock", "requirements-lab.lock"):
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
