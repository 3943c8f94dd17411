"""Files to double-click that open the desk of a workspace: for Windows, macOS and Linux."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "Bàn làm việc"
WINDOWS, MAC, LINUX = f"{NAME}.bat", f"{NAME}.command", f"{NAME}.desktop"
_BAT = """@echo off
chcp 65001 >nul
title Ban lam viec
cd /d "%~dp0"
"{python}" -m assess desk -w .
if errorlevel 1 pause
"""
_COMMAND = """#!/bin/sh
cd "$(dirname "$0")" || exit 1
exec "{python}" -m assess desk -w .
"""
_DESKTOP = """[Desktop Entry]
Type=Application
Version=1.0
Name=Bàn làm việc
Comment=Phiếu, sổ việc, báo cáo sinh hoạt chi bộ
Exec=sh -c 'cd "$(dirname "$1")" && exec "{python}" -m assess desk -w .' sh %k
Terminal=true
"""


def lay_launchers(root: Path, python: str = "") -> list[Path]:
    """Write the launchers of a workspace anew; return their paths.

    They name the Python that is running, so that they start what was installed. A folder that was
    moved still opens; on another machine ``assess init --update`` writes them anew.
    """
    python = python or sys.executable
    laid = []
    for name, text in ((WINDOWS, _BAT), (MAC, _COMMAND), (LINUX, _DESKTOP)):
        path = root / name
        ends = "\r\n" if name == WINDOWS else "\n"
        path.write_text(text.format(python=python), encoding="utf-8", newline=ends)
        if name != WINDOWS:
            path.chmod(0o700)
        laid.append(path)
    return laid
