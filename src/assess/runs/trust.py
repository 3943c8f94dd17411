"""Trusted templates and rule sets: those of the package, and those that the verifier names.

A template is compared by its cells (type, source, tags, attachments), so that one saved again by
JupyterLab is the same; a rule set is compared by its text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import input_error
from assess.base.machine_faults import reason
from assess.exchange.store import Store
from assess.exchange.store.kept_rules import kept_digests
from assess.rules.load import rule_files
from assess.workspace import USUAL_STORE, Workspace, shipped_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

INJECTED = "injected-parameters"
_DIGEST = re.compile(r"[0-9a-f]{16,64}")
_SHOWN = 60
_CODE = 16
"""Digits of a digest that are shown; also the fewest that can name one."""
Cells = tuple[str, ...]


@dataclass
class Trusted:
    """The package's templates (cells, by name) and rule sets (text, by id), and trusted digests.

    ``digests`` has those of the package and of the files that the verifier named.
    """

    templates: dict[str, Cells] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    """Digests of the bytes of the package's templates, as ledgers have them."""
    rules: dict[str, str] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)
    given: tuple[str, ...] = ()
    """The digests, or beginnings of digests, that the verifier named."""

    def knows(self, digest: str) -> bool:
        """Whether cells or a text with this digest are trusted."""
        return digest in self.digests or any(digest.startswith(part) for part in self.given)

    def template_problem(self, notebook: Mapping[str, Any], name: str, recorded: str) -> str:
        """Return how an executed notebook differs from the trusted templates; empty when it is one.

        ``recorded`` is the template's digest in the ledger.
        """
        digest = _of(cell for _, cell in _own_cells(notebook))
        if self.knows(digest):
            return ""
        claim = "; sổ ghi (ledger.jsonl) lại ghi là mẫu của gói" if recorded in self.files else ""
        differs = self._difference(notebook, name)
        what = (
            f"mẫu LẠ hoặc đã sửa: {differs}" if differs else "mẫu LẠ, không giống mẫu nào của gói"
        )
        return f"{what}{claim} (mã {digest[:_CODE]})"

    def own_template(self, notebook: Mapping[str, Any], name: str) -> str:
        """Return how a template that the verifier named differs from the package's; else empty."""
        cells = tuple(cell for _, cell in _own_cells(notebook))
        if cells in self.templates.values():
            return ""
        differs = self._difference(notebook, name)
        return f"mẫu của cơ quan: {differs or 'không giống mẫu nào của gói'}"

    def _difference(self, notebook: Mapping[str, Any], name: str) -> str:
        """Return in which cell a template first differs from the package's that it is nearest to.

        Empty where it resembles none.
        """
        numbered = list(_own_cells(notebook))
        cells = tuple(cell for _, cell in numbered)
        near = name if name in self.templates else self._nearest(cells)
        if not near:
            return ""
        known = self.templates[near]
        at = next(
            (i for i, (one, other) in enumerate(zip(cells, known, strict=False)) if one != other),
            min(len(cells), len(known)),
        )
        where = (
            f"khác từ ô lệnh {numbered[at][0]}"
            if at < len(cells)
            else f"thiếu {len(known) - len(cells)} ô lệnh cuối"
        )
        return f"so với mẫu {near} của gói, {where}"

    def _nearest(self, cells: Cells) -> str:
        """Return the template that shares most cells with these, if it shares at least half."""
        shared = {name: len({*known} & {*cells}) for name, known in self.templates.items()}
        best = max(shared, key=lambda name: shared[name], default="")
        return best if best and 2 * shared[best] >= len(cells) else ""

    def rule_problems(self, slice_folder: Path) -> Iterator[str]:
        """Yield the rule sets of a slice that are not trusted, with the first line that differs."""
        for part in ("rules", "annual"):
            for path in sorted((slice_folder / part).glob("*.yaml")):
                text = path.read_text(encoding="utf-8")
                digest = digests.of_text(text)
                if self.knows(digest):
                    continue
                rule_id = path.stem
                if rule_id not in self.rules:
                    yield f"bộ quy tắc {rule_id} không có trong gói (mã {digest[:_CODE]})"
                else:
                    yield f"bộ quy tắc {rule_id} khác bản trong gói {_first_difference(text, self.rules[rule_id])} (mã {digest[:_CODE]})"


