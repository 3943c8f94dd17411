"""Pages opened in a real browser without network."""

import json
import subprocess

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


def browse(tmp_path, page):
    """Open a page in Chromium with no name resolved.

    Return the addresses it asked for and its console messages.
    """
    log = tmp_path / "net.json"
    command = [
        "chromium",
        *QUIET,
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--log-net-log={log}",
        "--enable-logging=stderr",
        "--v=0",
        f"--screenshot={tmp_path / 'page.png'}",
        "--window-size=1000,1400",
        f"file://{page}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    asked = [
        e["params"]
        for e in events
        if isinstance(e.get("params"), dict) and {"url", "initiator"} <= set(e["params"])
    ]
    # the browser's own services (clock, account) ask without an origin; a page has one, even a
    # file's opaque "null"
    urls = {p["url"] for p in asked if p["initiator"] != "not an origin"}
    return {u for u in urls if u.startswith(("http", "ws", "ftp"))}, [
        x for x in done.stderr.splitlines() if "CONSOLE" in x
    ]
