import itertools
import re
from pathlib import Path

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from assess.base import libyaml, marked_yaml
from assess.base.errors import InputError
from kit.examples import examples
from kit.reached import Reached

ROOT = Path(__file__).parents[2]


def read(text):
    return marked_yaml.parse(text, "f.yaml")


def test_scalars_follow_the_core_schema_and_nothing_surprises():
    data = read(
        "a: no\nb: 007\nc: 2025-10-28\nd: 1:30\ne: true\nf: 1e3\ng: ~\nh: '5'\ni: 2.50\nj: -3"
    ).data
    assert data == {
        "a": "no",
        "b": "007",
        "c": "2025-10-28",
        "d": "1:30",
        "e": True,
        "f": "1e3",
        "g": None,
        "h": "5",
        "i": 2.5,
        "j": -3,
    }


def test_each_value_and_key_knows_its_line_and_column():
    marked = read("a:\n  - b: 1\n    c: 2\n")
    assert str(marked.place(("a", 0, "c"))) == "f.yaml:3:8"
    assert str(marked.place(("a", 0, "c"), key=True)) == "f.yaml:3:5"
    assert str(marked.place(("a", 0, "missing"))) == "f.yaml:2:5"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\nb: 2\na: 3", "duplicate-key", "f.yaml:3:1"),
        ("a: &x 1\nb: *x", "yaml-alias", "f.yaml:1:4"),
        ("a: !!python/object:os.system x", "yaml-tag", "f.yaml:1:4"),
        ("? [1]\n: 2", "yaml-key", "f.yaml:1:3"),
        ("a: [1", "yaml-syntax", "f.yaml:1:6"),
        ("", "empty-file", "f.yaml:1:1"),
        ("# chỉ có chú thích", "empty-file", "f.yaml:1:1"),
    ],
)
def test_what_could_mislead_is_refused_at_its_place(text, code, place):
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.findings[0].code == code
    assert str(caught.value.findings[0].place) == place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1", "có dấu tab"),
        ("a: b: c", "dấu hai chấm"),
        ("a\nb: 1", "thiếu dấu hai chấm ở dòng trước"),
        ("a: 1\n  b: 2\n c: 3", "thụt dòng không khớp"),
        ("a: 1\n- 2", "thụt dòng không khớp"),
        ("a: 'x' y", "thừa chữ sau giá trị"),
        ("a: - 1", "xuống dòng mới"),
        ("a: [1, 2", "dấu ]"),
        ("a: {x: 1", "dấu }"),
        ('a: "x', "dấu nháy mở mà không đóng"),
        ('a: "\\q"', "dùng nháy đơn"),
        ("---\na: 1\n---\nb: 2", "chỉ được một"),
        ("a: @x", "đặt trong dấu nháy"),
        ("a: *x", "dấu *"),
        ("a: & x", "dấu * hoặc &"),
        ("a: !x!y 1", "dấu !"),
        ("a: \x01", "ký tự điều khiển"),
        ("a: |9x\n b", "không đọc được chỗ này"),
        ("%YAML 3.0\n---\na: 1", "không đọc được chỗ này"),
    ],
)
def test_wrong_yaml_is_told_in_vietnamese(text, said):
    with pytest.raises(InputError) as caught:
        read(text)
    (finding,) = caught.value.findings
    assert (finding.code, said in finding.sentence) == ("yaml-syntax", True), finding.sentence
    assert not any(word in str(finding) for word in ("expected", "found", "while", "allowed"))


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5000,
        "[" * 5000 + "]" * 5000,
        "{a: " * 3000,
        "[" * 50_000,
        "".join(" " * i + "a:\n" for i in range(2000)),
    ],
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


@pytest.mark.parametrize("path", sorted(ROOT.glob("params/*/*.yaml")), ids=lambda path: path.name)
def test_every_file_of_the_workspace_is_read_and_each_value_stands_where_it_is_written(path):
    marked = marked_yaml.read(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    for (*_, last), (line, column) in marked.keys.items():
        assert lines[line - 1][column - 1 :].lstrip("\"'").startswith(last)
    assert set(marked.keys) <= set(marked.values)


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 5_000 + "x"], ids=["brackets", "dashes"])
def test_what_is_nested_too_deeply_is_refused_in_one_sentence(text):
    with pytest.raises(InputError) as caught:
        marked_yaml.parse(text, "f.yaml")
    assert [finding.code for finding in caught.value.findings] == ["yaml-deep"]


