"""A chain as text proves itself without the store, and tells a link changed, gone or moved."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from assess.base import digests
from assess.exchange.store import SealedLink, Store, StoreBatch, Writer
from assess.exchange.store.chain_text import chain_problems, chain_text, read_chain, stands_in
from kit.old_stores import make_old
from kit.score_forms import little_rows


@pytest.fixture(scope="module")
def links(rules, tmp_path_factory):
    path = tmp_path_factory.mktemp("chain") / "store.duckdb"
    store = Store(path, create=True, by=Writer("Chuyên viên Văn phòng"))
    store.append(StoreBatch(dt.datetime(2026, 1, 10), little_rows(rules)))
    for digest in ("0", "1", "2"):
        store.note_restored(digest * 64)
    found = store.sealed_links()
    assert [each.link for each in found] == [each.link for each in store.links()]
    return found


def told(links):
    return list(chain_problems(links))


def forged(link, **changes):
    content = digests.canonical({**json.loads(link.content), **changes})
    return SealedLink(link.number, digests.of_text(content), content)


def test_the_text_gives_the_links_back_and_they_hold(links):
    text = chain_text("data/store.duckdb", links)
    assert read_chain(text) == links
    assert told(links) == []
    assert told(links[:2]) == []  # a chain up to some moment
    assert told([]) == []
    assert stands_in(links, 2, links[1].link)
    assert not stands_in(links, 1, links[1].link)
    assert not stands_in(links, 1, "")


def test_a_link_changed_taken_out_moved_or_begun_later_is_told(links):
    one, two, three, four = links
    assert told([one, replace(two, content=two.content + " "), three, four])
    assert told([one, forged(two, actor="Ai khác"), three]) == [
        "lượt 3: không nối tiếp lượt 2",
    ]
    assert told([one, three, four]) == ["lượt 3: không nối tiếp lượt 1"]
    assert told([two, three, four]) == ["lượt 2: thiếu các lượt trước"]
    assert told([one, three, two, four])
    assert told([one, two, two])
    assert told([one, replace(two, number=5)])
    assert told([one, SealedLink(2, digests.of_text("[]"), "[]")]) == [
        "lượt 2: không đọc được nội dung"
    ]


def test_a_chain_made_whole_again_holds_and_only_a_link_held_elsewhere_tells(links):
    one = forged(links[0], actor="Ai khác")
    two = forged(links[1], before=one.link)
    assert told([one, two]) == []
    assert two.link != links[1].link


def test_a_store_of_before_the_chain_begins_with_its_migration(tmp_path, rules):
    path = tmp_path / "store.duckdb"
    Store(path, create=True).append(StoreBatch(dt.datetime(2026, 1, 10), little_rows(rules)))
    make_old(path, 5)
    found = Store(path).sealed_links()
    assert found[0].number > 1
    assert told(found) == []
    assert told([forged(found[0], kind="intake")]) != []
    # a slice cut of such a batch names it without a link: the migration sealed it
    assert stands_in(found, 1, "")
    assert not stands_in(found, found[0].number, "")
    assert not stands_in([], 1, "")


@pytest.mark.parametrize(
    "text",
    ["", "1", "{}", '{"links": 1}', '{"links": [{"number": "1", "link": "", "content": ""}]}',
     '{"links": [{"number": true, "link": "", "content": ""}]}', "[" * 99_999],
)  # fmt: skip
def test_what_is_no_chain_is_told(text):
    with pytest.raises(ValueError, match=r".*"):
        read_chain(text)
