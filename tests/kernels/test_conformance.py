"""Jupyter's conformance suite and papermill's notebooks, on the plain and the warm kernel."""

import asyncio
import json
import os
import tempfile
from importlib.resources import files

import jupyter_kernel_test
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from assess.kernels.template import close_all

KERNELS = ("python3", "assess-warm")
NOTEBOOKS = files("papermill.tests") / "notebooks"
LEFT_OUT = {
    "binder.ipynb": "starts pip and papermill's own tests in a shell",
    "blank-vscode.ipynb": "names no kernel",
    "notimplemented_translator.ipynb": "needs R",
    "test_autosave.ipynb": "sleeps for 25 seconds and prints the time it took",
    "keyboard_interrupt.ipynb": "sleeps for a minute; interrupts are tested beside this",
}


class _Python(jupyter_kernel_test.KernelTests):
    """The samples that the suite needs of a Python kernel.

    The suite skips a test whose sample is missing.
    """

    __test__ = False
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = ({"text": "zi", "matches": {"zip"}},)
    complete_code_samples = ("1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n")
    incomplete_code_samples = ("print('''hello", "def f(x):\n  x*2")
    invalid_code_samples = ("import = 7q",)
    code_page_something = "zip?"
    code_generate_error = "raise ValueError('nothing')"
    code_execute_result = (
        {"code": "1+2+3", "result": "6"},
        {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"},
    )
    code_display_data = (
        {
            "code": "from IPython.display import HTML, display; display(HTML('<b>test</b>'))",
            "mime": "text/html",
        },
        {
            "code": "from IPython.display import Math, display; display(Math('\\\\frac{1}{2}'))",
            "mime": "text/latex",
        },
    )
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"
    code_history_pattern = "1?2*"
    supported_history_operations = (
        "tail",
        "search",
    )  # "range" is left out: IPython itself numbers the running session 0, unlike the suite

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()  # a history of its own
        os.environ["IPYTHONDIR"] = cls.home.name
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        close_all()
        del os.environ["IPYTHONDIR"]
        cls.home.cleanup()


@pytest.mark.filterwarnings(
    "ignore"
)  # the suite leaves its own streams and sockets to the garbage collector
class TestCold(_Python):
    __test__ = True
    kernel_name = "python3"


@pytest.mark.filterwarnings("ignore")
class TestWarm(_Python):
    __test__ = True
    kernel_name = "assess-warm"

    def test_the_kernel_was_forked(self):
        self.flush_channels()
        _, messages = self.execute_helper(
            "import os, pathlib; print(pathlib.Path(f'/proc/{os.getppid()}/cmdline').read_text())"
        )
        assert "assess.kernels.server" in "".join(m["content"].get("text", "") for m in messages)


def outcome(name, kernel, folder):
    """Return what a notebook printed, displayed and raised under a kernel.

    What differs from run to run by nature is removed.
    """
    error = None
    output = folder / f"{kernel}-{name}"
    try:
        papermill.execute_notebook(
            str(NOTEBOOKS / name),
            str(output),
            kernel_name=kernel,
            progress_bar=False,
            resources={"metadata": {"path": str(folder)}},
        )
    except PapermillExecutionError as raised:
        error = (
            raised.cell_index,
            raised.exec_count,
            raised.ename,
            raised.evalue,
            len(raised.traceback),
        )
    cells = json.loads(output.read_text(encoding="utf-8"))["cells"]
    shown = [
        (c["source"], c.get("execution_count"), [_plain(o) for o in c.get("outputs", [])])
        for c in cells
        if c["cell_type"] == "code"
    ]
    return error, shown


def _plain(output):
    text = json.dumps(output, sort_keys=True)
    for number in range(10):
        text = text.replace(str(number), "")
    return text


@pytest.mark.filterwarnings("ignore")  # papermill's notebooks warn on purpose
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(p.name)
        for p in sorted(NOTEBOOKS.iterdir(), key=lambda p: p.name)
        if p.name.endswith(".ipynb") and p.name not in LEFT_OUT
    ],
)
def test_papermills_own_notebooks_say_the_same_warm_and_cold(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asyncio.set_event_loop(None)
    cold, warm = (outcome(name, kernel, tmp_path) for kernel in KERNELS)
    assert warm == cold
