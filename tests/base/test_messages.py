import ast
import importlib
import string
import tomllib
import unicodedata
from pathlib import Path

import pytest

import assess
from assess.base import messages

PACKAGE = Path(assess.__file__).parent
ROOMS = ("excel", "exchange", "studies", "reports", "runs", "cli")
"""The packages above ``base`` that add sentences of their own."""


def catalogues():
    """Return the sentences of each package; ``base`` is without those that other packages add."""
    found = {room: importlib.import_module(f"assess.{room}.messages").SENTENCES for room in ROOMS}
    added = set().union(*found.values())
    return {"base": {c: s for c, s in messages.SENTENCES.items() if c not in added}, **found}


def codes_in_use(path):
    """Yield every code given to Finding(), input_error(), self.add() and self.known()."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            not isinstance(node, ast.Call)
            or not node.args
            or not isinstance(node.args[0], ast.Constant)
        ):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("Finding", "input_error", "known") or (
            name == "add" and "-" in str(node.args[0].value)
        ):
            yield node.args[0].value


def rooms_below(room):
    """Return the packages that a package may import by the import contract, and itself."""
    config = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    order = [name for layer in layers for name in layer.split(" | ")]
    return set(order[order.index(room) :])


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_a_code_has_its_sentence_in_the_room_that_raises_it_or_below(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    used = {code for code in codes_in_use(path) if isinstance(code, str)}
    if room in ("__init__", "__main__"):
        assert not used
        return
    below = rooms_below(room) | {"base"}
    known = {
        code for home, sentences in catalogues().items() if home in below for code in sentences
    }
    assert used - known == set()


def test_codes_are_looked_for_where_they_are_used():
    assert len({code for path in PACKAGE.rglob("*.py") for code in codes_in_use(path)}) > 150


def test_no_code_has_two_sentences():
    codes = [code for sentences in catalogues().values() for code in sentences]
    assert len(codes) == len(set(codes))


def test_advice_and_severities_are_of_codes_that_there_are():
    catalogues()
    assert {*messages.FIXES, *messages.WARNINGS, *messages.NOTES} <= set(messages.SENTENCES)
    assert not messages.WARNINGS & messages.NOTES


def test_every_sentence_is_composed_vietnamese_with_named_fields():
    for sentences in catalogues().values():
        for code, sentence in sentences.items():
            assert unicodedata.is_normalized("NFC", sentence), code
            fields = [
                name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None
            ]
            assert all(fields), code
