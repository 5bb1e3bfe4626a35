"""The pages of an import: a file, its sheet, its columns, what it would do, and a yes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from registry.forms.importing import ColumnsForm, SheetForm
from registry.forms.staff import UploadForm
from registry.foundation.errors import Refused
from registry.foundation.spreadsheets import FORMATS, MAX_BYTES, read, sheet_titles
from registry.importing import runs, staging
from registry.models import Import, ImportTask
from registry.resources import columns as matching
from registry.resources import tasks


class ImportPages:
    """Mixed into a TransferAdmin. Each page carries on what was chosen before it, in hidden fields."""

    def has_import_permission(self, request):
        return request.user.has_perm(f"registry.import_{self.opts.model_name}")

    def import_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        if "ticket" in request.POST:
            return self._confirmed(request, request.POST["ticket"])
        if "bestand" in request.POST:
            file = staging.parked(request.POST["bestand"], by=request.user, what=self.opts.model_name)
            return self._stepped(request, file) if file else self._gone(request)
        if "taak" in request.GET:
            return self._waited_for(request, request.GET["taak"])
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if not form.is_valid():
            return self._import_page(request, form)
        return self._uploaded(request, form)

    def _uploaded(self, request, form):
        upload = form.cleaned_data["file"]
        try:
            if upload.size > MAX_BYTES:
                raise Refused(_("Het bestand is groter dan 10 MB. Verdeel het over meer bestanden."))
            content = upload.read()
            titles = sheet_titles(content)
            table = None if len(titles) > 1 else self._read(request, content, "")
        except Refused as refusal:
            return self._import_page(request, form, outcome=runs.refused(refusal), file_name=upload.name)
        ticket = staging.park(content, by=request.user, what=self.opts.model_name, file_name=upload.name)
        about = {"bestand": ticket, "file_name": upload.name, "blad": ""}
        if table is None:
            return self._import_page(request, form, step=SheetForm(titles=titles), **about)
        return self._looked_at(request, table, about)

    def _stepped(self, request, file):
        """The file waits; what came with it says which sheet and which columns."""
        about = {"bestand": request.POST["bestand"], "file_name": file.file_name}
        about["blad"] = request.POST.get("blad", "")
        content = file.content()
        try:
            titles = sheet_titles(content)
            if len(titles) > 1 and about["blad"] not in titles:
                step = SheetForm(request.POST, titles=titles)
                return self._import_page(request, UploadForm(), step=step, **about)
            table = self._read(request, content, about["blad"])
        except Refused as refusal:
            return self._import_page(request, UploadForm(), outcome=runs.refused(refusal), **about)
        if not any(name.startswith("kolom-") for name in request.POST):
            return self._looked_at(request, table, about)
        step = self._columns_form(request, table, request.POST)
        if not step.is_valid() or request.POST.get("stap") == "kolommen":
            return self._import_page(request, UploadForm(), step=step, columns_chosen=True, **about)
        return self._previewed(request, table, step.columns(len(table.headers)), about)

    def _looked_at(self, request, table, about):
        """To the preview at once when the columns are ours, else to the choice of columns."""
        guess = matching.guessed(self._resource(request), table)
        if matching.is_certain(table, guess) and not any(
            matching.problems_of(self._resource(request), guess)
        ):
            return self._previewed(request, table, guess, about)
        initial = {f"kolom-{at}": name for at, name in enumerate(guess)}
        step = self._columns_form(request, table, None, initial)
        return self._import_page(request, UploadForm(), step=step, columns_chosen=True, **about)

    def _previewed(self, request, table, columns, about):
        wants_reasons = request.POST.get("stap") == "fouten"
        if len(table.rows) > tasks.LONG and not wants_reasons:
            return self._put_off(
                request,
                ticket=about["bestand"],
                file_name=about["file_name"],
                sheet=about["blad"],
                columns=columns,
                total=len(table.rows),
            )
        outcome = runs.try_out(self._resource(request), matching.chosen(table, columns), by=request.user)
        if wants_reasons:
            return self._reasons(table, outcome)
        ticket = tasks.promised(about["bestand"], outcome, sheet=about["blad"], columns=columns)
        left_out = [name for name, column in zip(table.headers, columns, strict=True) if name and not column]
        left_out = [name for name in left_out if name != matching.REASON]
        return self._outcome_page(request, outcome, columns, about | {"ticket": ticket, "left_out": left_out})

    def _outcome_page(self, request, outcome, columns, about):
        chosen = [(f"kolom-{at}", name) for at, name in enumerate(columns)]
        return self._import_page(request, UploadForm(), outcome=outcome, chosen=chosen, **about)

    # Of many rows

    def _put_off(self, request, **about):
        task = ImportTask.objects.create(by=request.user, what=self.opts.model_name, **about)
        return redirect(f"{request.path}?taak={task.key}")

    def _waited_for(self, request, key):
        """A page that comes back by itself until all is done, and then shows what came of it."""
        try:
            mine = ImportTask.objects.filter(by=request.user, what=self.opts.model_name)
            task = mine.get(key=key)
        except (ImportTask.DoesNotExist, ValidationError):
            return self._gone(request)
        if request.method == "POST" and task.is_stuck:
            tasks.run(task)
            return redirect(f"{request.path}?taak={task.key}")
        result = staging.got(task.key)
        if task.ended_at is None:
            context = {"title": _("Importeren"), "task": task, "done": result.get("done", 0)}
            page = self._page(request, "admin/import_wait.html", context)
            # Works without a script.
            page["Refresh"] = "3"
            return page
        if task.is_agreed and "outcome" not in result:
            plan = staging.promised(task.ticket, by=request.user, what=self.opts.model_name)
            return self._gone(request, plan)
        if task.is_failed or "outcome" not in result:
            return self._gone(request)
        outcome = runs.Outcome.from_json(result["outcome"])
        about = {name: result[name] for name in ("ticket", "bestand", "blad")}
        about |= {"file_name": task.file_name, "clashes": outcome.clashes}
        return self._outcome_page(request, outcome, result["columns"], about)

    def _reasons(self, table, outcome):
        """The file again, with beside each row what is wrong with it."""
        reasons = {}
        for fault in outcome.faults:
            said = f"{fault.column}: {fault.message}" if fault.column else fault.message
            reasons.setdefault(fault.number, []).append(said)
        keep = [at for at, name in enumerate(table.headers) if name != matching.REASON]
        headers = [matching.REASON, *(table.headers[at] for at in keep)]
        rows = [
            ["\n".join(reasons.get(number, [])), *(str(cells[at]) for at in keep)]
            for number, cells in table.rows
        ]
        return self._download("xlsx", headers, rows, prefix=f"{_('fouten')}-")

    def _confirmed(self, request, ticket):
        plan = staging.promised(ticket, by=request.user, what=self.opts.model_name)
        if plan is None or plan.file is None:
            return self._gone(request, plan)
        if len(plan.seen) > tasks.LONG:
            return self._put_off(
                request, ticket=ticket, is_agreed=True, file_name=plan.file.file_name, total=len(plan.seen)
            )
        try:
            outcome, record = tasks.agreed(self._resource(request), plan, by=request.user)
        except IntegrityError:
            # The same yes, a moment earlier.
            return self._gone(request, plan)
        if record is None and Import.objects.filter(key=plan.key).exists():
            return self._gone(request, plan)
        if record is None:
            return self._clashed(request, plan, outcome)
        staging.discard(plan)
        messages.success(request, _said(record))
        return redirect(f"admin:registry_{self.opts.model_name}_changelist")

    def _clashed(self, request, plan, outcome):
        """Nothing was done. What both saw is shown, with what the file would do now."""
        about = {"file_name": plan.file.file_name, "blad": plan.sheet, "clashes": outcome.clashes}
        messages.error(request, _("Intussen is er iets gewijzigd. Er is niets geïmporteerd."))
        about["bestand"] = staging.ticket_of(request.POST["ticket"])
        table = self._read(request, plan.file.content(), plan.sheet)
        return self._previewed(request, table, list(plan.columns), about)

    def _gone(self, request, plan=None):
        record = Import.objects.filter(key=plan.key, by=request.user).first() if plan else None
        if record:
            messages.success(request, _("Dit bestand is al binnen. %s") % _said(record))
            return redirect(f"admin:registry_{self.opts.model_name}_changelist")
        messages.error(request, _("Dit bestand staat niet meer klaar. Kies het opnieuw."))
        return redirect(request.path)

    def _resource(self, request):
        return self.resource_class(user=request.user)

    def _read(self, request, content, sheet):
        return read(content, sheet=sheet, is_header=matching.is_header_for(self._resource(request)))

    def _columns_form(self, request, table, data, initial=None):
        resource = self._resource(request)
        needed = {*resource.needed_for_new(), *resource.key_columns()}
        choices = [
            (name, f"{name} – {what}{_(' (nodig voor een nieuwe regel)') if name in needed else ''}"[:120])
            for name, what, _needed in resource.explanation()
        ]
        return ColumnsForm(
            data,
            initial=initial,
            table=table,
            choices=choices,
            problems=lambda names: matching.problems_of(resource, names),
        )

    def _import_page(self, request, form, **context):
        columns = list(self._resource(request).explanation())
        return self._page(
            request,
            "admin/import.html",
            {"title": _("Importeren"), "form": form, "columns": columns, "formats": FORMATS} | context,
        )


def _said(record):
    said = _("Geïmporteerd: %(added)d nieuw, %(changed)d gewijzigd, %(unchanged)d gelijk gebleven.") % {
        "added": record.added,
        "changed": record.changed,
        "unchanged": record.unchanged,
    }
    if record.proposed:
        said += _(" %d wachten op het ja van de eigenaren; zij krijgen een e-mail.") % record.proposed
    return said
