"""The engine ``assess`` does with a notebook what papermill's own engine does with a kernel.

Every difference is listed here and meant.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest

from assess.runs.execute_notebook import merge_streams

ENGINES = ("assess", "papermill")
RUNNER = Path(__file__).with_name("notebooks.py")
PUBLISHED = files("papermill.tests") / "notebooks"
TOLD = {
    "line_magic_error.ipynb": "a wrong option of a magic is an error in the cell",
    "sysexit.ipynb": "exit code 0 ends the notebook: cells would be missing silently",
    "sysexit0.ipynb": "the same",
    "sysexit1.ipynb": "the error says what was called instead of showing the call",
    "systemexit.ipynb": "exit code 0, as above",
}
"""papermill's notebooks that end otherwise on purpose; their outputs before are the same."""
IN_SOAK = (
    "broken1.ipynb",
    "broken2.ipynb",
    "no_parameters.ipynb",
    "read_check.ipynb",
    "result_no_exec.ipynb",
    "sysexit0.ipynb",
    "systemexit.ipynb",
    "test_notebooknode_io.ipynb",
)
"""papermill's notebooks that resemble others of them."""
LEFT_OUT = {
    "binder.ipynb": "starts pip and papermill's own tests in a shell",
    "blank-vscode.ipynb": "names no kernel",
    "notimplemented_translator.ipynb": "needs R",
    "test_autosave.ipynb": "sleeps for 25 seconds and prints the time it took",
    "keyboard_interrupt.ipynb": "sleeps for a minute; interrupts are tested beside this",
}

SAME = {
    "print and value": "print('một'); print('hai')\n3",
    "stderr": "import sys; print('lỗi', file=sys.stderr); 'sau'",
    "rich value": "from IPython.display import HTML; HTML('<b>đậm</b>')",
    "value hidden by a semicolon": "x = 5\nx;",
    "last values": "_, Out[max(Out)]",
    "markdown, latex, json": "from IPython.display import *\ndisplay(Markdown('*a*'), Latex('$x$'), JSON({'a': [1]}))",
    "image": "from IPython.display import Image\nImage(data=b'\\x89PNG\\r\\n\\x1a\\n', format='png')",
    "table": "import pandas as pd\npd.DataFrame({f'cột {i}': range(3) for i in range(30)})",
    "table as text": "print(pd.DataFrame({f'cột {i}': range(3) for i in range(30)}))",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "figure shown": "%matplotlib inline\nplt.bar(['a'], [1]); plt.show(); print('sau hình')",
    "figure format": "%config InlineBackend.figure_formats = ['svg']\nlen(plt.get_fignums())",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\n'đợi xong'",
    "async for and with": "async def g():\n    yield 1\n[i async for i in g()]",
    "gather": "await asyncio.gather(*(asyncio.sleep(0.01, i) for i in range(3)))",
    "asyncio.run": "asyncio.run(asyncio.sleep(0))",
    "display handle": "h = display('đầu', display_id='ở đây')",
    "update of an earlier cell": "h.update('sau'); print('đã đổi')",
    "update twice": "display(1, display_id='b'); display(2, display_id='b'); update_display(3, display_id='b')",
    "clear": "print('mất'); clear_output(); print('còn')",
    "clear with wait": "print('mất')\nclear_output(wait=True)\nprint('còn')",
    "clear with wait at the end": "print('còn'); clear_output(wait=True)",
    "capture": "%%capture kept\nprint('giữ')\ndisplay(1)",
    "captured": "kept.stdout, len(kept.outputs)",
    "redirected": "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    print('riêng')\nout.getvalue()",
    "shell command": "!echo từ vỏ lệnh",
    "shell command kept": "found = !printf 'a\\nb\\n'\nfound",
    "cell magic": "%%bash\necho từ bash",
    "line magics": "%pwd\n%who_ls int",
    "javascript": "%%javascript\n1 + 1",
    "help": "print?",
    "subprocess that is read": "import subprocess\nsubprocess.run(['echo', 'đọc'], capture_output=True, text=True).stdout",
    "thread that prints": "import threading\nt = threading.Thread(target=print, args=('luồng',)); t.start(); t.join()",
    "progress bar": "from tqdm import tqdm\nfor _ in tqdm([1], ncols=40, bar_format='{desc}xong'): pass",
    "widget without ids": "import ipywidgets\ntype(ipywidgets.IntSlider(3)).__name__",
    "log": "import logging\nlogging.warning('chú ý')",
    "warning": "import warnings\nwarnings.simplefilter('always'); warnings.warn('coi chừng')",
    "half letters": "print('\\ud800'.encode(errors='replace'))",
    "pickle of a local class": "import pickle\nclass Lớp: pass\ntype(pickle.loads(pickle.dumps(Lớp()))).__module__",
    "child of multiprocessing": "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(1) as pool:\n    print(pool.map(abs, [-1]))",
    "name of the module": "__name__, __spec__",
    "environment": "import os\n[os.environ.get(k) for k in ('PAGER', 'TERM', 'FORCE_COLOR')]",
    "error": "def f(n):\n    return 1 / n\nf(0)",
    "chained error": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('sai') from e",
    "syntax error": "def f(:",
    "unknown name": "chưa_có",
    "error while awaiting": "async def sai():\n    raise RuntimeError('trong lúc đợi')\nawait sai()",
    "error while displaying": "class X:\n    def _repr_html_(self): raise ValueError('không hiện được')\nX()",
    "interrupt": "import signal\nos.kill(os.getpid(), signal.SIGINT)\nimport time; time.sleep(5)",
    "assertion": "assert 1 == 2, 'khác'",
}
"""Cells of one notebook, run one after the other; each may raise."""

