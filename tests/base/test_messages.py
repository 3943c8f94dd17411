import ast
import string
from pathlib import Path

import assess
from assess.base.messages import SENTENCES

SOURCES = sorted(Path(assess.__file__).parent.rglob("*.py"))


def codes_in_use():
    """Every string given as a code to Finding(), input_error(), self.add() and self.known()."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Finding", "input_error", "known") or (name == "add" and "-" in str(node.args[0].value)):
                yield node.args[0].value


def test_every_code_that_is_raised_has_its_sentence():
    used = {code for code in codes_in_use() if isinstance(code, str)}
    assert len(used) > 50
    assert used - set(SENTENCES) == set()


def test_every_sentence_is_composed_vietnamese_with_named_fields():
    for code, sentence in SENTENCES.items():
        fields = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
        assert all(fields), code
