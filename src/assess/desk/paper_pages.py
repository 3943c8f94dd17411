"""A form typed in from paper: the fields of a blank form, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tornado import web

from assess.desk.handlers import DeskHandler
from assess.desk.jobs import INBOX, RESULT
from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.forms.make_forms import forms_of_month
from assess.records import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assess.desk.office import Office
    from assess.exchange.forms import ScoreForm


class PaperPage(DeskHandler):
    """The form of a chi bộ and month."""

    section = "phieu"

    async def get(self) -> None:
        """Show the fields; a name that several chi bộ have is asked about."""
        office, month = self.desk.office, self.month()
        chi_bo, name = self.asked("chi_bo"), self.asked("ten")
        if not chi_bo:
            found = await self.away(office.chi_bo_like, name) if name else []
            exact = [pair for pair in found if pair[1] == name]
            found = exact or found
            if len(found) != 1:
                await self.page(
                    "giay-chon.html", month=month, asked=name, found=found[:40], many=len(found)
                )
                return
            chi_bo = found[0][0]
        form = await self.away(_form, office, chi_bo, month)
        await self._show(form, {}, {}, 200)

    async def _show(
        self, form: ScoreForm, given: Mapping[str, str], errors: Mapping[str, str], status: int
    ) -> None:
        await self.page(
            "giay.html",
            status,
            form=form,
            name=await self.away(self.desk.office.name_of, form.form_id.unit_id),
            facts=[_field(column) for column in form.facts],
            given=given,
            errors=errors,
            not_applicable=words.NOT_APPLICABLE,
        )

    async def post(self) -> None:
        """Write the form as a workbook and have it taken in like any other."""
        office, given = self.desk.office, self.fields
        form = await self.away(_form, office, given.get("chi_bo", ""), given.get("thang", ""))
        facts = {column.name: given.get(f"s-{column.name}", "") for column in form.facts}
        entries = {
            (rater, line.id): given[f"{rater}-{line.id}"]
            for rater in ("self", "superior")
            for line in form.rules.criteria
            if given.get(f"{rater}-{line.id}")
        }
        if not any(facts.values()) and not entries:
            await self._show(
                form,
                given,
                {"o": "Các ô đều để trống. Ghi ít nhất một ô rồi bấm Ghi phiếu này."},
                400,
            )
            return
        folder = self.desk.jobs.new_folder()
        filled = FilledValues({name: value for name, value in facts.items() if value}, entries)
        path = folder / INBOX / f"tu-giay-{form.form_id.unit_id}-{form.form_id.month}.xlsx"
        await self.away(_write, path, form, filled)
        name = await self.away(office.name_of, form.form_id.unit_id)
        command = [
            "intake",
            f"{{job}}/{INBOX}",
            "--out",
            f"{{job}}/{RESULT}",
            "-w",
            str(self.desk.jobs.root),
        ]
        title = f"Nhập từ giấy: {name}, tháng {int(form.form_id.month[5:])}"
        job = self.desk.jobs.start("nhan", title, command, folder=folder, writes=True)
        self.redirect(self.address("viec", job.name))


def _form(office: Office, chi_bo: str, month: str) -> ScoreForm:
    store = office.store
    if store is None:
        raise web.HTTPError(404)
    ((form, _),) = forms_of_month(store, office.rules, chi_bo, month)
    return form


def _write(path: Path, form: ScoreForm, filled: FilledValues) -> None:
    write_forms(path, [(form, filled)])


def _field(column: Any) -> dict[str, Any]:
    choices = list(words.CHOICES.get(column.name, {}).values())
    if column.dtype == "flag":
        choices = [words.YES, words.NO]
    return {
        "name": column.name,
        "title": words.title_of(column.name, "meeting"),
        "choices": choices,
        "short": column.dtype in ("date", "integer", "number"),
        "date": column.dtype == "date",
    }


PAGES = ((r"/phieu/giay", PaperPage),)
