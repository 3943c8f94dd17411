"""A desk that runs, as a clerk's double-click starts it, and a real browser in front of it."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
_ADDRESS = re.compile(r"http://\S+token=\w+")


def answers(address):
    """Whether a server is there, even if it lets nobody in without the token."""
    try:
        urllib.request.urlopen(address.split("?")[0], timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class RunningDesk:
    """A desk in a process of its own."""

    def __init__(self, root, base_url="/", **environment):
        """Start it on a free port, with a runtime folder of its own."""
        self.root, self.base_url = Path(root), base_url
        self.environment = {
            **os.environ,
            "JUPYTER_RUNTIME_DIR": str(self.root / ".jupyter-runtime"),
            "JUPYTER_CONFIG_DIR": str(self.root / ".jupyter-config"),
            **environment,
        }
        self.start()

    def start(self):
        """Start the process and wait until it says its address."""
        words = ["desk", "--no-browser", "--allow-root", "-w", str(self.root)]
        self.log = (self.root / ".desk-log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assess", *words, "--base-url", self.base_url],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=self.environment,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            found = _ADDRESS.search((self.root / ".desk-log").read_text(encoding="utf-8"))
            if found and answers(found[0]):
                self.address = found[0]
                self.at = self.address.split("/hom-nay?")[0]
                self.token = self.address.split("token=")[1]
                return
            time.sleep(0.05)
        self.stop()
        raise AssertionError((self.root / ".desk-log").read_text(encoding="utf-8"))

    def stop(self):
        """End the process."""
        self.process.kill()
        self.process.wait()
        self.log.close()

    def jobs(self):
        """Return what is written down of the jobs, the oldest first."""
        folder = self.root / "ban-lam-viec" / "viec"
        return [
            json.loads((path / "viec.json").read_text(encoding="utf-8"))
            for path in sorted(folder.glob("*-*"))
            if (path / "viec.json").exists()
        ]

    def client(self, *, known=True):
        """Return a client without a browser, with the cookie of whoever has the token."""
        return Client(self, known=known)


class Client:
    """Requests with a cookie, as a browser sends them."""

    def __init__(self, desk, *, known):
        """Log in if ``known``."""
        self.desk, self.jar = desk, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        if known:
            self.get("/hom-nay?token=" + desk.token)

    def get(self, path, **headers):
        """Return status and text of a page."""
        return self._send(urllib.request.Request(self.desk.at + path, headers=headers))

    @property
    def xsrf(self):
        """The value that a form of the desk's own pages carries."""
        return next((cookie.value for cookie in self.jar if cookie.name == "_xsrf"), "")

    def post(self, path, data=b"", **headers):
        """Send a form; return status and text."""
        request = urllib.request.Request(self.desk.at + path, data=data, headers=headers)
        return self._send(request)

    def _send(self, request):
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")


def multipart(files, boundary="ranh-gioi"):
    """Return the body of an upload, and its header."""
    parts = []
    for name, raw in files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="tep"; filename="{name}"\r\n\r\n'
        )
        parts += [head.encode(), raw, b"\r\n"]
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


@contextlib.contextmanager
def browser(**options):
    """Give a page of a real Chromium whose requests and messages are kept."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = chromium.new_context(viewport={"width": 1200, "height": 900}, **options)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        try:
            yield page
        finally:
            chromium.close()
