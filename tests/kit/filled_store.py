"""Reports made from a workspace whose store holds the sample, and what is printed on them."""

from lxml import html

from assess.runs import run_matrix

HEAD = "id: {id}\ntitle: Bộ thử\nrecords: data/store.duckdb\nas_of: {as_of}\ndocument_date: 2027-03-02\nreports:\n"


def made(workspace, out, name, as_of, *reports, draft=False):
    path = workspace.root / f"params/runs/{name}.yaml"
    path.write_text(
        HEAD.format(id=name, as_of=as_of) + "".join(f"  - {{{report}}}\n" for report in reports),
        encoding="utf-8",
    )
    batch = run_matrix(path, workspace, out, draft=draft)
    assert [outcome.message for outcome in batch.failed] == []
    return batch.folder


def text_of(path):
    return " ".join(html.parse(str(path)).getroot().body.text_content().split())


def rows_of(path, table_id):
    return [
        [cell.text_content().strip() for cell in row]
        for row in html.parse(str(path)).getroot().xpath(f"//table[@id='{table_id}']/tbody/tr")
    ]