MEANT = {
    "no front end": ("input('tên? ')", "the same error, raised in another place"),
    "recursion": ("def sâu(n): return sâu(n + 1)\nsâu(0)", "the same error, some frames earlier"),
    "no front end for passwords": ("import getpass; getpass.getpass()", "the same"),
    "unknown magic": (
        "%không_có",
        "an error in the cell; with a kernel only a line on stderr, and papermill goes on",
    ),
    "text of C and of child processes": (
        "import ctypes, subprocess\nprint('1')\nctypes.CDLL(None).puts(b'2')\nsubprocess.run(['echo', '3'])\nprint('4')",
        "in order; with a kernel it comes when a thread has read it, or in the server's terminal",
    ),
}
FATAL = {
    "exit without word": ("import os\nprint('trước'); os._exit(7)", "mã thoát 7"),
    "segmentation fault": ("import ctypes\nprint('trước'); ctypes.string_at(0)", "SIGSEGV"),
    "killed": ("import os\nprint('trước'); os.kill(os.getpid(), 9)", "SIGKILL"),
    "system exit": ("import sys\nprint('trước'); sys.exit(0)", "ô lệnh gọi sys.exit(0)"),
    "stack overflow in C": (
        "import faulthandler\nprint('trước'); faulthandler._stack_overflow()",
        "SIGSEGV",
    ),
    "endless": ("print('trước')\nwhile True: pass", "ô lệnh chạy quá 3 giây"),
}
"""Cells that end or hold their process: the engine ``assess`` keeps the notebook, with an error."""


def notebook(cells):
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                source, id=f"c{number}", metadata={"tags": ["raises-exception"]}
            )
            for number, source in enumerate(cells)
        ]
    )
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    return made


