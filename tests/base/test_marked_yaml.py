import pytest

from assess.base import marked_yaml
from assess.base.errors import InputError


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


def test_a_file_that_is_not_utf8_says_on_which_line(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes("a: 1\nb: Đảng".encode("utf-16-le"))
    with pytest.raises(InputError):
        marked_yaml.read(path)
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError) as caught:
        marked_yaml.read(path)
    assert caught.value.findings[0].place.line == 2
