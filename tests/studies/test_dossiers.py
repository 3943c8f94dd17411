import pandas as pd
import pytest

from assess.base import marked_yaml
from assess.base.errors import InputError
from assess.studies.inspection.dossiers import dossier_matrix


def plan(*chosen):
    return pd.DataFrame({"chi_bo_id": [*chosen, "other"], "chosen": [True] * len(chosen) + [False]})


def test_the_matrix_names_each_chosen_chi_bo_as_text_whatever_its_id_looks_like(cut):
    text = dossier_matrix(cut("qs-tinh", "2026-Q1"), plan("no", "01", "1e3", "2026"), "data/sample")
    matrix = marked_yaml.parse(text, "ho-so.yaml").data
    assert matrix["id"] == "ho-so-qs-tinh-2026-q1"
    assert matrix["records"] == "data/sample"
    (entry,) = matrix["reports"]
    assert entry["dang_bo"] == ["01", "1e3", "2026", "no"]
    assert entry["template"] == "inspection_dossier"


def test_a_plan_without_a_chosen_chi_bo_makes_no_matrix(cut):
    with pytest.raises(InputError) as caught:
        dossier_matrix(cut("qs-tinh", "2026-Q1"), plan(), "data/sample")
    assert [finding.code for finding in caught.value.findings] == ["no-chi-bo"]
