from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base import marked_yaml
from assess.base.errors import InputError
from assess.base.yaml_events import Events, GivesUpError

ROOT = Path(__file__).parents[2]


def read(text):
    return marked_yaml.parse(text, "f.yaml")


def test_scalars_follow_the_core_schema_and_nothing_surprises():
    data = read("a: no\nb: 007\nc: 2025-10-28\nd: 1:30\ne: true\nf: 1e3\ng: ~\nh: '5'\ni: 2.50\nj: -3").data
    assert data == {
        "a": "no", "b": "007", "c": "2025-10-28", "d": "1:30", "e": True, "f": "1e3", "g": None, "h": "5", "i": 2.5, "j": -3,
    }  # fmt: skip


def test_each_value_and_key_knows_its_line_and_column():
    marked = read("a:\n  - b: 1\n    c: 2\n")
    assert str(marked.place(("a", 0, "c"))) == "f.yaml:3:8"
    assert str(marked.place(("a", 0, "c"), key=True)) == "f.yaml:3:5"
    assert str(marked.place(("a", 0, "missing"))) == "f.yaml:2:5"


@pytest.mark.parametrize(("text", "code", "place"), [
    ("a: 1\nb: 2\na: 3", "duplicate-key", "f.yaml:3:1"),
    ("a: &x 1\nb: *x", "yaml-alias", "f.yaml:1:4"),
    ("a: !!python/object:os.system x", "yaml-tag", "f.yaml:1:4"),
    ("? [1]\n: 2", "yaml-key", "f.yaml:1:3"),
    ("a: [1", "yaml-syntax", "f.yaml:1:6"),
    ("", "empty-file", "f.yaml:1:1"),
    ("# chỉ có chú thích", "empty-file", "f.yaml:1:1"),
])  # fmt: skip
def test_what_could_mislead_is_refused_at_its_place(text, code, place):
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.findings[0].code == code
    assert str(caught.value.findings[0].place) == place


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 5000, "[" * 5000 + "]" * 5000, "{a: " * 3000, "[" * 50_000, "".join(" " * i + "a:\n" for i in range(2000))]
)
def test_what_is_nested_too_deep_is_one_finding(text):
    with pytest.raises(InputError) as caught:
        read(text)
    assert [finding.code for finding in caught.value.findings] == ["yaml-deep"]


def test_a_file_that_is_not_utf8_says_on_which_line(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes("a: 1\nb: Đảng".encode("utf-16-le"))
    with pytest.raises(InputError):
        marked_yaml.read(path)
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError) as caught:
        marked_yaml.read(path)
    assert caught.value.findings[0].place.line == 2


def both(text):
    """What the quick and the careful reader make of a text: data and positions, or the findings; the quick one may give up."""

    def made(read):
        try:
            found = read(text)
        except InputError as error:
            return error.findings
        return found.data, found.values, found.keys

    try:
        quick = Events(text)
    except GivesUpError:
        return None, made(lambda text: marked_yaml.parse_carefully(text, "f.yaml"))
    return (quick.data, quick.values, quick.keys), made(lambda text: marked_yaml.parse_carefully(text, "f.yaml"))


@pytest.mark.parametrize("path", sorted(ROOT.glob("params/*/*.yaml")), ids=lambda path: path.name)
def test_the_quick_reader_reads_every_file_of_the_workspace_as_the_careful_one_does(path):
    quick, careful = both(path.read_text(encoding="utf-8"))
    assert quick == careful
    assert list(quick[1]) == list(careful[1])  # in the same order too


@given(
    at=st.integers(0, 10**6),
    cut=st.integers(0, 3),
    into=st.sampled_from([*"[]{}:,-#&*!|>'\"%@`?~ \t\n=<", "- ", ": ", "\n  ", "Đ", "---\n"]),
)
def test_where_the_quick_reader_does_not_give_up_it_agrees_with_the_careful_one(at, cut, into):
    text = (ROOT / "params/rules/binh-thuan-khoi.yaml").read_text(encoding="utf-8")[:1200]
    at %= len(text)
    quick, careful = both(text[:at] + into + text[at + cut :])
    assert quick is None or quick == careful


@pytest.mark.parametrize("text", [
    "[" * 100_000, "- " * 5_000 + "x", "a: !!str 5", "a: &x 1", "%YAML 1.1\n---\na: 1", "a: 1\n---\nb: 2", "a: 1\na: 2", "", "? [1]\n: 2", "a: [1",
    "a: \ud800",
], ids=lambda text: text[:12].encode("unicode_escape").decode())  # fmt: skip
def test_the_quick_reader_gives_up_at_what_the_dialect_refuses(text):
    with pytest.raises(GivesUpError):
        Events(text)
