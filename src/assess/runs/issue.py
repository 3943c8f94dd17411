"""Issue a report: print its number, freeze what goes out, and say later what has changed since."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import re
import shutil
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base import digests, numbers
from assess.base.errors import input_error
from assess.base.machine import file_lock, now
from assess.records import open_slice
from assess.reports.block_json import MIME, flatten
from assess.reports.own_words import ROOM
from assess.runs.executors import default_executor
from assess.runs.issued_differences import differences
from assess.runs.job import Limits
from assess.runs.ledger import NAME as LEDGER
from assess.runs.ledger import Ledger
from assess.runs.publish import altered
from assess.runs.register import Issued, Register
from assess.runs.software import keep_lock, kept_lock, this_software
from assess.runs.verify import job_again
from assess.workspace.face import load_face
from assess.workspace.office import OFFICE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.runs.job import Job
    from assess.workspace import Workspace

_SUFFIXES = (".html", ".pdf", ".docx", ".xlsx", ".ipynb")
_NOT_OUT = ("Minh họa", "Giả định", "Dự thảo")
"""Beginnings of marks on page one of what cannot be issued."""
_NUMBER = re.compile(r"[0-9]{1,6}[a-zA-Z]?")
_PLAIN = re.compile(r"[^0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be issued: a report of a batch's folder, and the sign that it gets."""

    folder: Path
    stem: str
    number: str
    sign: str
    how: str
    earlier: str


def issue(
    workspace: Workspace,
    report: Path,
    number: str,
    *,
    how: str = "",
    earlier: str = "",
) -> Issued:
    """Issue a report that a batch made: any of its files, or its path without a suffix.

    It is made again from its own slice with its number, and with ``how`` and ``earlier`` (a sign)
    also with what it replaces or adds to; then it is frozen under ``phat-hanh`` with its slice and
    entered in the register. Nothing there is ever overwritten.

    Raise :class:`~assess.base.errors.InputError` for a report that is not as it was made, a draft,
    a paper that has no number, an empty part of the office's own words, a number that is taken, and
    a report that is out already where nothing says that this one replaces it.
    """
    folder, stem = find_report(report)
    entry = Ledger(folder).entries.get(stem)
    if entry is None or not entry.ok:
        raise input_error("issue-not-made", stem)
    changed = altered(folder / Path(stem).parent, entry.name, entry.files)
    if changed:
        raise input_error("issue-altered", stem, found=changed)
    blocks = list(blocks_of(folder / f"{stem}.ipynb"))
    header = next((block for block in blocks if block["type"] == "header"), None)
    _check(folder, stem, header, blocks)
    assert header is not None  # noqa: S101 - checked
    if not _NUMBER.fullmatch(number):
        raise input_error("issue-bad-number", "--number", found=number, hint="ví dụ --number 38")
    if header["number"] not in ("", number):
        raise input_error(
            "issue-other-number",
            stem,
            found=number,
            wanted=header["number"],
            hint="ghi số đúng ở numbers: của danh mục rồi lập lại",
        )
    sign = f"{number}{header['sign']}"
    register = Register(workspace.root)
    register.folder.mkdir(exist_ok=True)
    with file_lock(register.folder / ".lock"):
        register = Register(workspace.root)
        wanted = _Wanted(folder, stem, number, sign, how, earlier)
        _check_register(register, wanted, header["issuer"], entry.document_date)
        return _freeze(workspace, register, wanted)


def find_report(path: Path) -> tuple[Path, str]:
    """Return the folder of a report's batch and the report's key."""
    name = path.name
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    place = path.resolve().with_name(name)
    for folder in place.parents:
        if (folder / LEDGER).is_file():
            return folder, place.relative_to(folder).as_posix()
    raise input_error("issue-not-made", str(path))