@given(
    at=st.integers(0, 10**6),
    cut=st.integers(0, 3),
    into=st.sampled_from(
        [*"[]{}:,-#&*!|>'\"%@`?~ \t\n=<", "- ", ": ", "\n  ", "Đ", "---\n", "\ud800"]
    ),
)
def test_a_damaged_file_is_read_or_refused_at_a_place_and_nothing_else(at, cut, into):
    text = (ROOT / "params/rules/binh-thuan-khoi.yaml").read_text(encoding="utf-8")[:1200]
    at %= len(text)
    findings = ()
    try:
        marked_yaml.parse(text[:at] + into + text[at + cut :], "f.yaml")
    except InputError as error:
        findings = error.findings
    event("refused" if findings else "read")
    assert all(finding.place.file == "f.yaml" for finding in findings)


EVERY_TEXT = re.compile("")
"""As ``PARSED_OTHERWISE``: nothing is given to libyaml."""
PIECES = [
    *"[]{}:,-#&*|>'\"%@`~ \n=<\r",
    *(
        "\xa0",
        "\0",
        "\ud800",
        "😀",
        "Đ",
        "- ",
        ": ",
        "\n  ",
        "\n    ",
        "a: ",
        "b c",
        "null",
        "<<: ",
    ),
    *(
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "''",
        "|2-\n",
        "&a ",
        "*a ",
        "\\x41",
        "? ",
        "!!str ",
        "\t",
        "\ufeff",
    ),
]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("params/*/*.yaml"))]


def all_of(text):
    """Return what parsing gives: data and places, or codes, facts and places."""
    try:
        marked = read(text)
    except InputError as error:
        return [(f.code, f.place, f.facts) for f in error.findings]
    return repr(marked.data), marked.values, marked.keys


@st.composite
def broken_texts(draw):
    """Draw some lines of a file of the workspace with a few pieces put in, or pieces only."""
    text = draw(st.sampled_from(TEXTS))
    start = text.rfind("\n", 0, draw(st.integers(0, len(text) - 1))) + 1
    text = text[start : start + draw(st.sampled_from([0, 60, 200, 400]))]
    for _ in range(draw(st.integers(0, 10 if not text else 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(PIECES)) + text[at + draw(st.integers(0, 3)) :]
    return text


@pytest.fixture
def both_parsers(monkeypatch):
    """Parse a text by both, which must give the same; return the one in use, and what it gives."""
    composed = []
    compose = libyaml.LibyamlLoader.get_single_node

    def get_single_node(loader):
        composed.append(compose(loader))
        return composed[-1]

    monkeypatch.setattr(libyaml.LibyamlLoader, "get_single_node", get_single_node)

    def parse(text):
        composed.clear()
        found = all_of(text)
        parser = "libyaml" if composed else "slow parser"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(libyaml, "PARSED_OTHERWISE", EVERY_TEXT)
            assert all_of(text) == found
        return parser, found

    return parse


def test_libyaml_reads_every_file_of_the_workspace_as_the_slow_parser_does(both_parsers):
    assert {both_parsers(text)[0] for text in TEXTS} == {"libyaml"}


def test_libyaml_reads_broken_files_as_the_slow_parser_does(both_parsers):
    reached = Reached()

    @examples(300, derandomize=True)
    @example("{a: , b: 1}")
    @example("a: {b:\n  }")
    @example("? ")
    @example("a: |#")
    @example("[s?t]")
    @example("!'! a")
    @example("a:\tb")
    @example("!")
    @example("---\n\n    ")
    @example("a: \ufeffb\nc: d")
    @given(broken_texts())
    def compare(text):
        parser, found = both_parsers(text)
        reached.note(parser, "read" if isinstance(found, tuple) else "refused")

    compare()
    reached.must_have_seen(*itertools.product(["libyaml", "slow parser"], ["read", "refused"]))


def test_a_pyyaml_built_without_libyaml_reads_the_same(root, monkeypatch):
    path = root / "params/rules/an-phu-hd42.yaml"
    fast = marked_yaml.parse(path.read_text(encoding="utf-8"), path.name)
    monkeypatch.setattr(marked_yaml.yaml, "__with_libyaml__", False)
    slow = marked_yaml.parse(path.read_text(encoding="utf-8"), path.name)
    assert fast == slow
