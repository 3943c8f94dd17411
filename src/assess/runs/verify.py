"""Verify published reports: compare ledger, manifest and files, check trust, remake reports.

Only the folder is needed: an executed notebook holds its template and its parameters, and its slice
is beside it. Templates and rule sets are compared with those of the package; only templates of the
package, or named by the verifier, are run.
"""

from __future__ import annotations

import ast
import json
import random
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.arguments import as_path
from assess.base.errors import Place, input_error
from assess.base.machine import cores, fair_memory
from assess.records import open_slice
from assess.runs import report_keys as keys
from assess.runs.batch import UNFINISHED
from assess.runs.executors import default_executor
from assess.runs.job import Job, Limits, Names
from assess.runs.ledger import NAME as LEDGER
from assess.runs.ledger import Ledger
from assess.runs.make_report import FAILED, FORMATS
from assess.runs.manifest import NAME as MANIFEST
from assess.runs.matrix import Run
from assess.runs.plan import CACHE
from assess.runs.publish import OLDER
from assess.runs.template import SHARED
from assess.runs.trust import INJECTED, trusted
from assess.workspace.face import load_face

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from assess.runs.executors import Executor
    from assess.runs.job import JobResult
    from assess.runs.ledger import LedgerEntry
    from assess.runs.trust import Trusted

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_OWN = {MANIFEST, LEDGER, CACHE, ".lock"}
"""Files of a batch that a manifest does not list."""
_BESIDE = (".failed.", f"{OLDER}.")
"""Beginnings of suffixes of files that are beside a report but not part of it."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: the file or report below the folder, and what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """The number of files listed, the keys of the reports made again, and every problem.

    ``incomparable`` has the reports whose PDF was set in fonts that are not at hand: all their
    other files were compared. ``own`` says how templates that the verifier named differ from the
    package's.
    """

    files: int
    remade: tuple[str, ...]
    problems: tuple[Problem, ...]
    incomparable: tuple[str, ...] = ()
    own: tuple[Problem, ...] = ()


def verify(
    folder: Path | str,
    executor: Executor | None = None,
    *,
    sample: int | None = None,
    seed: int = 0,
    jobs: int | None = None,
    limits: Limits | None = None,
    trust: Sequence[Path | str] = (),
    fonts: Path | str | None = None,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> VerifyResult:
    """Check one matrix's folder.

    ``sample`` is how many reports are made again (None: all), drawn with ``seed``. ``trust`` names
    templates and rule sets beside the package's own (:func:`assess.runs.trust.trusted`); ``fonts``
    is a folder with the fonts that the PDF was set in. Raise
    :class:`~assess.base.errors.InputError` for a folder without a valid manifest.
    """
    folder, at_once = as_path(folder, "folder"), jobs or cores()
    limits = limits or Limits(fair_memory(at_once))
    executor = executor or default_executor(jobs, limits.engine)
    known = trusted(trust)
    face = load_face(as_path(fonts, "fonts")) if fonts is not None else None
    listed = read_manifest(folder)
    ledger = Ledger(folder)
    problems = [
        *_ledger_problems(folder, ledger, listed),
        *_digest_problems(folder, ledger, listed),
    ]
    every = sorted(
        name.removesuffix(".ipynb")
        for name in listed
        if name.endswith(".ipynb") and not name.endswith(FAILED)
    )
    strange: set[str] = set()
    own: list[Problem] = []
    for stem in every:
        found = list(_trust_problems(folder, stem, ledger, known))
        problems += [Problem(stem, what) for what, _ in found]
        if not all(runs for _, runs in found):
            strange.add(stem)
        elif what := _own_template(folder, stem, known):
            own.append(Problem(stem, what))
    stems = [stem for stem in every if stem not in strange]
    chosen = stems
    if sample is not None:
        draw = random.Random(seed)  # noqa: S311 - a sample to check, repeatable
        chosen = sorted(draw.sample(stems, min(sample, len(stems))))
    orders: list[Job] = []
    incomparable: list[str] = []
    for stem in chosen:
        try:
            order = job_again(folder, stem, limits)
            wanted = _made_from(ledger.entries.get(stem)).get("face")
            if wanted and order.run.pdf and (face is None or face.digest != wanted):
                incomparable.append(stem)
                order = replace(order, run=replace(order.run, pdf=False))
            orders.append(replace(order, face=face if wanted else None))
        except Exception as error:  # noqa: BLE001 - a damaged folder can be wrong in any way
            problems.append(Problem(stem, f"không lập lại được: {_first_line(error)}"))
    done = 0
    if orders:
        progress(0, len(orders), "")
        with executor:
            executor.expect(len(orders))
            for made in executor.run(orders):
                left = {".pdf"} if made.key in incomparable else set()
                problems += _differences(folder, made, ledger.entries.get(made.key), left)
                done += 1
                progress(done, len(orders), made.key)
    return VerifyResult(
        len(listed),
        tuple(order.run.key for order in orders),
        tuple(problems),
        tuple(incomparable),
        tuple(own),
    )


def read_manifest(folder: Path) -> dict[str, str]:
    """Return the digest of every file listed in a manifest.

    Raise :class:`~assess.base.errors.InputError` when the manifest is missing or invalid.
    """
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise input_error("no-manifest", str(folder)) from error
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    if not all(found) or any(_outside(match[2]) for match in found if match):
        raise input_error("bad-manifest", str(folder / MANIFEST))
    return {match[2]: match[1] for match in found if match is not None}


def _outside(name: str) -> bool:
    """Return whether a name is not a plain path below the folder."""
    return name.startswith("/") or ".." in name.split("/") or "\\" in name or "\0" in name


def _ledger_problems(folder: Path, ledger: Ledger, listed: Mapping[str, str]) -> Iterator[Problem]:
    """Yield breaks in the ledger's chain and differences between ledger and manifest."""
    for number in ledger.broken:
        yield Problem(
            LEDGER, f"dòng {number} không nối tiếp dòng trước: sổ ghi đã bị sửa, thêm hoặc bớt dòng"
        )
    if ledger.closed and ledger.closed["manifest"] != digests.of_file(folder / MANIFEST):
        yield Problem(MANIFEST, "khác với mã mà sổ ghi (ledger.jsonl) ghi khi kết thúc lượt lập")
    if ledger.chained and not ledger.closed and not (folder / UNFINISHED).exists():
        yield Problem(
            LEDGER, "không kết thúc bằng dòng chốt lượt lập: sổ ghi đã bị cắt bớt hoặc sửa"
        )
    present = ledger.closed.get("runs", list(ledger.entries))
    for key, entry in ledger.entries.items():
        if key not in present:
            continue
        for place, digest in sorted(entry.standing.items()):
            name = f"{key.rpartition('/')[0]}/{place}"
            if name not in listed:
                yield Problem(
                    name, "có trong sổ ghi (ledger.jsonl) nhưng không có trong MANIFEST.sha256"
                )
            elif listed[name] != digest:
                yield Problem(
                    name,
                    "không phải tệp đã lập: mã SHA-256 trong sổ ghi (ledger.jsonl) khác trong MANIFEST.sha256",
                )