def blocks_of(notebook: Path) -> Iterator[dict[str, Any]]:
    """Yield the blocks of an executed notebook in order."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            if MIME in output.get("data", {}):
                yield from flatten(output["data"][MIME])


def _check(
    folder: Path, stem: str, header: dict[str, Any] | None, blocks: list[dict[str, Any]]
) -> None:
    if header is None or not header["sign"]:
        raise input_error("issue-no-number", stem)
    marks = [mark for mark in header["marks"] if mark.startswith(_NOT_OUT)]
    if folder.name.endswith(".nhap"):
        marks.append("bản nháp của lượt --draft")
    if marks:
        raise input_error("issue-draft", stem, found=marks[0])
    rooms = [
        before.get("text", "") for before, block in pairwise(blocks) if block.get("text") == ROOM
    ]
    if rooms:
        hint = "ghi vào params/loi-van/ rồi lập lại, hoặc bỏ phần ấy khỏi mẫu"
        raise input_error("issue-room", stem, found="; ".join(rooms), hint=hint)


def _check_register(register: Register, wanted: _Wanted, issuer: str, day: str) -> None:
    left = unregistered(register)
    if left:
        raise input_error("issue-left", register.folder.name, found=", ".join(left))
    for document in register.documents:
        if (document.sign, document.issuer, document.day[:4]) == (wanted.sign, issuer, day[:4]):
            raise input_error("issue-number-taken", wanted.stem, found=document.words)
    standing = register.standing(wanted.stem)
    if standing is not None and not wanted.how:
        hint = f"nêu --replaces {standing.sign} (thay thế) hoặc --adds-to {standing.sign} (bổ sung)"
        raise input_error("issue-again", wanted.stem, found=standing.words, hint=hint)
    known = [document.sign for document in register.of(wanted.stem)]
    if wanted.how and wanted.earlier not in known:
        raise input_error("issue-no-earlier", wanted.stem, found=wanted.earlier, allowed=known)
    if wanted.how == "replaces" and standing is not None and wanted.earlier != standing.sign:
        hint = f"--replaces {standing.sign}"
        facts = {"found": wanted.earlier, "wanted": standing.words}
        raise input_error("issue-replaced", wanted.stem, hint=hint, **facts)
    earlier = register.signed(wanted.earlier) if wanted.how else None
    if earlier is not None and day < earlier.day:
        facts = {"found": written(day), "wanted": earlier.words}
        raise input_error("issue-day", wanted.stem, **facts)


def _freeze(workspace: Workspace, register: Register, wanted: _Wanted) -> Issued:
    stem = wanted.stem
    job = _with_number(job_again(wanted.folder, stem, Limits()), register, wanted)
    job = replace(job, face=load_face(workspace.face_folder))
    with default_executor(1) as executor:
        executor.expect(1)
        (made,) = executor.run([job])
    if made.failure is not None or made.lacking:
        said = made.failure.message if made.failure else "; ".join(made.lacking.values())
        raise input_error("issue-failed", stem, reason=said)
    face = job.face.digest if job.face is not None and job.run.pdf else ""
    software = keep_lock(register.folder, this_software(face))
    name = job.run.name
    files = {f"{name}{suffix}": content for suffix, content in made.files.items()}
    files |= {f"{name}.slice/{part}": content for part, content in job.slice.items()}
    sign = _PLAIN.sub("-", _ascii(wanted.sign)).strip("-")
    place = f"{job.run.document_date.year}/{sign}.{job.run.dang_bo}"
    final, draft = register.folder / place, register.folder / ".dang-ghi"
    shutil.rmtree(draft, ignore_errors=True)
    for part, content in files.items():
        path = draft / part
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)
    final.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(final)
    blocks = list(blocks_of(final / f"{name}.ipynb"))
    header = next(block for block in blocks if block["type"] == "header")
    signed = next((block for block in blocks if block["type"] == "signature"), {})
    document = Issued(
        sign=wanted.sign,
        day=job.run.document_date.isoformat(),
        kind=header["kind"],
        subject=header["subject"],
        issuer=header["issuer"],
        signer=", ".join(
            filter(None, (signed.get("post", "").replace("\n", " "), signed.get("name", "")))
        ),
        recipients=tuple(signed.get("recipients", ())),
        batch=wanted.folder.name,
        key=stem,
        dang_bo=job.run.dang_bo,
        period=job.run.period,
        content=open_slice(final / f"{name}.slice").digest,
        office=digests.of_bytes(job.slice[OFFICE_FILE]),
        folder=final.relative_to(workspace.root).as_posix(),
        files={part: digests.of_bytes(content) for part, content in sorted(files.items())},
        how=wanted.how,
        earlier=wanted.earlier,
        at=now().isoformat(),
        by=getpass.getuser(),
        software=software,
    )
    register.append(document)
    return document


def unregistered(register: Register) -> list[str]:
    """Return the folders beside the register that no line of it has.

    An issue was cut off before its line stood there, or the end of the register is gone.
    """
    known = {document.folder for document in register.documents}
    there = (path for path in register.folder.glob("[0-9]*/*") if path.is_dir())
    found = {f"{path.relative_to(register.folder.parent).as_posix()}" for path in there}
    return sorted(found - known)


def _with_number(job: Job, register: Register, wanted: _Wanted) -> Job:
    """Return a job that also prints the number, and what the document replaces or adds to."""
    text = job.slice.get(OFFICE_FILE, b"")
    office: dict[str, Any] = json.loads(text) if text else {"units": {}}
    office["number"] = wanted.number
    before = register.signed(wanted.earlier)
    if wanted.how and before is not None:
        office["earlier"] = {"how": wanted.how, "words": before.words}
    content = json.dumps(office, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return replace(job, slice={**job.slice, OFFICE_FILE: content})


def written(day: str) -> str:
    """Return an ISO day as documents write it."""
    return numbers.day(dt.date.fromisoformat(day))


def _ascii(text: str) -> str:
    return text.replace("Đ", "D").replace("đ", "d")


def changed_since(workspace: Workspace, folder: Path, key: str) -> tuple[Issued, list[str]] | None:
    """Return the document of a report that is out, and where the report differs from it now.

    None where nothing of the report is out, or it is the same.
    """
    register = Register(workspace.root)
    document = register.standing(key)
    path = folder / f"{key}.ipynb"
    if document is None or document.batch != folder.name or not path.is_file():
        return None
    issued = workspace.root / document.folder / f"{Path(key).name}.ipynb"
    if not issued.is_file():
        raise input_error("issued-gone", document.folder, found=document.words)
    found = differences(list(blocks_of(issued)), list(blocks_of(path)))
    return (document, found) if found else None


def check_issued(workspace: Workspace) -> list[str]:
    """Return what is wrong with the issued documents: files gone, or not as they went out."""
    register = Register(workspace.root)
    problems = [
        f"{folder}: có thư mục mà sổ không có; lần phát hành bị bỏ dở, hoặc sổ bị cắt bớt"
        for folder in unregistered(register)
    ]
    for document in register.documents:
        for part, digest in document.files.items():
            path = workspace.root / document.folder / part
            if not path.is_file():
                problems.append(f"{document.words}: không còn tệp {document.folder}/{part}")
            elif digests.of_file(path) != digest:
                problems.append(f"{document.words}: tệp {document.folder}/{part} đã bị sửa")
        if kept_lock(register.folder, document.software) is None:
            problems.append(
                f"{document.words}: danh sách gói phần mềm đã dùng không còn nguyên vẹn"
            )
    return problems
