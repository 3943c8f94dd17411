"""The desk beside JupyterLab: one server, one token, its own pages; the page that opens first."""

import os
import re
import subprocess
import sys
import time

import nbformat
from nbclient import NotebookClient

from kit.desk import Client, answers


class LabServer:
    """A Jupyter Server with the desk as one of its extensions, as JupyterLab has it."""

    def __init__(self, root, folder, *more):
        words = ["--no-browser", "--allow-root", f"--ServerApp.root_dir={folder}"]
        words.append("--ServerApp.jpserver_extensions={'assess.desk': True}")
        words += more
        environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(root / ".jupyter-runtime")}
        self.log = (root / ".lab-log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *words],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            said = (root / ".lab-log").read_text(encoding="utf-8")
            found = re.search(r"http://127\.0\.0\.1:(\d+)/\S*\?token=(\w+)", said)
            if found and answers(found[0]):
                self.at = f"http://127.0.0.1:{found[1]}/ban-lam-viec"
                self.token = found[2]
                return
            time.sleep(0.1)
        self.stop()
        raise AssertionError(said)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


def test_beside_lab_the_desk_has_its_pages_and_cannot_close_the_server(filled):
    lab = LabServer(filled, filled / "notebooks")
    try:
        assert Client(lab, known=False).get("/hom-nay")[0] == 403
        clerk = Client(lab, known=True)
        status, text = clerk.get("/hom-nay")
        assert (status, "Hôm nay" in text) == (200, True)
        assert "JupyterLab" in clerk.get("/dong")[1]
        assert clerk.post(f"/dong?_xsrf={clerk.xsrf}")[0] == 405
    finally:
        lab.stop()


def test_a_workspace_outside_of_the_servers_root_can_be_named(filled, tmp_path):
    (tmp_path / "khac").mkdir()
    lab = LabServer(tmp_path, tmp_path / "khac", f"--DeskApp.workspace={filled}")
    try:
        status, text = Client(lab, known=True).get("/phieu")
        assert (status, "Phiếu tháng" in text.replace("\u00a0", " ")) == (200, True)
    finally:
        lab.stop()


def test_started_outside_of_any_workspace_lab_goes_on_without_the_desk(tmp_path):
    lab = LabServer(tmp_path, tmp_path)
    try:
        assert Client(lab, known=True).get("/hom-nay")[0] == 404
        assert "không ở trong không gian làm việc" in (tmp_path / ".lab-log").read_text("utf-8")
    finally:
        lab.stop()


def test_the_page_that_opens_first_runs_and_leads_to_the_desk(laid):
    path = laid / "notebooks" / "lab" / "bat-dau.ipynb"
    book = nbformat.read(path, 4)
    assert "/ban-lam-viec/hom-nay" in book.cells[0].source
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    said = "".join(o.text for c in book.cells for o in c.get("outputs", []) if "text" in o)
    assert "period_summary:" in said
    assert "đơn vị" in said
