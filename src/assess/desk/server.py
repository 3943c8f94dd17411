"""The server of the desk: an extension of Jupyter Server, alone or beside JupyterLab."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp, random_ports
from tornado.netutil import bind_sockets
from traitlets import Unicode

from assess.base.errors import InputError, input_error
from assess.base.messages import add_messages
from assess.desk import (
    forms_pages,
    job_pages,
    letterhead_page,
    make_page,
    mend_page,
    office_pages,
    paper_pages,
    report_pages,
    rule_pages,
    today_pages,
)
from assess.desk.handlers import PREFIX, NotThere, StaticFiles
from assess.desk.jobs import Jobs, start_apart
from assess.desk.messages import FIXES, SENTENCES
from assess.desk.office import Office
from assess.desk.presence import SECONDS, Presence
from assess.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socket import socket

add_messages(SENTENCES, FIXES)
ROOMS = (
    today_pages,
    forms_pages,
    paper_pages,
    job_pages,
    letterhead_page,
    make_page,
    mend_page,
    office_pages,
    report_pages,
    rule_pages,
)
_BODY = 4 * 1024 * 1024
_THREADS = 4
_FAREWELL = 0.5
_TRIES, _PAUSE = 80, 0.2
NAME = "assess_desk"
LOOPBACK = "127.0.0.1"


def take_port(wanted: int, tries: int) -> tuple[int, list[socket]]:
    """Return a port of this machine alone, near the one wanted, and the sockets that hold it.

    Nobody else gets it from now on, not even a desk that starts at the same moment.
    """
    for port in random_ports(wanted, tries):
        try:
            return port, bind_sockets(port, LOOPBACK)
        except OSError:
            continue
    raise input_error("port-taken", "--port", found=str(wanted))


class DeskServer(ServerApp):
    """A Jupyter Server with nothing on it but the desk: no kernels, terminals, files."""

    default_services = ("auth", "security")  # type: ignore[assignment]

    def _find_http_port(self) -> None:
        """Take a port and hold it: Jupyter lets the one that it found go until its loop runs."""
        self.port, self._held = take_port(self.port, self.port_retries + 1)

    def _bind_http_server_tcp(self) -> bool:
        self.http_server.add_sockets(self._held)
        return True

    def start_app(self) -> None:
        """Start without Jupyter's own sentences; say where the desk is if no browser opens."""
        self.log.disabled = True
        if not self.open_browser:
            sys.stdout.write(f"Địa chỉ, chỉ dùng trên máy này: {self.desk_address}\n")
            sys.stdout.flush()
        super().start_app()
        self.log.disabled = False

    @property
    def desk_address(self) -> str:
        """The address of the desk, with its token."""
        base = self.connection_url.rstrip("/")
        return f"{base}{PREFIX}/hom-nay?token={self.identity_provider.token}"


class DeskApp(ExtensionApp):
    """The desk of one workspace."""

    name = NAME
    app_name = "Bàn làm việc"
    extension_url = f"{PREFIX}/hom-nay"
    load_other_extensions = False
    serverapp_class = DeskServer
    workspace = Unicode("", help="The workspace; by default the one around the server's root.").tag(
        config=True
    )
    office: Office
    jobs: Jobs
    presence: Presence
    threads: ThreadPoolExecutor

    @classmethod
    def get_extension_package(cls) -> str:
        """Return the package that Jupyter Server looks the extension up in."""
        return "assess.desk"

    def initialize_settings(self) -> None:
        """Find the workspace; what was left from long ago is tidied away."""
        start = self.workspace or (self.serverapp.root_dir if self.serverapp else ".")
        try:
            root = Workspace.find(start).root
        except InputError:
            # JupyterLab was started somewhere else: it goes on without the desk
            self.log.warning("Bàn làm việc không mở: %s không ở trong không gian làm việc", start)
            return
        self.jobs = Jobs(root)
        self.jobs.tidy()
        self.office = Office(Workspace(root), self.jobs)
        self.presence = Presence(root)
        self.threads = ThreadPoolExecutor(_THREADS, "ban-lam-viec")

    def initialize_handlers(self) -> None:
        """Add the pages, if there is a workspace to show."""
        if not hasattr(self, "office"):
            return
        static = str(files("assess.desk").joinpath("static"))
        for pattern, handler, *more in self._pages(static):
            self.handlers.append((PREFIX + pattern, handler, *more))

    def _pages(self, static: str) -> Iterator[tuple[Any, ...]]:
        yield r"/tep/([a-z]+\.(?:css|js))", StaticFiles, {"path": static}
        for room in ROOMS:
            yield from room.PAGES
        yield r"/.*", NotThere

    @property
    def alone(self) -> bool:
        """Whether the server carries nothing but the desk."""
        return isinstance(self.serverapp, DeskServer)

    def stop_soon(self) -> None:
        """Stop the server once the answer that is being written has gone out."""
        if self.serverapp is not None:
            self.serverapp.io_loop.call_later(_FAREWELL, self.serverapp.stop)

    def open_desk(self, folder: Path) -> str:
        """Return the address of another workspace's desk on this machine; start it if need be."""
        workspace = Workspace(folder)
        if not running(workspace):
            start_desk(folder)
        for _ in range(_TRIES):
            address = running(workspace)
            if address:
                return address
            time.sleep(_PAUSE)
        return ""

    async def _start_jupyter_server_extension(self, _: ServerApp) -> None:
        """Touch this machine's file as long as the server runs."""
        from tornado.ioloop import PeriodicCallback

        if not hasattr(self, "presence"):
            return

        self._beating = PeriodicCallback(self.presence.beat, SECONDS * 1000)
        self._beating.start()

    async def stop_extension(self) -> None:
        """Let the threads end; jobs go on without the server."""
        if not hasattr(self, "presence"):
            return
        self.presence.leave()
        self.threads.shutdown(wait=False, cancel_futures=True)


def serve(
    workspace: Workspace, *, port: int = 0, browser: bool = True, base_url: str = "/"
) -> None:
    """Serve the desk of a workspace to this machine alone, until it is closed."""
    os.umask(0o077)
    # what a person set for a Jupyter of their own (no token, other hosts) is not for the desk
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    words = [
        f"--DeskApp.workspace={workspace.root}",
        f"--ServerApp.root_dir={workspace.root}",
        f"--ServerApp.base_url={base_url}",
        f"--ServerApp.open_browser={browser}",
        f"--ServerApp.ip={LOOPBACK}",
        "--ServerApp.allow_unauthenticated_access=False",
        "--ServerApp.terminals_enabled=False",
        f"--ServerApp.max_body_size={_BODY}",
        "--ServerApp.log_level=ERROR",
        "--DeskApp.log_level=ERROR",
        "--ServerApp.allow_root=True",  # the command refuses root, in Vietnamese
    ]
    if port:
        words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    DeskApp.launch_instance(argv=words)  # type: ignore[no-untyped-call]


def start_desk(folder: Path) -> None:
    """Start the desk of a workspace in a process of its own, without opening a browser."""
    words = ["desk", "--no-browser", "-w", str(folder)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")  # this one runs as root, too
    start_apart([sys.executable, "-P", "-m", "assess", *words], folder)


def running(workspace: Workspace) -> str:
    """Return the address, with its token, of a desk that already serves a workspace; else empty."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        same = Path(server.get("root_dir", "")).resolve() == workspace.root.resolve()
        if same and server.get("token"):
            return f"{server['url'].rstrip('/')}{PREFIX}/hom-nay?token={server['token']}"
    return ""