def trusted(also: Sequence[Path | str] = ()) -> Trusted:
    """Return what is trusted: the package's own templates and rule sets, and those in ``also``.

    ``also`` has template files, rule set files, whole workspaces or digests. Raise
    :class:`~assess.base.errors.InputError` for anything else.
    """
    own = shipped_workspace()
    found = Trusted(
        given=tuple(
            str(each) for each in also if _DIGEST.fullmatch(str(each)) and not Path(each).exists()
        )
    )
    for path in _templates(own):
        found.templates[path.stem] = cells = _cells_of(path)
        found.files.add(digests.of_file(path))
        found.digests.add(_of(cells))
    for path in _rules(own):
        found.rules[path.stem] = text = path.read_text(encoding="utf-8")
        found.digests.add(digests.of_text(text))
    for each in also:
        if str(each) not in found.given:
            found.digests |= set(_named(Path(each)))
    return found


def _named(path: Path) -> Iterator[str]:
    """Yield the digests of the templates and rule sets at a path."""
    try:
        if path.is_dir() and (path / "notebooks").is_dir():
            yield from (_of(_cells_of(each)) for each in _templates(path))
            yield from (digests.of_text(each.read_text(encoding="utf-8")) for each in _rules(path))
            yield from _once_used(Workspace(path))
        elif path.suffix == ".ipynb" and path.is_file():
            yield _of(_cells_of(path))
        elif path.suffix == ".yaml" and path.is_file():
            yield digests.of_text(path.read_text(encoding="utf-8"))
        else:
            raise input_error("bad-trust", str(path))
    except OSError as error:
        raise input_error("unreadable", str(path), reason=reason(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise input_error("bad-trust", str(path)) from error


def _once_used(workspace: Workspace) -> set[str]:
    """Return the digests of the rule files that the workspace's own store was ever scored by."""
    if not (workspace.root / USUAL_STORE).is_file():
        return set()
    return kept_digests(Store(workspace.root / USUAL_STORE).links())


def _templates(root: Path) -> list[Path]:
    return sorted(Workspace(root).templates_folder.glob("*.ipynb"))


def _rules(root: Path) -> list[Path]:
    workspace = Workspace(root)
    annual = rule_files(workspace.annual_folder) if workspace.annual_folder.is_dir() else []
    return [*rule_files(workspace.rules_folder), *annual]


def _cells_of(path: Path) -> Cells:
    return tuple(cell for _, cell in _own_cells(json.loads(path.read_text(encoding="utf-8-sig"))))


def _own_cells(notebook: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield each cell's number in the notebook (from 1) and its canonical text.

    The first cell tagged as injected by papermill is left out.
    """
    injected = False
    for number, cell in enumerate(notebook["cells"], start=1):
        tags = sorted(cell["metadata"].get("tags", []))
        if INJECTED in tags and not injected:
            injected = True
            continue
        yield (
            number,
            digests.canonical(
                [cell["cell_type"], "".join(cell["source"]), tags, cell.get("attachments", {})]
            ),
        )


def _of(cells: Iterable[str]) -> str:
    return digests.of_text(digests.canonical(list(cells)))


def _first_difference(text: str, known: str) -> str:
    lines, wanted = text.splitlines(), known.splitlines()
    at = next(
        (i for i, (one, other) in enumerate(zip(lines, wanted, strict=False)) if one != other),
        min(len(lines), len(wanted)),
    )
    said, says = (part[at].strip()[:_SHOWN] if at < len(part) else "" for part in (lines, wanted))
    return f"từ dòng {at + 1}: “{said}”, trong gói là “{says}”"
