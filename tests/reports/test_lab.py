"""JupyterLab: templates are saved clean, blocks bring their style in the colours of its theme."""

import json
from importlib.metadata import files
from types import SimpleNamespace

import nbformat
import pytest

from assess.reports.html import block_html
from assess.reports.lab import _load_jupyter_server_extension, keep_template_clean
from kit.templates import NAMES, ROOT


def ran(content):
    """Return a notebook as Lab saves it after all cells were run."""
    for number, cell in enumerate(content["cells"], start=1):
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["metadata"] |= {"execution": {"iopub.status.busy": "2026"}, "scrolled": True}
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "Đảng bộ X"}]
    content["metadata"]["language_info"] |= {"version": "3.11.7", "pygments_lexer": "ipython3"}
    content["metadata"]["widgets"] = {}
    return content


@pytest.mark.parametrize("name", NAMES)
def test_a_template_that_was_run_is_saved_as_it_was(name, tmp_path):
    text = (ROOT / f"notebooks/{name}.ipynb").read_text(encoding="utf-8")
    (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    model = {"type": "notebook", "content": ran(json.loads(text))}
    keep_template_clean(model, f"/{name}.ipynb", SimpleNamespace(root_dir=str(tmp_path)))
    saved = nbformat.writes(nbformat.from_dict(model["content"]))
    assert saved.rstrip("\n") == text.rstrip("\n")


def test_executed_reports_and_other_notebooks_keep_their_outputs(tmp_path):
    text = (ROOT / "notebooks/period_summary.ipynb").read_text(encoding="utf-8")
    executed = ran(json.loads(text))
    executed["cells"][1]["metadata"]["tags"] = ["injected-parameters"]
    other = ran(json.loads(text))
    for cell in other["cells"]:
        cell["metadata"].pop("tags", None)
    for content in (executed, other):
        model = {"type": "notebook", "content": json.loads(json.dumps(content))}
        keep_template_clean(model, "x.ipynb", SimpleNamespace(root_dir=str(tmp_path)))
        assert model["content"] == content
    folder = {"type": "directory", "content": []}
    keep_template_clean(folder, "x", SimpleNamespace(root_dir=str(tmp_path)))
    assert folder == {"type": "directory", "content": []}


def test_the_installed_package_tells_jupyter_server_of_it():
    (config,) = [path for path in files("assess") if path.name == "assess.json"]
    told = json.loads(config.read_text(encoding="utf-8"))
    extensions = {"assess.desk": True, "assess.reports.lab": True}
    assert told == {"ServerApp": {"jpserver_extensions": extensions}}
    hooks = []
    manager = SimpleNamespace(register_pre_save_hook=hooks.append)
    _load_jupyter_server_extension(SimpleNamespace(contents_manager=manager))
    assert hooks == [keep_template_clean]


def test_the_head_brings_the_style_of_all_blocks_and_others_do_not():
    head = {
        "type": "header", "superior": "", "issuer": "ĐẢNG ỦY A", "sign": "", "place": "",
        "date": "", "kind": "BÁO CÁO", "subject": "x", "layout": "hd36", "marks": [],
        "number": "", "under": "",
    }  # fmt: skip
    styled = block_html(head)
    assert "var(--jp-content-font-color0" in styled
    assert ".total tbody" in styled
    assert ".total" not in block_html({"type": "paragraph", "text": "x"})
