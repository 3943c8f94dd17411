"""Making a report: kind, period, unit, parameters, the office's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base.errors import InputError
from assess.base.periods import Period
from assess.desk.handlers import DeskHandler
from assess.desk.made_reports import GROUPS, REPORTS
from assess.desk.uploads import typed_values
from assess.exchange.written import read_day
from assess.reports.own_words import parse_words
from assess.runs.index import TITLES
from assess.runs.new_matrix import one_template
from assess.runs.template import Template, find_template, template_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assess.desk.office import Office


class MakePage(DeskHandler):
    """Choose kind, period, unit and parameters; a draft is made as often as one likes."""

    section = "bao-cao"

    async def get(self) -> None:
        """Show the fields, as far as the address fills them."""
        await self._show({}, {})

    async def _show(self, given: dict[str, str], errors: dict[str, str], status: int = 200) -> None:
        office = self.desk.office
        templates = await self.away(lambda: list(_templates(office.workspace)))
        name = given.get("mau") or self.asked("mau", "period_summary")
        template = next((each for each in templates if each.name == name), None)
        if template is None:
            raise web.HTTPError(404)
        year = office.today.year
        period = given.get("ky") or self.asked("ky") or str(year)
        home = await self.away(office.home)
        unit = given.get("dang_bo") or self.asked("dang_bo") or home
        span = None if errors.get("ky") else Period.parse(period)
        units = await self.away(office.units_with_chi_bo)
        known = span is not None and unit in dict(units)
        words = await self.away(_words, office, period, unit, template) if known else {}
        counts = await self.away(office.months, int(span.text[:4])) if home and span else []
        months = span.months if span else ()
        await self.page(
            "bao-cao-lap.html",
            status,
            groups=[(title, [t for t in templates if t.name in names]) for title, names in GROUPS]
            + [("Mẫu riêng", [t for t in templates if not any(t.name in n for _, n in GROUPS)])],
            titles=TITLES,
            template=template,
            periods=_periods(year, span),
            period=period,
            units=units,
            unit=unit,
            dated=given.get("ngay") or self.asked("ngay"),
            given=given,
            errors=errors,
            words_of=f"{period}|{unit}|{template.name}",
            words={part: given.get(f"lv-{part}", words.get(part, "")) for part in template.words},
            counts=[count for count in counts if count.month in months],
            default=_default,
        )

    async def post(self) -> None:
        """Start the job."""
        office, given = self.desk.office, self.fields
        template = await self.away(find_template, office.workspace, given.get("mau", ""))
        errors = {}
        try:
            span = Period.parse(given.get("ky", ""))
        except InputError as error:
            errors["ky"] = error.findings[0].sentence
        unit = given.get("dang_bo", "")
        known = dict(await self.away(office.units_with_chi_bo))
        if unit not in known:
            errors["dang_bo"] = "Chọn một đảng bộ trong danh sách."
        dated = read_day(given["ngay"]) if given.get("ngay") else None
        if given.get("ngay") and dated is None:
            errors["ngay"] = f"Ngày văn bản: “{given['ngay']}” không phải ngày có thật."
        values = {
            name: given[f"p-{name}"]
            for name, own in template.own.items()
            if given.get(f"p-{name}", "") not in ("", _default(own.default))
        }
        if not errors:
            try:
                matrix_id, _ = one_template(
                    template, [span.text], [unit], "data/store.duckdb", values
                )
            except InputError as error:
                errors["tham_so"] = error.findings[0].sentence
        if errors:
            await self._show(given, errors, 400)
            return
        about = (span.text, unit, template.name)
        typed = typed_values(self.request.body_arguments)
        texts = {part: typed[f"lv-{part}"] for part in template.words if f"lv-{part}" in typed}
        if texts and given.get("lv-cua") != "|".join(about):
            # the fields are those of another report: its texts are shown before any are written
            kept = await self.away(_words, office, *about[:2], template)
            given |= {f"lv-{part}": kept.get(part, "") for part in template.words}
            said = "Lời văn dưới đây nay là của báo cáo vừa chọn; xem lại rồi lập."
            await self._show(given, {"loi_van": said}, 400)
            return
        await self.away(_write_words, office, about, texts)
        words = ["run", "--template", template.name, "--period", span.text, "--dang-bo", unit]
        for name, value in values.items():
            words += ["-p", name, value]
        if dated:
            words += ["--document-date", dated[0].isoformat()]
        words += ["--also", "docx", "--also", "xlsx"]
        words += ["--out", REPORTS, "-w", str(office.workspace.root)]
        title = f"{TITLES.get(template.name, template.title)} {span.label}"
        path = f"{matrix_id}/{span.text}/{unit}/{template.name}"
        job = self.desk.jobs.start("bao-cao", f"Lập {title}", words, about={"path": path})
        self.redirect(self.address("viec", job.name))


def _words(office: Office, period: str, unit: str, template: Template) -> dict[str, str]:
    """Return what the office wrote for a report, by part."""
    path = office.workspace.words_path(period, unit, template.name)
    if not path.is_file():
        return {}
    return parse_words(path.read_text(encoding="utf-8-sig"), path.name)


def _write_words(office: Office, report: tuple[str, str, str], texts: Mapping[str, str]) -> None:
    """Write what was typed for the parts of a report; other parts of the file stay."""
    path = office.workspace.words_path(*report)
    before = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    parts = {**parse_words(before, path.name), **texts}
    text = "\n".join(f"# {part}\n{each.strip()}\n" for part, each in parts.items() if each.strip())
    parse_words(text, path.name)  # markup is refused before anything is written
    if text != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _templates(workspace: Any) -> Iterator[Template]:
    for name in template_paths(workspace):
        try:
            yield find_template(workspace, name)
        except InputError:
            continue


def _default(value: Any) -> str:
    """Return the default of a parameter as it is typed into a field."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{name}={each}" for name, each in value.items())
    return str(value)


def _periods(year: int, asked: Period | None) -> list[tuple[str, str]]:
    """Return the periods of this year and the last, and the one that is asked for."""
    years = {year, year - 1, *([int(asked.text[:4])] if asked else [])}
    parts = ("", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4", *(f"-{n:02d}" for n in range(1, 13)))
    texts = [f"{each}{part}" for each in sorted(years, reverse=True) for part in parts]
    return [(text, Period.parse(text).label) for text in texts]


PAGES = ((r"/bao-cao/lap", MakePage),)
