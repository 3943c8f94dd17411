"""The RO-Crate of an archive: JSON-LD that says which file was made by what, of what, and when.

Follows RO-Crate 1.1 and Process Run Crate 0.5, a profile of Workflow Run RO-Crate. Pure: the same
facts give the same text. Persons are not named; who made a document is the organisation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from assess.base import digests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NAME = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = {
    "sha256": "https://w3id.org/ro/terms/workflow-run#sha256",
    "replaces": "http://purl.org/dc/terms/replaces",
    "isReplacedBy": "http://purl.org/dc/terms/isReplacedBy",
}
"""Terms beside those of RO-Crate 1.1."""
_KINDS = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "ipynb": "application/x-ipynb+json",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "lock": "text/plain",
    "md": "text/markdown",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "sha256": "text/plain",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
}
_PDF_A = {"2A": ("https://www.nationalarchives.gov.uk/PRONOM/fmt/476", "PDF/A-2a")}
_LICENCE = "#quyen-su-dung"
Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CrateFile:
    """A file of the archive: its path, digest, size in bytes, and what a PDF claims (``2A``).

    ``digest`` is empty for the manifest, which has the digest of the crate.
    """

    path: str
    digest: str
    size: int = 0
    pdf_a: str = ""


@dataclass(frozen=True, slots=True)
class Making:
    """How a document was made.

    ``folder`` has its files, and in ``inputs`` (a folder below it) those of the slice. ``used``
    are the files it was made of elsewhere in the archive. ``at`` is the moment, with its offset;
    ``tool`` names one of the crate's tools. ``replaces`` and ``replaced`` are folders of documents.
    """

    folder: str
    inputs: str
    name: str
    subject: str
    sign: str
    day: str
    issuer: str
    at: str
    tool: str
    used: tuple[str, ...] = ()
    replaces: str = ""
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """What documents were made with.

    ``version`` of the package and digest of its ``source``; files with its ``lock`` (if kept) and
    its ``packages``; ``face``, the digest of the fonts of the PDF where the office has its own.
    """

    version: str
    source: str
    lock: str = ""
    packages: str = ""
    face: str = ""

    @property
    def key(self) -> str:
        """What makings name it by."""
        return f"#{quote(self.packages) or 'phien-ban-khong-ro'}"


@dataclass(frozen=True, slots=True)
class About:
    """The archive as a whole, in Vietnamese."""

    year: int
    name: str
    description: str
    licence: str
    published: str
    titles: Mapping[str, str] = field(default_factory=dict)
    """What the files are that belong to no document, by path."""


def crate_text(
    about: About,
    files: Iterable[CrateFile],
    makings: Sequence[Making],
    tools: Iterable[Tool],
) -> str:
    """Return the metadata of a crate: the same text for the same facts."""
    every = sorted(files, key=lambda file: file.path)
    graph = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": SPECIFICATION},
        },
        _root(about, every, makings),
    ]
    more = [
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": _LICENCE,
            "@type": "CreativeWork",
            "name": "Quyền sử dụng",
            "description": about.licence,
        },
    ]
    more += [_file(file, about.titles.get(file.path, "")) for file in every]
    more += [
        {"@id": address, "@type": "WebSite", "name": name}
        for claim, (address, name) in _PDF_A.items()
        if any(file.pdf_a == claim for file in every)
    ]
    more += [_tool(tool) for tool in tools]
    issuers = {making.issuer for making in makings}
    more += [
        {"@id": _organisation(issuer), "@type": "Organization", "name": issuer}
        for issuer in issuers
    ]
    for making in makings:
        more += _document(making, every)
    graph += sorted(more, key=lambda entity: str(entity["@id"]))
    whole = {"@context": [f"{SPECIFICATION}/context", _TERMS], "@graph": graph}
    return f"{json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)}\n"


def crate_files(text: str) -> dict[str, str]:
    """Return the files that a crate lists, with the digest of each, empty where it has none.

    Raise ``ValueError`` for a text that is no crate.
    """
    try:
        return {
            unquote(entity["@id"]): str(entity.get("sha256", ""))
            for entity in json.loads(text)["@graph"]
            if "File" in _listed(entity["@type"])
        }
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(NAME) from error


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _root(about: About, files: Sequence[CrateFile], makings: Sequence[Making]) -> Entity:
    inside = [f"{making.folder}/" for making in makings]
    issuers = sorted({_organisation(making.issuer) for making in makings})
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": about.name,
        "description": about.description,
        "datePublished": about.published,
        "inLanguage": "vi",
        "temporalCoverage": str(about.year),
        "license": {"@id": _LICENCE},
        "author": _refs(issuers),
        "publisher": _refs(issuers),
        "conformsTo": {"@id": PROFILE},
        "hasPart": _refs(
            [quote(part) for part in inside]
            + [quote(f.path) for f in files if not f.path.startswith(tuple(inside))]
        ),
        "mentions": _refs([_action(making) for making in makings]),
    }


def _file(file: CrateFile, title: str) -> Entity:
    kind: Any = _KINDS.get(file.path.rpartition(".")[2], "application/octet-stream")
    if file.pdf_a in _PDF_A:
        kind = [kind, {"@id": _PDF_A[file.pdf_a][0]}]
    found = {
        "@id": quote(file.path),
        "@type": "File",
        "name": title or file.path.rpartition("/")[2],
        "encodingFormat": kind,
    }
    if file.digest:
        found |= {"sha256": file.digest, "contentSize": str(file.size)}
    return found


def _tool(tool: Tool) -> Entity:
    found: Entity = {
        "@id": tool.key,
        "@type": "SoftwareApplication",
        "name": "assess",
        "softwareVersion": tool.version or "không ghi lại",
    }
    if tool.source:
        found["identifier"] = f"sha256:{tool.source}"
    parts = [quote(path) for path in (tool.lock, tool.packages) if path]
    if parts:
        found["subjectOf"] = _refs(parts)
    return found


def _document(making: Making, files: Sequence[CrateFile]) -> list[Entity]:
    """Return a document as the folder of its files, its slice, and the action that made it."""
    folder, inputs = f"{making.folder}/", f"{making.folder}/{making.inputs}/"
    own = [file.path for file in files if file.path.startswith(folder)]
    results = [quote(path) for path in own if not path.startswith(inputs)]
    document: Entity = {
        "@id": quote(folder),
        "@type": "Dataset",
        "name": making.name,
        "description": making.subject,
        "identifier": making.sign,
        "datePublished": making.day,
        "publisher": {"@id": _organisation(making.issuer)},
        "hasPart": _refs([*results, quote(inputs)]),
    }
    for term, other in (("replaces", making.replaces), ("isReplacedBy", making.replaced)):
        if other:
            document[term] = {"@id": quote(f"{other}/")}
    return [
        document,
        {
            "@id": quote(inputs),
            "@type": "Dataset",
            "name": f"Số liệu của {making.name}",
            "description": "Số liệu đầu vào, bộ quy tắc và thể thức đã dùng để lập văn bản",
            "hasPart": _refs([quote(path) for path in own if path.startswith(inputs)]),
        },
        {
            "@id": _action(making),
            "@type": "CreateAction",
            "name": f"Lập {making.name}",
            "description": "Lập văn bản từ chính số liệu của nó bằng mẫu báo cáo, rồi lưu nguyên trạng",
            "actionStatus": "http://schema.org/CompletedActionStatus",
            "agent": {"@id": _organisation(making.issuer)},
            "endTime": making.at,
            "instrument": {"@id": making.tool},
            "object": _refs([quote(inputs), *map(quote, making.used)]),
            "result": _refs(results),
        },
    ]


def _action(making: Making) -> str:
    return f"#lap/{quote(making.folder)}"


def _organisation(name: str) -> str:
    return f"#co-quan-{digests.of_text(name)[:12]}"


def _refs(ids: Sequence[str]) -> Any:
    """Return references to entities: one alone without a list, as compact JSON-LD has it."""
    found = [{"@id": each} for each in ids]
    return found[0] if len(found) == 1 else found
