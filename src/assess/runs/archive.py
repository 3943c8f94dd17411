"""Archive a year: one folder that is read, proved and cited years later, also without the package.

Everything in it comes from what was frozen when the documents went out, and from the chain of the
store up to then, never from the clock: the same year gives the same bytes.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.errors import input_error
from assess.base.machine import file_lock, private_files
from assess.base.machine_faults import reason
from assess.base.periods import Period
from assess.exchange.store import Store
from assess.exchange.store.chain_text import stands_in
from assess.runs.archive_chain import archived_chain
from assess.runs.archive_check import CHAINS, PAGE, REGISTER, check_archive, pdf_a_claim
from assess.runs.archive_documents import DocumentCopier
from assess.runs.archive_page import page_text
from assess.runs.crate import NAME as CRATE
from assess.runs.crate import About, CrateFile, Making, crate_text
from assess.runs.issue import unregistered
from assess.runs.manifest import NAME as MANIFEST
from assess.runs.register import FOLDER as ISSUED
from assess.runs.register import Register
from assess.workspace import STORE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.exchange.store import SealedLink
    from assess.runs.archive_page import ArchivedDocument
    from assess.runs.crate import Tool
    from assess.runs.register import Issued
    from assess.workspace import Workspace

FOLDER = "luu-tru"
"""The folder of a workspace for its archives: to be copied elsewhere."""
_LICENCE = "Tài liệu nội bộ của cơ quan ban hành; việc khai thác, sử dụng do cơ quan ban hành quyết định theo quy định về công tác văn thư, lưu trữ."
_TITLES = {
    PAGE: "Đọc trước",
    REGISTER: "Các dòng của sổ văn bản đã phát hành",
    MANIFEST: "Mã SHA-256 của mọi tệp khác",
}


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive: where it is, what it holds, the digest of its manifest, the heads by store.

    ``new``: it was made now; else the same archive was there, and is as it was made.
    """

    folder: Path
    documents: tuple[Issued, ...]
    files: int
    digest: str
    heads: dict[str, SealedLink] = field(default_factory=dict)
    new: bool = True


def documents_of(register: Register, year: int) -> list[Issued]:
    """Return the documents whose period lies in a year, in the order in which they went out.

    A replacement is of the same period, so it is in the same archive, whenever it went out.
    """
    return [each for each in register.documents if Period.parse(each.period).year == year]