def run(engine, folder, seconds=120):
    """Run all notebooks of a folder in a process of their own."""
    done = subprocess.run(
        [sys.executable, RUNNER, engine, folder, str(seconds)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "IPYTHONDIR": str(folder / ".ipython")},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The notebook of all SAME and MEANT cells under each engine: the cells by name."""
    names = [*SAME, *MEANT]
    found = {}
    for engine in ENGINES:
        folder = tmp_path_factory.mktemp(engine)
        nbformat.write(
            notebook([*SAME.values(), *(code for code, _ in MEANT.values())]),
            folder / "all.ipynb",
        )
        run(engine, folder)
        made = nbformat.read(folder / "all.ipynb", 4)
        merge_streams(made)
        by_id = {cell.id: cell for cell in made.cells}  # papermill adds cells that tell errors
        found[engine] = {name: by_id[f"c{number}"] for number, name in enumerate(names)}
    return found


def plain(cell):
    """Return outputs and number of a cell, without what differs from run to run."""
    text = json.dumps([cell.get("outputs"), cell.get("execution_count")], ensure_ascii=False)
    text = re.sub(r"0x[0-9a-f]+|ipykernel_\d+/\d+|pid=\d+", "…", text)
    return re.sub(r"/\S*?/(assess|papermill)\d", "…", text)


@pytest.mark.parametrize("name", SAME)
def test_a_cell_has_the_same_outputs_as_with_a_kernel(ours, name):
    assert plain(ours["assess"][name]) == plain(ours["papermill"][name])


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("no front end", "StdinNotImplementedError"),
        ("no front end for passwords", "StdinNotImplementedError"),
        ("recursion", "RecursionError"),
    ],
)
def test_an_error_raised_elsewhere_is_the_same_error(ours, name, error):
    found = [
        (last["ename"], last["evalue"])
        for last in (ours[engine][name].outputs[-1] for engine in ENGINES)
    ]
    assert found[0] == found[1]
    assert found[0][0] == error


def test_what_is_printed_past_python_stands_where_it_was_printed(ours):
    (output,) = ours["assess"]["text of C and of child processes"].outputs
    assert output["text"] == "1\n2\n3\n4\n"


def test_an_unknown_magic_is_an_error_and_not_only_a_line(ours):
    kinds = {
        engine: [o["output_type"] for o in ours[engine]["unknown magic"].outputs]
        for engine in ENGINES
    }
    assert kinds == {"assess": ["stream", "error"], "papermill": ["stream"]}


@pytest.fixture(scope="module")
def fatal(tmp_path_factory):
    """The notebooks of FATAL after the engine ``assess``."""
    folder = tmp_path_factory.mktemp("fatal")
    for name, (code, _) in FATAL.items():
        nbformat.write(notebook(["'đầu'", code, "'cuối'"]), folder / f"{name}.ipynb")
    run("assess", folder, seconds=3)
    return folder


@pytest.mark.parametrize("name", FATAL)
def test_a_cell_that_ends_or_holds_its_process_leaves_its_notebook(fatal, name):
    made = nbformat.read(fatal / f"{name}.ipynb", 4)
    cells = [cell for cell in made.cells if cell.source in ("'đầu'", FATAL[name][0], "'cuối'")]
    first, failed, never = cells
    assert first.outputs[0]["data"]["text/plain"] == "'đầu'"
    assert failed.outputs[0]["text"] == "trước\n"
    assert FATAL[name][1] in failed.outputs[-1]["evalue"]
    assert never.outputs == []


def executed(tmp_path_factory, names):
    """Execute some of papermill's own notebooks under each engine; return the folders."""
    folders = {}
    for engine in ENGINES:
        folders[engine] = folder = tmp_path_factory.mktemp(engine)
        for name in names:
            shutil.copy(str(PUBLISHED / name), folder / name)
        run(engine, folder)
    return folders


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return executed(tmp_path_factory, OTHERS)


OTHERS = sorted(
    path.name
    for path in PUBLISHED.iterdir()
    if path.name.endswith(".ipynb") and path.name not in (*LEFT_OUT, *IN_SOAK)
)


@pytest.mark.soak
def test_more_of_papermills_own_notebooks_say_the_same(tmp_path_factory):
    folders = executed(tmp_path_factory, IN_SOAK)
    for name in IN_SOAK:
        check_same(folders, name)


@pytest.mark.parametrize("name", OTHERS)
def test_papermills_own_notebooks_say_the_same(published, name):
    check_same(published, name)


def check_same(published, name):
    ours, theirs = (outcome(published[engine] / name) for engine in ENGINES)
    if name in TOLD:
        assert "Error" in ours[0] or "SystemExit" in ours[0]
        ours, theirs = (re.sub(r'(, )?\{"ename".*?\}(, )?', "", said) for _, said in (ours, theirs))
    assert ours == theirs


def outcome(path):
    """Return what a notebook said and raised, without what differs from run to run by nature."""
    raised = path.with_suffix(".raised")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    shown = [
        (cell["source"], cell.get("execution_count"), cell.get("outputs"))
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    text = json.dumps(shown, sort_keys=True)
    text = re.sub(r"\d", "", text.replace(str(path.parent), "…"))
    return raised.read_text(encoding="utf-8") if raised.exists() else "", text


def test_papermills_command_finds_the_engine_and_passes_what_it_is_told(tmp_path):
    made = notebook(["n = 1", "import os; print(os.getcwd(), n)"])
    made.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(made, tmp_path / "in.ipynb")
    (tmp_path / "nơi khác").mkdir()
    command = [Path(sys.executable).parent / "papermill", "--engine", "assess", "-p", "n", "5"]
    subprocess.run(
        [*command, "in.ipynb", "out.ipynb", "--cwd", "nơi khác", "--no-progress-bar"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    last = nbformat.read(tmp_path / "out.ipynb", 4).cells[-1]
    assert last.outputs[0]["text"] == f"{tmp_path}/nơi khác 5\n"


def test_a_notebook_in_another_language_goes_to_papermills_own_engine(tmp_path, monkeypatch):
    """A kernel that is not Python: here one that only says what it is asked to run."""
    kernels = tmp_path / "kernels" / "echo"
    kernels.mkdir(parents=True)
    (tmp_path / "echo_kernel.py").write_text(ECHO, encoding="utf-8")
    spec = {
        "argv": [sys.executable, str(tmp_path / "echo_kernel.py"), "-f", "{connection_file}"],
        "display_name": "Echo",
        "language": "echo",
    }
    (kernels / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    made = notebook(["xin chào"])
    made.metadata["kernelspec"] = {"name": "echo", "display_name": "Echo", "language": "echo"}
    nbformat.write(made, tmp_path / "in.ipynb")
    command = [Path(sys.executable).parent / "papermill", "--engine", "assess", "in.ipynb"]
    subprocess.run(
        [*command, "out.ipynb", "--no-progress-bar"],
        cwd=tmp_path,
        env={**os.environ, "JUPYTER_PATH": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    assert nbformat.read(tmp_path / "out.ipynb", 4).cells[0].outputs[0]["text"] == "xin chào"


ECHO = """
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class Echo(Kernel):
    implementation, implementation_version, banner = "Echo", "1", ""
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}

    async def do_execute(self, code, silent, *_, **__):
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": code})
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}


IPKernelApp.launch_instance(kernel_class=Echo)
"""
