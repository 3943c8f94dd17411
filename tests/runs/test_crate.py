"""The crate's text depends on its facts alone, and gives back the files that it lists."""

import json

import pytest

from assess.runs.crate import About, CrateFile, Making, Tool, crate_files, crate_text

FOLDER = "van-ban/2024/38-BC-DUK.x"
FILES = [
    CrateFile(f"{FOLDER}/bao cao số 1#%.pdf", "a" * 64, 10, "2A"),
    CrateFile(f"{FOLDER}/b.slice/line.parquet", "b" * 64, 20),
    CrateFile("bo-quy-tac/x.yaml", "c" * 64, 30),
    CrateFile("phien-ban/p.json", "d" * 64, 40),
    CrateFile("phien-ban/r.lock", "e" * 64, 50),
    CrateFile("MANIFEST.sha256", ""),
]
TOOL = Tool("0.1.0", "d" * 64, "phien-ban/r.lock", "phien-ban/p.json")


def made(**more):
    facts = {
        "folder": FOLDER,
        "inputs": "b.slice",
        "name": "Báo cáo số 38-BC/ĐUK",
        "subject": "Về <việc>",
        "sign": "38-BC/ĐUK",
        "day": "2024-01-16",
        "issuer": "ĐẢNG ỦY",
        "at": "2024-01-16T08:00:00+07:00",
        "tool": TOOL.key,
        "used": ("bo-quy-tac/x.yaml",),
    }
    return Making(**(facts | more))


def text(files=FILES, makings=None):
    about = About(2023, "Tên", "Mô tả", "Quyền", "2024-01-16T08:00:00+07:00", {"x": "y"})
    return crate_text(about, files, makings or [made()], [TOOL])


def entities(crate):
    return {each["@id"]: each for each in json.loads(crate)["@graph"]}


def test_files_in_any_order_give_the_same_text_and_come_back_with_their_digests():
    crate = text()
    assert crate == text(list(reversed(FILES)))
    assert crate_files(crate) == {file.path: file.digest for file in FILES}
    # each entity once, and each reference to one that is there
    graph = json.loads(crate)["@graph"]
    ids = [each["@id"] for each in graph]
    assert len(ids) == len(set(ids))

    def references(value):
        if isinstance(value, dict):
            if set(value) == {"@id"}:
                yield value["@id"]
            for each in value.values():
                yield from references(each)
        if isinstance(value, list):
            for each in value:
                yield from references(each)

    lost = {each for entity in graph for each in references(entity)} - set(ids)
    assert lost == {"https://w3id.org/ro/crate/1.1"}


def test_the_action_says_what_was_made_of_what_by_which_version_and_no_person():
    found = entities(text())
    (action,) = [each for each in found.values() if each["@type"] == "CreateAction"]
    assert action["endTime"] == "2024-01-16T08:00:00+07:00"
    assert found[action["instrument"]["@id"]]["softwareVersion"] == "0.1.0"
    assert found[action["agent"]["@id"]]["@type"] == "Organization"
    assert {each["@id"] for each in action["object"]} == {f"{FOLDER}/b.slice/", "bo-quy-tac/x.yaml"}
    result = found[action["result"]["@id"]]
    assert result["@id"].endswith("bao%20cao%20s%E1%BB%91%201%23%25.pdf")
    assert found[result["encodingFormat"][1]["@id"]]["name"] == "PDF/A-2a"
    assert "Person" not in {each["@type"] for each in found.values()}


def test_a_document_says_what_it_replaces_and_what_replaced_it():
    other = "van-ban/2024/39-BC-DUK.x"
    crate = text(makings=[made(replaced=other), made(folder=other, replaces=FOLDER)])
    found = entities(crate)
    assert found[f"{FOLDER}/"]["isReplacedBy"] == {"@id": f"{other}/"}
    assert found[f"{other}/"]["replaces"] == {"@id": f"{FOLDER}/"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"@graph": [1]}', '{"@graph": [{"@type": "File"}]}', "[" * 99_999]
)
def test_what_is_no_crate_is_told(text):
    with pytest.raises(ValueError, match=r".*"):
        crate_files(text)