@private_files()
def archive(workspace: Workspace, year: int, out: Path | None = None) -> Archive:
    """Archive what was issued for the periods of a year; read it back; return it.

    The default is ``luu-tru/YEAR`` in the workspace. Nothing is overwritten: where the same archive
    stands it stays, any other is refused.

    Raise :class:`~assess.base.errors.InputError` where nothing was issued, a frozen file is not as
    it went out, a store does not hold, or a document's batch is in no store.
    """
    out = Path(os.path.abspath(out or workspace.root / FOLDER / str(year)))  # noqa: PTH100 - without ..
    if not out.name:
        raise input_error("not-empty", str(out))
    register = Register(workspace.root)
    if not documents_of(register, year):
        years = sorted({each.period[:4] for each in register.documents})
        raise input_error("archive-nothing", ISSUED, allowed=years, found=year)
    draft = out.with_name(f".{out.name}.dang-ghi")
    with file_lock(register.folder / ".lock"):
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            made = _write(workspace, Register(workspace.root), year, draft)
            checked = check_archive(draft)
            if checked.problems:
                raise input_error("archive-failed", str(out), found=str(checked.problems[0]))
            new = _publish(draft, out)
        except OSError as error:
            raise input_error(
                "unwritable", str(error.filename or out), reason=reason(error)
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    digest = digests.of_file(out / MANIFEST)
    return Archive(out, made.documents, checked.files, digest, made.heads, new)


@dataclass(frozen=True, slots=True)
class _Written:
    documents: tuple[Issued, ...]
    heads: dict[str, SealedLink]


def _write(workspace: Workspace, register: Register, year: int, draft: Path) -> _Written:
    left = unregistered(register)
    if left:
        raise input_error("issue-left", register.folder.name, found=", ".join(left))
    documents = documents_of(register, year)
    copier = DocumentCopier(workspace.root, draft, register)
    shown = [copier.copy(document) for document in documents]
    heads = _write_chains(workspace, draft, shown)
    lines = register.path.read_bytes().splitlines(keepends=True)
    own = [lines[register.documents.index(document)] for document in documents]
    (draft / REGISTER).write_bytes(b"".join(own))
    tools = list(copier.tools.values())
    page = page_text(year, shown, tools, heads)
    (draft / PAGE).write_text(page, encoding="utf-8", newline="\n")
    _write_crate(draft, year, shown, tools)
    found = sorted(path for path in draft.rglob("*") if path.is_file())
    (draft / MANIFEST).write_text(
        "".join(
            f"{digests.of_file(path)}  {path.relative_to(draft).as_posix()}\n" for path in found
        ),
        encoding="utf-8",
        newline="\n",
    )
    return _Written(tuple(documents), heads)


def _write_chains(
    workspace: Workspace, draft: Path, shown: Sequence[ArchivedDocument]
) -> dict[str, SealedLink]:
    """Write the chains of all stores, as they were when the last document went out."""
    heads, chains = {}, []
    last = max(each.issued.at for each in shown)
    from_store = [each for each in shown if each.origin is not None]
    wanted = {each.origin.link for each in from_store if each.origin}
    for path in sorted((workspace.root / "data").glob(f"*{STORE_SUFFIX}")):
        name = path.relative_to(workspace.root).as_posix()
        store = Store(path)
        wrong = [each for each in store.check() if each.severity == "error"]
        if wrong:
            raise input_error("archive-store", name, found=wrong[0].sentence)
        text, links = archived_chain(name, store.sealed_links(), last, wanted)
        if links:
            heads[name] = links[-1]
            chains.append(links)
            (draft / CHAINS).mkdir(exist_ok=True)
            (draft / CHAINS / f"{path.stem}.json").write_text(text, encoding="utf-8", newline="\n")
    for each in from_store:
        origin = each.origin
        if origin and not any(stands_in(links, origin.number, origin.link) for links in chains):
            found = origin.link[:16] or "không có"
            raise input_error("archive-link", each.issued.words, number=origin.number, found=found)
    return heads


def _write_crate(
    draft: Path, year: int, shown: Sequence[ArchivedDocument], tools: Sequence[Tool]
) -> None:
    name = f"Lưu trữ văn bản đánh giá chất lượng sinh hoạt chi bộ năm {year}"
    said = f"{len(shown)} văn bản đã phát hành của các kỳ thuộc năm {year}, lưu nguyên trạng, cùng số liệu, bộ quy tắc, mẫu báo cáo đã dùng và chuỗi lượt của kho số liệu."
    published = f"{max(each.issued.at for each in shown)}+07:00"
    about = About(year, name, said, _LICENCE, published, _TITLES)
    files = [CrateFile(MANIFEST, "")]
    for path in sorted(path for path in draft.rglob("*") if path.is_file()):
        claim = pdf_a_claim(path.read_bytes()) if path.suffix == ".pdf" else ""
        place = path.relative_to(draft).as_posix()
        files.append(CrateFile(place, digests.of_file(path), path.stat().st_size, claim))
    makings = [
        Making(
            folder=each.place,
            inputs=f"{each.issued.name}.slice",
            name=each.issued.words,
            subject=each.issued.subject,
            sign=each.issued.sign,
            day=each.issued.day,
            issuer=each.issued.issuer,
            at=f"{each.issued.at}+07:00",
            tool=each.tool.key,
            used=each.used,
            replaces=each.replaces,
            replaced=each.replaced,
        )
        for each in shown
    ]
    (draft / CRATE).write_text(
        crate_text(about, files, makings, tools), encoding="utf-8", newline="\n"
    )


def _publish(draft: Path, out: Path) -> bool:
    """Put a draft in its place; return False if the same archive stands there."""
    if out.is_dir() and not any(out.iterdir()):
        out.rmdir()
    if not os.path.lexists(out):
        draft.replace(out)
        return True
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()}
    if MANIFEST not in there:
        raise input_error("not-empty" if out.is_dir() else "file-exists", str(out))
    ours = {path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file()}
    other = sorted(there ^ ours) or [
        name for name in sorted(ours) if (out / name).read_bytes() != (draft / name).read_bytes()
    ]
    if other:
        raise input_error("archive-differs", str(out), found=other[0])
    return False
