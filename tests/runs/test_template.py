"""What a template declares: read as papermill reads it, and refused with a sentence where wrong."""

import json

import papermill
import pytest

from assess.runs.template import SHARED, NotATemplateError, Parameter, read_template


def write(path, *cells):
    """Write a notebook of code cells, each given as its tags and its source."""
    made = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": list(tags)},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for number, (tags, source) in enumerate(cells)
    ]
    spec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook = {"cells": made, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def test_papermill_finds_the_same_names_defaults_and_meanings(workspace):
    paths = sorted(workspace.templates_folder.glob("*.ipynb"))
    assert paths
    with_own = 0
    for path in paths:
        template = read_template(path)
        theirs = papermill.inspect_notebook(str(path))
        assert [each.name for each in template.parameters] == list(theirs)
        for each in template.parameters:
            said = theirs[each.name]
            assert eval(said["default"], {}) == each.default  # noqa: S307 - literals of our notebooks
            assert said["help"] == each.meaning
        assert tuple(theirs)[: len(SHARED)] == SHARED
        with_own += bool(template.own)
        assert all(each.meaning for each in template.own.values()), path.name
    assert with_own > 5


def test_title_and_first_words_of_the_note_to_editors_say_what_a_template_is_for(workspace):
    template = read_template(workspace.templates_folder / "inspection_plan.ipynb")
    assert template.title == "Kế hoạch kiểm tra sinh hoạt chi bộ"
    assert template.about.startswith("Kế hoạch kiểm tra gửi các đơn vị")


def test_a_mark_at_the_beginning_of_the_file_is_read_over(tmp_path):
    path = write(tmp_path / "t.ipynb", (["parameters"], "a = 1  # một\nb: float = 2\n"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_template(path).parameters == (Parameter("a", 1, "một"), Parameter("b", 2, ""))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([], "không có ô nào gắn nhãn parameters; phải có đúng một ô"),
        (
            [(["parameters"], "a = 1"), (["parameters"], "b = 1")],
            "có 2 ô gắn nhãn parameters; phải có đúng một ô",
        ),
        (
            [(["parameters"], "a = 1\nb = open('x')")],
            "giá trị mặc định của tham số b (dòng 2 của ô parameters) phải là chữ, True hoặc",
        ),
        ([(["parameters"], "a = None")], "giá trị mặc định của tham số a (dòng 1"),
        ([(["parameters"], "a = ")], "SyntaxError"),
    ],
)
def test_what_is_no_template_is_said(tmp_path, cells, said):
    with pytest.raises(NotATemplateError) as caught:
        read_template(write(tmp_path / "t.ipynb", *cells))
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("default", "good", "bad"),
    [
        ("", ["x", ""], [1, None, ["x"]]),
        (0, [3, -1], [1.5, "3", True, None]),
        (0.5, [1, 0.25], ["1", True, None]),
        (False, [True], [1, "true"]),
        ([], [[], ["a", "b"]], ["a", [1], {"a": "b"}]),
        ({}, [{}, {"a": "b"}], [["a"], {"a": 1}, {1: "b"}]),
    ],
)
def test_a_value_has_the_type_of_the_default(default, good, bad):
    parameter = Parameter("p", default)
    assert [parameter.accepts(value) for value in good] == [True] * len(good)
    assert [parameter.accepts(value) for value in bad] == [False] * len(bad)
