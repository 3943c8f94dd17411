"""How the client handles a kernel, or a connection to it, that breaks the protocol."""

import datetime as dt
import json

import pytest

from assess.runs import engine
from assess.runs.execute_notebook import execute
from assess.runs.failed_cell import CellFailedError
from assess.runs.kernel import KernelLimits

GIVEN = {"dang_bo": "x"}


def notebook(*codes):
    cells = [
        ("parameters", ["parameters"], 'dang_bo = ""'),
        *((f"c{i}", [], code) for i, code in enumerate(codes)),
    ]
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "id": name,
                    "metadata": {"tags": tags},
                    "execution_count": None,
                    "outputs": [],
                    "source": code,
                }
                for name, tags, code in cells
            ],
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ).encode()


def run(folder, *codes):
    return execute(
        notebook(*codes), folder, GIVEN, dt.date(2027, 1, 12), KernelLimits(), cell_seconds=30
    )


def test_what_cells_print_and_show_stands_in_their_order(tmp_path):
    made = run(
        tmp_path,
        "print('một'); print('hai')\n3",
        "import sys; print('lỗi', file=sys.stderr); dang_bo",
    )
    assert [o["output_type"] for o in made.cells[2].outputs] == ["stream", "execute_result"]
    assert made.cells[2].outputs[0]["text"] == "một\nhai\n"
    assert made.cells[3].outputs[0]["name"] == "stderr"
    assert made.cells[3].outputs[1]["data"]["text/plain"] == "'x'"


@pytest.mark.parametrize("kind", ["error", "status"])
def test_a_message_that_is_lost_on_the_way_fails_the_cell_and_is_told(tmp_path, monkeypatch, kind):
    """The publishing socket drops messages of a client that does not keep up."""
    take = engine.ReportClient.process_message

    def drops(self, message, *more, **named):
        lost = message["msg_type"] == kind and message["content"].get("execution_state") != "busy"
        return None if lost else take(self, message, *more, **named)

    monkeypatch.setattr(engine.ReportClient, "process_message", drops)
    start = engine.ReportClient.__init__

    def soon(self, *given, **named):
        start(self, *given, **{**named, "iopub_timeout": 1})

    monkeypatch.setattr(engine.ReportClient, "__init__", soon)
    with pytest.raises(CellFailedError) as caught:
        run(tmp_path, "raise ValueError('sai')" if kind == "error" else "1", "2")
    assert caught.value.name == ("ValueError" if kind == "error" else "OutputsLost")
