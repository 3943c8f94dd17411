"""The matrix that makes a dossier for each chosen chi bộ of a plan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from assess.base.errors import input_error

if TYPE_CHECKING:
    import pandas as pd

    from assess.records import Slice

_HEAD = (
    "# Hồ sơ trước kiểm tra của các chi bộ trong kế hoạch;"
    " mỗi hồ sơ chỉ có số liệu của chi bộ đó.\n"
)


def dossier_matrix(made: Slice, plan: pd.DataFrame, records: str) -> str:
    """Return the matrix as YAML text; each dossier is cut for its own chi bộ.

    ``plan`` is the frame of :func:`~assess.studies.inspection.choose.inspection_plan`, ``records``
    the folder or store as the matrix names it. Raise ``InputError`` where no chi bộ is chosen.
    """
    chosen = sorted(plan.loc[plan["chosen"], "chi_bo_id"])
    if not chosen:
        raise input_error("no-chi-bo", made.dang_bo, found=made.name, period=made.period.text)
    matrix = {
        "id": f"ho-so-{re.sub('[^a-z0-9]+', '-', f'{made.dang_bo} {made.period.text}'.lower())}",
        "title": f"Hồ sơ kiểm tra sinh hoạt chi bộ {made.period.label}",
        "records": records,
        "as_of": made.as_of.isoformat(),
        "document_date": made.document_date,
        "reports": [
            {"template": "inspection_dossier", "period": made.period.text, "dang_bo": chosen}
        ],
    }
    return _HEAD + yaml.safe_dump(matrix, allow_unicode=True, sort_keys=False, width=100)
