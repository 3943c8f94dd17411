"""Check an archive from its files alone: no workspace, no store, any later version.

Manifest and folder are compared both ways, then with the crate and with the register; the links of
the chains are recomputed, and each slice must stand on one of them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import InputError, input_error
from assess.base.machine_faults import reason
from assess.exchange.store.chain_text import SealedLink, chain_problems, read_chain, stands_in
from assess.runs.archive_names import is_plain
from assess.runs.crate import NAME as CRATE
from assess.runs.crate import crate_files
from assess.runs.manifest import NAME as MANIFEST
from assess.runs.register import FOLDER as ISSUED
from assess.runs.verify import Problem, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DOCUMENTS, CHAINS = "van-ban", "chuoi"
PAGE, REGISTER = "DOC-TRUOC.html", "so-van-ban.jsonl"
_PDF_A = re.compile(
    rb"pdfaid:part\s*(?:>|=\s*[\"'])\s*(\d)[^\0]{0,400}?pdfaid:conformance\s*(?:>|=\s*[\"'])\s*([ABUabu])"
)


@dataclass(frozen=True, slots=True)
class ArchiveCheck:
    """How many files and documents an archive has, its heads by chain, and every problem."""

    files: int
    documents: int
    heads: Mapping[str, SealedLink]
    problems: tuple[Problem, ...] = field(default=())


def pdf_a_claim(content: bytes) -> str:
    """Return part and level of PDF/A that a PDF claims in its metadata, such as ``2A``.

    Empty where it claims none. That it keeps to it, a validator of PDF/A tells.
    """
    found = _PDF_A.search(content)
    return f"{found[1].decode()}{found[2].decode().upper()}" if found else ""


def check_archive(folder: Path) -> ArchiveCheck:
    """Check an archive; raise :class:`~assess.base.errors.InputError` for a folder that is none."""
    try:
        listed = read_manifest(folder)
    except InputError as error:
        if error.findings[0].code == "no-manifest":
            raise input_error("archive-none", str(folder)) from error
        raise
    try:
        sound, problems = _files(folder, listed)
        lines, more = _register(folder, sound)
        heads, broken = _chains(folder, sound)
    except OSError as error:
        raise input_error(
            "unreadable", str(error.filename or folder), reason=reason(error)
        ) from error
    told = {problem.where for problem in problems}  # each file once
    more = [*_crate(folder, sound), *more, *broken]
    problems += [problem for problem in more if problem.where not in told]
    return ArchiveCheck(len(listed), len(lines), heads, tuple(problems))


def _files(folder: Path, listed: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """Return the digests of the files that are as listed, and what is wrong with the others."""
    problems, sound = [], {}
    there = set()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            problems.append(Problem(name, "là liên kết hoặc tệp đặc biệt, không phải tệp lưu trữ"))
        elif path.is_file():
            there.add(name)
    for name in sorted({*listed, *there} - {MANIFEST}):
        if name not in listed:
            problems.append(Problem(name, f"là tệp lạ, không có trong {MANIFEST}"))
        elif name not in there or not is_plain(name):
            problems.append(Problem(name, "không còn"))
        elif (digest := digests.of_file(folder / name)) != listed[name]:
            problems.append(Problem(name, f"đã bị sửa: mã SHA-256 khác với {MANIFEST}"))
        else:
            sound[name] = digest
    problems += [
        Problem(name, f"phải có trong bản lưu trữ mà {MANIFEST} không có")
        for name in (PAGE, REGISTER, CRATE)
        if name not in listed
    ]
    for name in sound:
        if name.endswith(".pdf") and not pdf_a_claim((folder / name).read_bytes()):
            problems.append(Problem(name, "không tự khai là PDF/A"))
    return sound, problems


def _crate(folder: Path, sound: Mapping[str, str]) -> Iterator[Problem]:
    """Yield where the crate's list of files differs from the folder."""
    if CRATE not in sound:
        return
    try:
        listed = crate_files((folder / CRATE).read_text(encoding="utf-8"))
    except ValueError:
        yield Problem(CRATE, "không đọc được")
        return
    for name in sorted({*listed, *sound} - {MANIFEST, CRATE}):
        if name not in listed:
            yield Problem(name, f"không có trong {CRATE}")
        elif name not in sound:
            yield Problem(name, f"có trong {CRATE} nhưng không còn nguyên trong thư mục")
        elif listed[name] != sound[name]:
            yield Problem(name, f"mã SHA-256 khác với {CRATE}")


def _register(folder: Path, sound: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the lines of the register, and where the documents' files differ from them."""
    if REGISTER not in sound:
        return [], []
    lines: list[dict[str, Any]] = []
    wanted: dict[str, str] = {}
    try:
        for text in (folder / REGISTER).read_bytes().splitlines():
            line = json.loads(text)
            place = f"{DOCUMENTS}/{line['folder'].removeprefix(f'{ISSUED}/')}"
            wanted |= {f"{place}/{name}": digest for name, digest in line["files"].items()}
            lines.append(line)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return lines, [Problem(REGISTER, "không đọc được")]
    found = {name: digest for name, digest in sound.items() if name.startswith(f"{DOCUMENTS}/")}
    return lines, [
        Problem(name, "không phải tệp đã phát hành: khác với sổ văn bản")
        for name in sorted({*wanted, *found})
        if wanted.get(name) != found.get(name)
    ]


def _chains(folder: Path, sound: Mapping[str, str]) -> tuple[dict[str, SealedLink], list[Problem]]:
    """Return the heads of the chains, and what does not hold in them or stands on none of them."""
    heads, problems = {}, []
    chains = []
    for name in (name for name in sound if name.startswith(f"{CHAINS}/")):
        try:
            links = read_chain((folder / name).read_text(encoding="utf-8"))
        except ValueError:
            problems.append(Problem(name, "không đọc được danh sách các lượt"))
            continue
        problems += [Problem(name, what) for what in chain_problems(links)]
        chains.append(links)
        if links:
            heads[name] = links[-1]
    for name in (name for name in sound if name.endswith(".slice/slice.json")):
        try:
            origin = json.loads((folder / name).read_bytes()).get("origin")
            stands = origin is None or any(
                stands_in(links, origin["number"], origin["link"]) for links in chains
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            problems.append(Problem(name, "không đọc được"))
            continue
        if not stands:
            problems.append(Problem(name, "số liệu của một lượt không có trong chuỗi lượt"))
    return heads, problems
