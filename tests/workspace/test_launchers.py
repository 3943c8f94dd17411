"""The files to double-click."""

import configparser
import subprocess
import sys

from assess.workspace.launchers import LINUX, MAC, WINDOWS, lay_launchers


def test_each_system_has_one_that_starts_the_desk_of_its_own_folder(tmp_path):
    lay_launchers(tmp_path)
    bat = (tmp_path / WINDOWS).read_bytes()
    assert b"\r\n" in bat
    assert not bat.startswith(b"\xef\xbb\xbf")  # cmd takes a mark as part of the first command
    assert f'"{sys.executable}" -m assess desk -w .'.encode() in bat
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(tmp_path / LINUX, encoding="utf-8")
    assert entry["Desktop Entry"]["Name"] == "Bàn làm việc"
    for name in (MAC, LINUX):
        assert (tmp_path / name).stat().st_mode & 0o100


def test_it_works_in_a_folder_that_was_moved_and_has_signs_in_its_name(tmp_path):
    root = tmp_path / "Đảng ủy 100% [a] $x 'y'"
    root.mkdir()
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\npwd\necho "$@"\n', encoding="utf-8")
    fake.chmod(0o700)
    lay_launchers(root, str(fake))
    moved = root.rename(tmp_path / "nơi khác")
    done = subprocess.run([moved / MAC], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(moved), "-m assess desk -w ."]