def _trust_problems(
    folder: Path, stem: str, ledger: Ledger, known: Trusted
) -> Iterator[tuple[str, bool]]:
    """Yield what is untrusted in a report's template and rule sets, and if it may still run."""
    entry = ledger.entries.get(stem)
    recorded = str(_made_from(entry).get("template"))
    try:
        notebook = json.loads((folder / f"{stem}.ipynb").read_text(encoding="utf-8"))
        what = known.template_problem(notebook, Path(stem).name, recorded)
        if what:
            yield f"{what}; không chạy mẫu này; nếu tin thì nêu --trust", False
        for what in known.rule_problems(folder / f"{stem}.slice"):
            yield what, True
    except Exception as error:  # noqa: BLE001 - a damaged folder can be wrong in any way
        yield f"không lập lại được: {_first_line(error)}", False


def _own_template(folder: Path, stem: str, known: Trusted) -> str:
    notebook = json.loads((folder / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return known.own_template(notebook, Path(stem).name)


def _digest_problems(folder: Path, ledger: Ledger, listed: Mapping[str, str]) -> Iterator[Problem]:
    if (folder / UNFINISHED).exists():
        yield Problem(".", "lượt lập báo cáo chưa xong: chạy lại assess run")
    for name, digest in listed.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            yield Problem(name, "nằm ngoài thư mục")
        elif not path.is_file():
            yield Problem(name, "không còn")
        elif digests.of_file(path) != digest:
            yield Problem(name, "đã bị sửa: mã SHA-256 khác với MANIFEST.sha256")
    own = {"index.html"}
    for key, entry in ledger.entries.items():
        own |= {f"{key.rpartition('/')[0]}/{name}" for name in entry.standing}
    for name in sorted(set(listed) - own):
        yield Problem(
            name,
            "có trong MANIFEST.sha256 nhưng sổ ghi (ledger.jsonl) không có báo cáo nào gồm tệp này",
        )
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Problem(name, "là liên kết tượng trưng, không phải tệp của báo cáo")
        elif path.is_file() and name not in listed and name not in _OWN and name != UNFINISHED:
            yield Problem(name, "là tệp lạ, không có trong MANIFEST.sha256")


def job_again(folder: Path, stem: str, limits: Limits) -> Job:
    """Return a job that makes a published report again, from its notebook and slice alone."""
    text = (folder / f"{stem}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    given = _parameters(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    slice_folder = folder / f"{stem}.slice"
    made = open_slice(slice_folder)
    place, name = Path(stem).parent, Path(stem).name
    also = tuple(kind for kind in ("docx", "xlsx") if (folder / f"{stem}.{kind}").is_file())
    run = Run(
        name,
        name,
        given["dang_bo"],
        given["period"],
        given["rule_set"],
        given["readings"],
        made.as_of,
        made.document_date,
        Place(f"{stem}.ipynb"),
        also,
        pdf=(folder / f"{stem}.pdf").is_file(),
        parameters={name: value for name, value in given.items() if name not in SHARED},
    )
    if run.folder != place.as_posix():
        raise ValueError(f"{stem} không phải chỗ của báo cáo {run.key}")
    files = {
        path.relative_to(slice_folder).as_posix(): path.read_bytes()
        for path in sorted(slice_folder.rglob("*"))
        if path.is_file()
    }
    nothing = Names.of((), ())
    return Job(
        run,
        json.dumps(notebook).encode(),
        files,
        made.digest,
        made.name,
        made.period.label,
        nothing,
        nothing,
        limits,
    )


def _parameters(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that papermill injected into a notebook: literals, not executed."""
    cell = next(
        cell for cell in notebook["cells"] if INJECTED in cell.get("metadata", {}).get("tags", [])
    )
    found: dict[str, Any] = {}
    for node in ast.parse("".join(cell["source"])).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


def _differences(
    folder: Path, made: JobResult, entry: LedgerEntry | None, left_out: Collection[str]
) -> Iterator[Problem]:
    """Yield the differences of a report made again: which file, which cell, what differs.

    ``left_out`` are the suffixes of files that were not made again.
    """
    if made.failure is not None:
        yield Problem(made.key, f"lập lại không được: {made.failure.message}")
        return
    name = Path(made.key).name
    if entry is not None and entry.has_report and entry.results != made.results:
        yield Problem(
            made.key, "sổ ghi (ledger.jsonl) ghi kết quả xếp loại khác với báo cáo lập lại"
        )
    same_notebook = True
    for suffix, content in sorted(
        made.files.items(),
        key=lambda item: FORMATS.index(item[0]) if item[0] in FORMATS else len(FORMATS),
    ):
        path = folder / f"{made.key}{suffix}"
        old = path.read_bytes() if path.is_file() else b""
        if old == content:
            continue
        if suffix == ".ipynb":
            same_notebook = False
            what = _notebook_difference(old, content)
        else:
            what = (
                "khác khi dựng lại, dù sổ tính giống nhau" if same_notebook else "khác theo sổ tính"
            )
        yield Problem(f"{made.key}{suffix}", what + _why(folder, made.key))
    for path in sorted(folder.glob(f"{made.key}.*")):
        suffix = path.name.removeprefix(name)
        if path.is_file() and not (
            suffix in made.files or suffix in left_out or suffix.startswith(_BESIDE)
        ):
            yield Problem(f"{made.key}{suffix}", "lập lại không có tệp này")


def _notebook_difference(old: bytes, new: bytes) -> str:
    try:
        before, after = json.loads(old)["cells"], json.loads(new)["cells"]
    except (ValueError, KeyError, TypeError):
        return "không đọc được sổ tính đã lập"
    for number, (one, other) in enumerate(zip(before, after, strict=False), start=1):
        if one == other:
            continue
        where = f"ô lệnh {number}"
        if one.get("source") != other.get("source"):
            return f"{where}: mã lệnh khác"
        said, says = _text(one.get("outputs")), _text(other.get("outputs"))
        at = next(
            (i for i, (a, b) in enumerate(zip(said, says, strict=False)) if a != b),
            min(len(said), len(says)),
        )
        start = max(0, at - 20)
        return f"{where}: kết quả khác: “…{said[start : start + _SHOWN]}…” nay là “…{says[start : start + _SHOWN]}…”"
    return "số ô lệnh khác" if len(before) != len(after) else "phần mô tả của sổ tính khác"


def _text(outputs: Any) -> str:
    return json.dumps(outputs, ensure_ascii=False, sort_keys=True)


def _made_from(entry: LedgerEntry | None) -> Mapping[str, Any]:
    """Return the components of the published report: the last, or a kept one where that failed."""
    if entry is None:
        return {}
    return entry.components if entry.has_report or not entry.older else entry.older[0].components


def _why(folder: Path, key: str) -> str:
    """Return in Vietnamese which code and packages changed since a report was made; else empty."""
    ledger = Ledger(folder)
    entry = ledger.entries.get(key)
    if entry is None:
        return ""
    here = keys.this_machine()
    reasons = []
    made_from = _made_from(entry)
    if made_from.get("assess") != here.assess:
        reasons.append("mã nguồn assess đã khác")
    old = ledger.environments.get(str(made_from.get("environment")), {})
    names: Sequence[str] = [
        name
        for name in sorted({*old, *here.packages})
        if old and old.get(name) != here.packages.get(name)
    ]
    reasons += [
        f"{name} {old.get(name, 'không có')} → {here.packages.get(name, 'không có')}"
        for name in names[:3]
    ]
    return f" ({'; '.join(reasons)})" if reasons else ""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def matrices(folder: Path) -> list[Path]:
    """Return the matrix folders in ``folder``: itself, or those directly below it.

    Raise :class:`~assess.base.errors.InputError` when there is none.
    """
    found = (
        [folder]
        if (folder / MANIFEST).is_file()
        else sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    )
    if not found:
        raise input_error("no-manifest", str(folder))
    return found
