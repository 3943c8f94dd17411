import ast
import importlib
import inspect
import re
import string

import click
import pytest

from assess.cli import cli, click_words, main

FOR_PROGRAMMERS = re.compile(
    r"Deprecat|defined twice|cannot use the same flag|Could not determine name|No options defined"
    r"|exactly one parameter declaration|must be an iterable|Invalid start character|UUID|Choice\("
    r"|match(es)? the format|values? (is|are) required|Do you want|Confirm the action"
)
"""Sentences of click that no command here can say."""
ENGLISH = re.compile(
    r"\b(Usage|Options?|Commands?|Show|Error|Try|for help|default|required|Missing|Invalid|No such"
    r"|TEXT|PATH|FILE|DIRECTORY|INTEGER|FLOAT|RANGE|ARGS|COMMAND|OPTIONS|PERIOD|MATRIX|DANG_BO)\b"
)


def sentences_of_click():
    for name in click_words.MODULES:
        source = inspect.getsource(importlib.import_module(f"click.{name}"))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                for argument in node.args[:2]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value


def fields(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def commands(command, context, path=()):
    yield path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            yield from commands(below, click.Context(below, context, info_name=name), (*path, name))


def test_every_sentence_that_click_can_say_here_has_words_and_names_the_same_things():
    said = set(sentences_of_click())
    assert len(said) > 50
    missing = {s for s in said if not FOR_PROGRAMMERS.search(s)} - set(click_words.SENTENCES)
    assert missing - {"deprecated"} == set()
    for sentence, words in click_words.SENTENCES.items():
        assert fields(words) <= fields(sentence), sentence


def test_no_help_has_a_word_of_click_in_english():
    seen = 0
    for path, command, context in commands(cli, click.Context(cli, info_name="assess")):
        text = command.get_help(context)
        assert not ENGLISH.search(text), (path, ENGLISH.search(text))
        seen += 1
    assert seen > 35


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["khong"], "Không có lệnh khong."),
        (["inspect", "khong"], "Không có lệnh khong."),
        (["run", "--x"], "Không có tùy chọn --x."),
        (["run", "--onli", "a"], "Có phải"),
        (["explain"], "Thiếu 'CHI_BỘ'."),
        (["form", "a", "b", "c"], "Thừa: c"),
        (["backup", "-w"], "Sau tùy chọn -w phải có giá trị."),
        (["run", "--again=1"], "Tùy chọn --again không nhận giá trị."),
        (["run", "-p", "a"], "Sau tùy chọn -p phải có 2 giá trị."),
        (["verify", "--jobs", "0", "a"], "0 không nằm trong khoảng 1<=x<=64."),
        (["verify", "--jobs", "x", "a"], "“x” không phải số phù hợp."),
        (["sample", "--as", "x", "khong-co"], "“x” không có trong: 'csv', 'store', 'forms'."),
        (["verify", "--fonts", "/khong-co", "a"], "không có “/khong-co”."),
        (["inspect", "plan", "a", "2026", "--matrix", "/"], "“/” là thư mục, cần tệp."),
    ],
)
def test_a_wrong_argument_is_told_in_vietnamese(capsys, arguments, said):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out = capsys.readouterr()
    assert ended.value.code == 2
    assert said in out.err
    assert not ENGLISH.search(out.err)
